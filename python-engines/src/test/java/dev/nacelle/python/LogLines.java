package dev.nacelle.python;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What is logged while it is open, as {@code LEVEL logger: message}. */
final class LogLines extends Handler {
    private static final Logger ROOT = Logger.getLogger("");

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final SimpleFormatter formatter = new SimpleFormatter();

    private LogLines() {}

    static LogLines open() {
        var lines = new LogLines();
        ROOT.addHandler(lines);
        return lines;
    }

    List<String> all() {
        return List.copyOf(lines);
    }

    void await(String part) {
        Await.until(() -> lines.stream().anyMatch(line -> line.contains(part)));
    }

    @Override
    public void publish(LogRecord record) {
        if (record.getLevel().intValue() >= Level.INFO.intValue())
            lines.add("%s %s: %s"
                    .formatted(record.getLevel().getName(), record.getLoggerName(), formatter.formatMessage(record)));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        ROOT.removeHandler(this);
    }
}
