package dev.nacelle.dist;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/engines-python.md tells a reader to do, with the text that stands there. */
class PythonPageIT {
    private static final Path TOP = Path.of("..");
    private static final Pattern FILE =
            Pattern.compile("^\\*\\*`(.+?)`\\*\\*\\n\\n```\\w*\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern COMMANDS = Pattern.compile("^```sh\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir
    Path folder;

    @BeforeEach
    void writeTheFilesOfThePage() throws IOException {
        for (var file : find(FILE)) Files.writeString(folder.resolve(file.group(1)), file.group(2));
    }

    @Test
    void thePageLeadsFromAnEmptyFileToAServedModel() throws Exception {
        Tool.find("python3", "python3");
        Tool.find("curl", "curl");
        var commands = find(COMMANDS).stream().map(found -> found.group(1)).toList();
        assertThat(commands).hasSize(4);

        assertThat(run(commands.get(0))).contains("passed   cancel-in-time").contains(" 0 failed, ");
        try (var server = Launched.serving(folder.resolve("nacelle.yaml").toString())) {
            assertThat(run(commands.get(1).replace("http://127.0.0.1:8000", server.api())))
                    .contains("data: [DONE]");
            server.terminate();
            assertThat(server.exitCode()).as(server.errors()).isZero();
        }
        assertThat(run(commands.get(2))).contains(" 0 failed, ");
        assertThat(run(commands.get(3))).contains("3 passed");
    }

    @Test
    void theReadmeShowsTheSameEngine() throws Exception {
        assertThat(Files.readString(TOP.resolve("README.md")))
                .contains("```python\n" + Files.readString(folder.resolve("reverse_engine.py")) + "```");
    }

    private static List<MatchResult> find(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(TOP.resolve("docs/engines-python.md")))
                .results()
                .toList();
    }

    /** Runs the commands of a block as a shell does, up to the first that fails; returns what they printed. */
    private String run(String commands) throws Exception {
        var log = folder.resolve("printed");
        var builder = new ProcessBuilder("sh", "-e", "-c", commands)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("NACELLE", System.getProperty("nacelle.distribution"));
        var process = builder.start();
        try {
            assertThat(process.waitFor(5, MINUTES)).as(commands).isTrue();
        } finally {
            process.destroyForcibly();
        }
        var printed = Files.readString(log);
        assertThat(process.exitValue()).as("%s%n%s", commands, printed).isZero();
        return printed;
    }
}
