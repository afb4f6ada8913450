package dev.nacelle.examples.simulated.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the loop of docs/simulated.md, with the text that stands there. */
class DocumentedLoopTest {
    @Test
    void theLoopOfThePageSimulatesARequest(@TempDir Path folder) throws Throwable {
        var source = Files.writeString(folder.resolve("Loop.java"), """
                import dev.nacelle.examples.simulated.core.*;

                public final class Loop {
                    public static void run(long arrivalNanos, int[] prompt, int[] completion, Sequence.Output output) {
                %s
                    }
                }
                """.formatted(block()));
        var said = new StringWriter();
        var out = new PrintWriter(said);
        int exit = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        out,
                        out,
                        "-Xlint:all",
                        "-Werror",
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString());
        assertThat(exit).as(said.toString()).isZero();
        var tokens = new ArrayList<Integer>();
        try (var loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            var loop = MethodHandles.lookup()
                    .findStatic(
                            loader.loadClass("Loop"),
                            "run",
                            MethodType.methodType(
                                    void.class, long.class, int[].class, int[].class, Sequence.Output.class));
            loop.invoke(5L, new int[] {1, 2, 3}, new int[] {7, 8}, new Sequence.Output() {
                @Override
                public void token(int id) {
                    tokens.add(id);
                }

                @Override
                public void ended(Sequence.End end) {
                    tokens.add(-1);
                }
            });
        }
        assertThat(tokens).containsExactly(7, 8, -1);
    }

    private static String block() throws IOException {
        var page = Files.readString(Path.of("..", "..", "docs", "simulated.md"));
        int begin = page.indexOf('\n', page.indexOf("```java")) + 1;
        return page.substring(begin, page.indexOf("```", begin));
    }
}
