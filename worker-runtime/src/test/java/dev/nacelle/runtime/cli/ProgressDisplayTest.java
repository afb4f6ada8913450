package dev.nacelle.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {
    private final StringWriter written = new StringWriter();
    private final PrintWriter out = new PrintWriter(written);

    @Test
    void aTerminalShowsABarThatIsDrawnOverAndGoesAtTheEnd() {
        try (var progress = ProgressDisplay.on(true, out)) {
            progress.report("backend", 0.5, "layer 3 of 6");
            assertThat(written.toString())
                    .startsWith("\r")
                    .contains("[" + "█".repeat(15) + "·".repeat(15) + "]", " 50%", "layer 3 of 6")
                    .doesNotContain("\n");
        }
        assertThat(written.toString()).endsWith("\r\u001b[K");
    }

    @Test
    void elsewhereEachStepIsALineOnce() {
        try (var progress = ProgressDisplay.on(false, out)) {
            progress.report("backend", 0.1, "layer 1 of 2");
            progress.report("backend", 0.3, "layer 1 of 2");
            progress.report("prefill", 0.3, "layer 1 of 2");
            progress.report("backend", 1.7, "layer 2 of 2");
        }
        assertThat(written.toString().lines())
                .containsExactly(
                        " 10% backend: layer 1 of 2", " 30% prefill: layer 1 of 2", "100% backend: layer 2 of 2");
    }
}
