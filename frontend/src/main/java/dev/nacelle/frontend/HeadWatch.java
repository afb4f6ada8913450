package dev.nacelle.frontend;

import dev.nacelle.frontend.stream.PeerWatch;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections whose request's head does not come to its end: each of its bytes would begin the idle timeout anew.
 */
final class HeadWatch implements PeerWatch.Watched {
    private static final Logger LOG = LoggerFactory.getLogger(HeadWatch.class);

    private final Connector connector;
    private final long limitNanos;
    private Map<EndPoint, Begun> begun = new HashMap<>();

    /** A head that is not complete: how many came before it on its connection, and since when it was seen. */
    private record Begun(long request, long sinceNanos) {}

    HeadWatch(Connector connector, Duration limit) {
        this.connector = connector;
        limitNanos = limit.toNanos();
    }

    @Override
    public void tick() {
        long now = System.nanoTime();
        var still = new HashMap<EndPoint, Begun>();
        for (var endPoint : connector.getConnectedEndPoints()) {
            if (!(endPoint.getConnection() instanceof HttpConnection connection) || !isInHead(connection)) continue;
            long request = connection.getMessagesIn();
            var before = begun.get(endPoint);
            var head = before != null && before.request() == request ? before : new Begun(request, now);
            if (now - head.sinceNanos() < limitNanos) {
                still.put(endPoint, head);
            } else {
                LOG.debug("closing {}: its request's head does not end", endPoint);
                endPoint.close();
            }
        }
        begun = still;
    }

    /** The parser belongs to another thread: a look that comes too early or too late is made good by the next. */
    private static boolean isInHead(HttpConnection connection) {
        var parser = connection.getParser();
        return parser.inHeaderState() && !parser.isStart();
    }
}
