package dev.nacelle.benchmarks.load;

import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.net.URI;
import java.nio.file.Path;

/** Nacelle with the echo engine, a real tokenizer, and all metrics on. */
final class NacelleServer {
    private NacelleServer() {}

    /**
     * Serves.
     *
     * @param args steps a second, 0 for as many as are read; and the folder of a model, for its tokenizer
     */
    public static void main(String[] args) throws Exception {
        try (var host = Nacelle.start(HostConfig.ofYaml("""
                workers:
                  - engine: echo
                    options: {rate: %s, max_num_seqs: 20000}
                    model: {path: "%s", name: model}
                frontend: {port: 0, admission: {requests: 20000}, limits: {connections: 20000}}
                system: {port: 0}
                """.formatted(args[0], args[1]), Path.of("")))) {
            var line = host.served().stream()
                    .filter(text -> text.contains("http"))
                    .findFirst()
                    .orElseThrow();
            Child.serve(URI.create(line.substring(line.indexOf("http"))).getPort());
        }
    }
}
