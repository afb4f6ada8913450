package dev.nacelle.dynamo;

import static dev.nacelle.dynamo.RawFrontend.acknowledgement;
import static dev.nacelle.dynamo.RawFrontend.answer;
import static dev.nacelle.dynamo.RawFrontend.body;
import static dev.nacelle.dynamo.RawFrontend.call;
import static dev.nacelle.dynamo.RawFrontend.frame;
import static dev.nacelle.dynamo.RawFrontend.listen;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker whose process may open no more files than it has. */
@Timeout(120)
class DescriptorsTest {
    private static final int FILES = 256;
    private static final List<String> LIMITED =
            List.of("bash", "-c", "ulimit -n %d; exec \"$@\"".formatted(FILES), "limited");

    @Test
    void aWorkerThatCannotAcceptConnectionsWaitsAndGoesOnWhenItCan(@TempDir Path folder) throws Exception {
        var yaml = """
                roles: [workers]
                plane: dynamo
                system: {port: 0}
                dynamo: {root: kv}
                workers:
                  - engine: scripted
                    router_grace: 0s
                    model: {path: %s, name: m}
                """.formatted(Dynamo.model(folder.resolve("model")));
        try (var worker = Worker.start(folder, "limited", yaml, LIMITED)) {
            var frontend = RawFrontend.of(worker.system(), folder.resolve("kv"));
            var many = new ArrayList<Socket>();
            try {
                for (int i = 0; i < FILES; i++) many.add(frontend.connect());
                long began = System.nanoTime();
                long before = refused(worker);
                Await.until("further attempts", () -> refused(worker) > before + 2);
                assertThat(System.nanoTime() - began)
                        .as("ns of three attempts that are made twice a second")
                        .isGreaterThan(900_000_000);
            } finally {
                for (var socket : many) socket.close();
            }
            try (var socket = frontend.connect();
                    var answers = listen()) {
                socket.getOutputStream().write(frame(frontend.path, call(answers), body(0)));
                assertThat(acknowledgement(socket)).isEmpty();
                assertThat(answer(answers)).contains("\"sentinel\"");
            }
        }
    }

    /** How often it could not accept one so far. */
    private static long refused(Worker worker) {
        try {
            return worker.log()
                    .lines()
                    .filter(line -> line.contains("a connection could not be accepted"))
                    .count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
