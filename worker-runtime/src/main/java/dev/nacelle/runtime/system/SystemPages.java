package dev.nacelle.runtime.system;

import jakarta.servlet.Servlet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.handler.PathMappingsHandler;

/**
 * The pages that load balancers and Prometheus ask for, to be mounted on any server of the process; and those that roles show
 * to operators on the system port.
 */
public final class SystemPages {
    private final JsonPages ofRoles = new JsonPages();
    private final HealthBoard board;
    private final Supplier<? extends Servlet> scrape;

    /**
     * @param scrape makes a servlet that serves the scrape page; called once for each server it is mounted on
     */
    public SystemPages(HealthBoard board, Supplier<? extends Servlet> scrape) {
        this.board = board;
        this.scrape = scrape;
    }

    /**
     * Mounts pages on a server's paths; an empty path leaves a page out.
     *
     * @param mappings the paths of the server's own handler
     * @param scrapes what stands between the scrape page and its callers, which it waits for
     */
    public void mount(
            PathMappingsHandler mappings,
            String health,
            String live,
            String ready,
            String metrics,
            UnaryOperator<Handler> scrapes) {
        mount(mappings, health, HealthHandler.Question.HEALTH);
        mount(mappings, live, HealthHandler.Question.LIVE);
        mount(mappings, ready, HealthHandler.Question.READY);
        if (!metrics.isEmpty()) {
            var context = new ServletContextHandler("/", ServletContextHandler.NO_SESSIONS);
            context.addServlet(new ServletHolder(scrape.get()), metrics);
            mappings.addMapping(PathSpec.from(metrics), scrapes.apply(context));
        }
    }

    /** Where a role shows pages of its own. */
    public JsonPages ofRoles() {
        return ofRoles;
    }

    private void mount(PathMappingsHandler mappings, String path, HealthHandler.Question question) {
        if (!path.isEmpty()) mappings.addMapping(PathSpec.from(path), new HealthHandler(board, question));
    }
}
