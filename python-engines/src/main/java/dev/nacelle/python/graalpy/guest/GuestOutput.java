package dev.nacelle.python.graalpy.guest;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What GraalPy itself prints, a log line for each of its lines. What Python code prints does not come here: the bridge
 * sends it with the name of its logger.
 */
final class GuestOutput extends OutputStream {
    private static final Logger LOG = System.getLogger("python.graalpy");
    /** A line that does not end is logged in pieces of this size. */
    private static final int LINE_BYTES_MAX = 64 * 1024;

    private static final long MOMENT_MS = 100;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private @Nullable StringBuilder captured;

    /** From now on, until they are asked for, lines are kept instead of logged. */
    synchronized void capture() {
        captured = new StringBuilder();
    }

    /**
     * What was kept, once it holds the mark and nothing has come for a moment: each thread prints its part when it gets
     * there, and nothing says that it was the last.
     *
     * @param limit the longest wait
     */
    synchronized String captured(String mark, Duration limit) throws InterruptedException {
        var text = Objects.requireNonNull(captured);
        long end = System.nanoTime() + limit.toNanos();
        for (int before = -1; text.length() != before || text.indexOf(mark) < 0; ) {
            before = text.length();
            if (System.nanoTime() - end > 0) break;
            wait(MOMENT_MS);
        }
        text.append(line.toString(StandardCharsets.UTF_8));
        line.reset();
        captured = null;
        return text.toString();
    }

    @Override
    public synchronized void write(int b) {
        if (b == '\n') endLine();
        else if (b != '\r') line.write(b);
        if (line.size() >= LINE_BYTES_MAX) endLine();
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) {
        Objects.checkFromIndexSize(from, count, bytes.length);
        for (int i = from; i < from + count; i++) write(bytes[i]);
    }

    @Override
    public synchronized void close() {
        if (line.size() > 0) endLine();
    }

    private void endLine() {
        var text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (captured != null) captured.append(text).append('\n');
        else if (!text.isBlank()) LOG.log(Level.INFO, "{0}", text);
    }
}
