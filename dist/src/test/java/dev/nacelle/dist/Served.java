package dev.nacelle.dist;

import dev.nacelle.runtime.host.Host;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.nio.file.Path;

/** A host inside the test, with the echo engine on free ports. */
record Served(Host host) implements AutoCloseable {
    static Served echo(String model) throws Exception {
        return new Served(Nacelle.start(HostConfig.ofYaml("""
                system: {port: 0}
                frontend: {port: 0}
                workers: [{engine: echo, model: {name: %s}}]
                """.formatted(model), Path.of(""))));
    }

    String api() {
        return address("OpenAI API at ");
    }

    String system() {
        return address("metrics and health at ");
    }

    private String address(String start) {
        return host.served().stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line '%s' in %s".formatted(start, host.served())));
    }

    @Override
    public void close() {
        host.close();
    }
}
