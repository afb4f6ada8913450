package dev.nacelle.runtime.cli;

import dev.nacelle.runtime.role.StartProgress;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;

/** Shows how far a start is: a bar that is drawn over on a terminal, a plain line per step elsewhere. */
abstract sealed class ProgressDisplay implements StartProgress, AutoCloseable {
    final PrintWriter out;

    private ProgressDisplay(PrintWriter out) {
        this.out = out;
    }

    static ProgressDisplay on(boolean terminal, PrintWriter out) {
        return terminal ? new Bar(out) : new Lines(out);
    }

    /** Leaves the terminal as it was found. */
    @Override
    public abstract void close();

    private static String percent(double fraction) {
        return "%3.0f%%".formatted(100 * Math.clamp(fraction, 0, 1));
    }

    private static final class Bar extends ProgressDisplay {
        private static final int WIDTH = 30;
        private static final String ERASE = "\r\u001b[K";

        Bar(PrintWriter out) {
            super(out);
        }

        @Override
        public synchronized void report(String part, double fraction, String message) {
            int filled = (int) Math.round(WIDTH * Math.clamp(fraction, 0, 1));
            out.print("%s[%s%s] %s %s: %s"
                    .formatted(
                            ERASE, "█".repeat(filled), "·".repeat(WIDTH - filled), percent(fraction), part, message));
            out.flush();
        }

        @Override
        public synchronized void close() {
            out.print(ERASE);
            out.flush();
        }
    }

    private static final class Lines extends ProgressDisplay {
        private final Map<String, String> last = new HashMap<>();

        Lines(PrintWriter out) {
            super(out);
        }

        /** One line per part and message: a log is no place for a hundred percentages. */
        @Override
        public synchronized void report(String part, double fraction, String message) {
            if (message.equals(last.put(part, message))) return;
            out.println("%s %s: %s".formatted(percent(fraction), part, message));
            out.flush();
        }

        @Override
        public void close() {}
    }
}
