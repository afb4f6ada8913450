package dev.nacelle.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.CancelCause;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The official clients, against the whole frontend and an engine whose answers they know. */
@Timeout(600)
class ClientsTest {
    private static final String PYTHON_CLIENT = "openai==3.57.0";
    private static final String NODE_CLIENT = "openai@6.49.0";

    private final FrontendFixture fixture;
    private final ScriptedEngine engine;

    ClientsTest() throws Exception {
        fixture = new FrontendFixture();
        engine = new ScriptedEngine(fixture.plane());
        fixture.whenReady();
    }

    @AfterEach
    void close() {
        engine.close();
        fixture.close();
    }

    @Test
    void pythonsClientGetsWhatItExpects() throws Exception {
        var python = Installed.python("python", PYTHON_CLIENT);
        var folder = Installed.folder("python");
        assertThat(Installed.output(folder, python.toString(), script(folder, "client.py"), url()))
                .containsExactly(
                        "chat",
                        "stream",
                        "reasoning",
                        "call_tools",
                        "structured_output",
                        "choices",
                        "embeddings",
                        "responses",
                        "errors",
                        "cancellation",
                        "models");
        assertThat(engine.cancelled()).isEqualTo(CancelCause.CLIENT_GONE);
    }

    @Test
    void nodesClientGetsWhatItExpects() throws Exception {
        var folder = Installed.node("node", NODE_CLIENT);
        assertThat(Installed.output(folder, "node", script(folder, "client.mjs"), url()))
                .containsExactly(
                        "chat",
                        "stream",
                        "tools",
                        "structuredOutput",
                        "embeddings",
                        "responses",
                        "errors",
                        "cancellation");
        assertThat(engine.cancelled()).isEqualTo(CancelCause.CLIENT_GONE);
    }

    private String url() {
        return "http://127.0.0.1:%d/v1".formatted(fixture.port());
    }

    private static String script(Path folder, String name) throws IOException {
        var file = folder.resolve(name);
        try (InputStream source = ClientsTest.class.getResourceAsStream("clients/" + name)) {
            Files.write(file, Optional.ofNullable(source).orElseThrow().readAllBytes());
        }
        return file.toString();
    }
}
