package dev.nacelle.examples.echo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.conformance.Conformance;
import dev.nacelle.spi.conformance.Rule;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/engines-java.md tells a reader to do, with the text that stands there. */
class DocumentedEngineTest {
    private static final Path TOP = Path.of("..", "..");
    private static final Pattern FILE =
            Pattern.compile("^\\*\\*`(.+?)`\\*\\*\\n\\n```\\w*\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir
    private Path folder;

    private Map<String, String> files = Map.of();

    @BeforeEach
    void writeTheFilesOfThePage() throws IOException {
        files = filesOf(Files.readString(TOP.resolve("docs/engines-java.md")));
        for (var file : files.entrySet()) {
            var path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
    }

    @Test
    void theEngineOfThePageCompilesIsFoundAndKeepsTheContract() throws Exception {
        compile();
        try (var loader = classes()) {
            EngineProvider<?> provider = ServiceLoader.load(EngineProvider.class, loader).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(found -> found.name().equals("reverse"))
                    .findFirst()
                    .orElseThrow();
            var report =
                    Conformance.of(() -> create(provider, Duration.ofMillis(1))).check();
            assertThat(report.failures()).as(report.table()).isEmpty();
        }
    }

    @Test
    void theCheckOfThePageRuns() throws Exception {
        compile();
        try (var loader = classes()) {
            var main = loader.loadClass("demo.CheckReverse").getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[0]);
        }
    }

    @Test
    void theReadmeShowsTheSameEngine() throws Exception {
        assertThat(Files.readString(TOP.resolve("README.md")))
                .contains("```java\n" + files.get("src/demo/ReverseEngine.java") + "```");
    }

    @Test
    void theFailureOfThePageReadsAsTheKitPrintsIt() throws Exception {
        assertThat(Files.readString(TOP.resolve("docs/engines-java.md")))
                .contains("FAILED   " + Rule.CANCEL_REASON.id())
                .contains("rule: " + Rule.CANCEL_REASON.sentence())
                .contains("change: " + Rule.CANCEL_REASON.advice());
    }

    private static Map<String, String> filesOf(String page) {
        var found = new LinkedHashMap<String, String>();
        var matcher = FILE.matcher(page);
        while (matcher.find()) found.put(matcher.group(1), matcher.group(2));
        return found;
    }

    /** As the page's {@code javac} line does, with warnings as errors. */
    private void compile() {
        var arguments = new ArrayList<>(List.of("-d", folder.resolve("classes").toString()));
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path"), "-Xlint:all", "-Werror", "-proc:none"));
        files.keySet().stream()
                .filter(name -> name.endsWith(".java"))
                .forEach(name -> arguments.add(folder.resolve(name).toString()));
        var said = new StringWriter();
        var out = new PrintWriter(said);
        int exit = ToolProvider.findFirst("javac").orElseThrow().run(out, out, arguments.toArray(String[]::new));
        assertThat(exit).as(said.toString()).isZero();
    }

    private URLClassLoader classes() throws IOException {
        return new URLClassLoader(
                new URL[] {folder.resolve("classes").toUri().toURL()},
                getClass().getClassLoader());
    }

    private static <O extends Record> LLMEngine create(EngineProvider<O> provider, Duration pause) {
        try {
            var options = provider.optionsType()
                    .getDeclaredConstructor(Duration.class)
                    .newInstance(pause);
            return provider.create(options);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
