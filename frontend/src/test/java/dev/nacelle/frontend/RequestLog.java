package dev.nacelle.frontend;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** The one line that each request is logged with, from now until closed. */
final class RequestLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final BlockingQueue<Map<String, String>> lines = new LinkedBlockingQueue<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.nacelle.frontend.requests");

    RequestLog() {
        setContext(logger.getLoggerContext());
        logger.setLevel(Level.INFO);
        start();
        logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        var line = event.getKeyValuePairs().stream()
                .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value)));
        line.put("thread", event.getThreadName());
        lines.add(line);
    }

    /** The line of the request with that id; waits for it. */
    Map<String, String> of(String id) throws InterruptedException {
        var line = lines.take();
        while (!id.equals(line.get("id"))) line = lines.take();
        return line;
    }

    @Override
    public void close() {
        logger.setLevel(null);
        logger.detachAppender(this);
        stop();
    }
}
