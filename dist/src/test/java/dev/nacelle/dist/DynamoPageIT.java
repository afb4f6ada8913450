package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/dynamo.md, run as they stand there, with a real Dynamo from PyPI. */
@Timeout(900)
class DynamoPageIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile("```(sh|yaml)\\n(.*?)```", Pattern.DOTALL);

    @Test
    void theFirstChapterWorksAsWritten(@TempDir Path folder) throws Exception {
        assertThat(run(folder, page(freePort())))
                .contains("\"object\":\"chat.completion\"")
                .contains("\"completion_tokens\":8");
    }

    @Test
    void dynamosReferenceEngineIsServedBehindItsOwnFrontend(@TempDir Path folder) throws Exception {
        var llama = "  - engine: llama\n    model:\n      path: model\n      name: austen\n";
        for (var isolation : new String[] {"embedded", "process"}) {
            var place = Files.createDirectory(folder.resolve(isolation));
            var script = page(freePort()).replace("\"max_tokens\": 8", "\"max_tokens\": 8, \"ignore_eos\": true");
            assertThat(script).contains(llama);
            assertThat(run(place, script.replace(llama, referenceEngine(isolation, python(place)))))
                    .as(isolation)
                    .contains("\"completion_tokens\":8");
        }
    }

    private static String referenceEngine(String isolation, Path python) {
        return """
                  - engine: python
                    model: {path: model, name: austen}
                    options:
                      class: "dynamo.common.backend.sample_engine:SampleLLMEngine"
                      runtime: cpython
                      isolation: %s
                      python: "%s"
                      args: [--model-name, austen, --delay, "0"]
                """.formatted(isolation, python);
    }

    /** What the script says, run where examples and the launcher are, and with Dynamo's Python as the first. */
    private static String run(Path folder, String script) throws IOException, InterruptedException {
        var python = python(folder);
        Files.createSymbolicLink(folder.resolve("examples"), ROOT.resolve("examples"));
        Files.createSymbolicLink(
                folder.resolve("nacelle"), Path.of(System.getProperty("nacelle.distribution"), "bin", "nacelle"));
        var file = Files.writeString(folder.resolve("page.sh"), script);
        var builder = new ProcessBuilder("bash", file.toString())
                .directory(folder.toFile())
                .redirectError(folder.resolve("errors").toFile());
        var environment = builder.environment();
        environment.put("PATH", python.getParent() + ":" + environment.get("PATH"));
        environment.put("HOME", folder.toString());
        environment.put("NACELLE_SYSTEM__PORT", "0");
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES))
                .as(Files.readString(folder.resolve("errors")))
                .isTrue();
        return said;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** The blocks of the first chapter; what runs in the background ends with the script, and the last command waits. */
    private static String page(int port) throws IOException {
        var page = Files.readString(ROOT.resolve("docs").resolve("dynamo.md"));
        var chapter = page.substring(page.indexOf("## One worker"), page.indexOf("## Beside workers"));
        var lines = new ArrayList<>(List.of("set -e", "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT"));
        var blocks = BLOCK.matcher(chapter);
        while (blocks.find()) {
            var text = blocks.group(2).replace("8000", Integer.toString(port));
            if (blocks.group(1).equals("yaml")) text = "cat >worker.yaml <<'END'\n" + text + "END\n";
            // Its output is nobody's: the test reads that of the last command.
            else text = text.replaceAll("(?m)&$", ">>log 2>&1 &");
            if (text.startsWith("curl")) lines.add(waiting(port));
            lines.add(text);
        }
        return String.join("\n", lines);
    }

    private static String waiting(int port) {
        return "for i in $(seq 240); do curl -s http://127.0.0.1:%d/v1/models | grep -q austen && break; sleep 0.5; done"
                .formatted(port);
    }

    private static Path python(Path folder) throws IOException, InterruptedException {
        var install = new ProcessBuilder(ROOT.resolve("benchmarks/peers/dynamo").toString(), "install")
                .redirectError(folder.resolve("install").toFile())
                .start();
        var said = new String(install.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean done = install.waitFor(10, TimeUnit.MINUTES) && install.exitValue() == 0;
        var reason = "Dynamo 1.6.1 cannot be installed here: " + Files.readString(folder.resolve("install"));
        if (!done && "true".equals(System.getenv("NO_TEST_SKIPS"))) throw new AssertionError(reason);
        Assumptions.assumeTrue(done, reason);
        return Path.of(said.strip());
    }
}
