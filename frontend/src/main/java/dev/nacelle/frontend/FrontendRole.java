package dev.nacelle.frontend;

import dev.nacelle.frontend.template.TemplateCommand;
import dev.nacelle.runtime.role.HostServices;
import dev.nacelle.runtime.role.Role;
import dev.nacelle.runtime.role.RunningRole;
import dev.nacelle.runtime.role.StartException;
import java.util.List;

/** Serves the plane's models over an OpenAI-compatible HTTP API; named in {@code META-INF/services}. */
public final class FrontendRole implements Role<FrontendPart> {
    @Override
    public String name() {
        return "frontend";
    }

    @Override
    public Class<FrontendPart> configuration() {
        return FrontendPart.class;
    }

    @Override
    public RunningRole start(FrontendPart configuration, HostServices host)
            throws StartException, InterruptedException {
        Ports.check(host.configuration());
        return Frontend.start(configuration.frontend(), host);
    }

    @Override
    public List<Object> subcommands() {
        return List.of(new TemplateCommand());
    }
}
