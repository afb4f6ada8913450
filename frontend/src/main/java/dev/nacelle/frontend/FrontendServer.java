package dev.nacelle.frontend;

import dev.nacelle.runtime.system.SystemPages;
import dev.nacelle.runtime.system.UnsharedBuffers;
import java.io.IOException;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The port of the API's callers: HTTP/1.1 and HTTP/2, in clear or over TLS. */
final class FrontendServer implements AutoCloseable {
    /**
     * They parse and tokenize, and wait for nothing but slow readers of the scrape page. With more of them each would sleep
     * between two requests, and be woken for the next one.
     */
    private static final int WORKERS_MAX =
            Math.min(22, 3 * Math.max(2, Runtime.getRuntime().availableProcessors()));

    /** One more accepts, and one selects. */
    private static final int THREADS_MAX = 2 + WORKERS_MAX;

    /** Bytes that are cleared for each response; a head that needs more gets more. */
    private static final int RESPONSE_HEAD = 1 << 10;

    /** One proxy may carry everybody's requests on one connection. */
    private static final int STREAMS_PER_CONNECTION = 1024;

    private final Server server;
    private final ServerConnector connector;
    private final String scheme;

    /**
     * Starts listening.
     *
     * @param tls the port's certificate; without one it speaks plain HTTP
     * @param api answers what is below {@code /v1}, and {@code /openapi.json}
     * @throws IOException when the address cannot be bound; the message names it
     */
    FrontendServer(FrontendConfig config, Optional<TlsIdentity> tls, Handler api, SystemPages pages)
            throws IOException {
        scheme = tls.isPresent() ? "https" : "http";
        var threads = new QueuedThreadPool(THREADS_MAX, 2);
        threads.setName("frontend");
        threads.setDaemon(true);
        // Threads that stand by to take over the selector cost more than a queue, as requests end elsewhere.
        threads.setReservedThreads(0);
        server = new Server(threads);
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        // A model's name may have a slash, which clients write as %2F in GET /v1/models/{id}.
        http.setUriCompliance(
                UriCompliance.DEFAULT.with("model names", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR));
        http.setRequestHeaderSize((int) config.limits().head().bytes());
        http.setResponseHeaderSize(RESPONSE_HEAD);
        connector = new ServerConnector(server, null, null, new UnsharedBuffers(), 1, 1, protocols(http, tls));
        connector.setHost(config.host());
        connector.setPort(config.port());
        connector.setIdleTimeout(config.limits().idleTimeout().toMillis());
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(config.limits().connections(), connector));
        var mappings = new PathMappingsHandler();
        var paths = config.pages();
        pages.mount(
                mappings,
                paths.health(),
                paths.live(),
                paths.ready(),
                paths.metrics(),
                page -> new AtATime(WORKERS_MAX / 2, page));
        mappings.addMapping(PathSpec.from("/v1/*"), api);
        mappings.addMapping(PathSpec.from("/openapi.json"), api);
        mappings.addMapping(PathSpec.from("/"), new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                return ErrorPages.unknownPath(request, response, callback);
            }
        });
        server.setHandler(mappings);
        server.setErrorHandler(ErrorPages::handle);
        try {
            server.start();
        } catch (Exception e) {
            close();
            throw new IOException(
                    "frontend.host and frontend.port: cannot listen on %s:%d: %s"
                            .formatted(config.host(), config.port(), reason(e)),
                    e);
        }
    }

    private static ConnectionFactory[] protocols(HttpConfiguration http, Optional<TlsIdentity> tls) {
        var http1 = new HttpConnectionFactory(http);
        if (tls.isEmpty()) {
            var clear = new HTTP2CServerConnectionFactory(http);
            clear.setMaxConcurrentStreams(STREAMS_PER_CONNECTION);
            return new ConnectionFactory[] {http1, clear};
        }
        // Clients that reach the server by an address send no name.
        http.addCustomizer(new SecureRequestCustomizer(false));
        var http2 = new HTTP2ServerConnectionFactory(http);
        http2.setMaxConcurrentStreams(STREAMS_PER_CONNECTION);
        var alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        var ssl = new SslConnectionFactory(tls.get().context(), alpn.getProtocol());
        return new ConnectionFactory[] {ssl, alpn, http2, http1};
    }

    /** Where connections come in. */
    Connector connector() {
        return connector;
    }

    /** The port that is listened on. */
    int port() {
        return connector.getLocalPort();
    }

    /** Where the server is reached. */
    String address() {
        var host = connector.getHost();
        return "%s://%s:%d".formatted(scheme, host.contains(":") ? "[" + host + "]" : host, port());
    }

    /** Closes every connection at once; responses that matter were ended before. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the frontend's server did not stop", e);
        }
    }

    private static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause())
            if (cause instanceof BindException) return "the port is in use, or the address is not this machine's";
            else if (cause instanceof UnresolvedAddressException) return "the host name cannot be resolved";
        return String.valueOf(failure.getMessage());
    }
}
