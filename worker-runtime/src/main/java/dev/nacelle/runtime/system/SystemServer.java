package dev.nacelle.runtime.system;

import java.io.IOException;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.server.handler.SizeLimitHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The port of operators: {@code /metrics}, {@code /live}, {@code /ready}, {@code /health} the engines' controls, and the
 * files that a plane shows. A server of its own, with threads of its own, so that it answers while the API drains.
 */
public final class SystemServer implements AutoCloseable {
    private static final long BODY_BYTES_MAX = 1 << 20;

    private final Server server;
    private final ServerConnector connector;

    /** Starts listening. @throws IOException when the address cannot be bound; the message names it */
    public SystemServer(SystemConfig config, SystemPages pages, ActionBoard actions, FileBoard files)
            throws IOException {
        var threads = new QueuedThreadPool(16, 2);
        threads.setName("system");
        threads.setDaemon(true);
        server = new Server(threads);
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        // One acceptor-free selector: this port sees a scrape every few seconds.
        connector =
                new ServerConnector(server, null, null, new UnsharedBuffers(), 0, 1, new HttpConnectionFactory(http));
        connector.setHost(config.host());
        connector.setPort(config.port());
        server.addConnector(connector);
        var mappings = new PathMappingsHandler();
        pages.mount(mappings, "/health", "/live", "/ready", "/metrics", UnaryOperator.identity());
        mappings.addMapping(
                PathSpec.from("/engine/control/*"),
                new ActionHandler(actions, ActionHandler.Kind.CONTROL, config.controls()));
        mappings.addMapping(
                PathSpec.from("/engine/update/*"),
                new ActionHandler(actions, ActionHandler.Kind.UPDATE, config.controls()));
        mappings.addMapping(PathSpec.from("/"), new JsonPageHandler(pages.ofRoles(), new FileHandler(files)));
        var limited = new SizeLimitHandler(BODY_BYTES_MAX, -1);
        limited.setHandler(mappings);
        server.setHandler(limited);
        // Jetty's own pages are HTML and tell class names.
        server.setErrorHandler((_, response, callback) ->
                JsonReply.error(response, callback, response.getStatus(), HttpStatus.getMessage(response.getStatus())));
        try {
            server.start();
        } catch (Exception e) {
            close();
            throw new IOException(
                    "system.host and system.port: cannot listen on %s:%d: %s"
                            .formatted(config.host(), config.port(), reason(e)),
                    e);
        }
    }

    /** The port that is listened on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Where the server is reached. */
    public String address() {
        var host = connector.getHost();
        return "http://%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, port());
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the system server did not stop", e);
        }
    }

    private static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause())
            if (cause instanceof BindException) return "the port is in use, or the address is not this machine's";
            else if (cause instanceof UnresolvedAddressException) return "the host name cannot be resolved";
        return String.valueOf(failure.getMessage());
    }
}
