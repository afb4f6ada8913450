package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ApiError;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One HTTP request and its response; knows HTTP, and nothing of models. */
final class HttpExchange {
    private final String id;
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final long startNanos;
    private final AtomicBoolean ended = new AtomicBoolean();
    private boolean begun; // guarded by this

    HttpExchange(String id, Request request, Response response, Callback callback) {
        this.id = id;
        this.request = request;
        this.response = response;
        this.callback = callback;
        startNanos = request.getHeadersNanoTime();
        response.getHeaders().put(RequestIds.HEADER, id);
        // A request that waits for its engine is not idle; a body that does not come, or a response that is not read,
        // is told apart from that by Jetty.
        request.addIdleTimeoutListener(_ -> false);
    }

    /** The id that the logs show and the client gets. */
    String id() {
        return id;
    }

    Request request() {
        return request;
    }

    Response response() {
        return response;
    }

    /** When the request's head was there, on {@link System#nanoTime}'s clock. */
    long startNanos() {
        return startNanos;
    }

    /**
     * Hears that the client left, as far as the protocol tells: HTTP/2 does, HTTP/1.1 only while something is written. At
     * most once, on any thread.
     */
    void onFailure(Consumer<Throwable> listener) {
        request.addFailureListener(listener);
    }

    /** A header of the request; null when it is not there. */
    @Nullable
    String header(String name) {
        return request.getHeaders().get(name);
    }

    /** Sets a header of the response, unless that has begun. From any thread. */
    synchronized void header(String name, String value) {
        if (!begun) response.getHeaders().put(name, value);
    }

    /** The connection, where nobody reads from it while the request is being answered: HTTP/1.1. */
    Optional<SocketChannel> unreadConnection() {
        var connection = request.getConnectionMetaData();
        if (connection.getHttpVersion() == HttpVersion.HTTP_2) return Optional.empty();
        return channel(connection.getConnection().getEndPoint());
    }

    /** The connection, where a response is written to it in chunks and by nobody else: HTTP/1.1, encrypted or not. */
    Optional<AbstractEndPoint> chunkedConnection() {
        var connection = request.getConnectionMetaData();
        return connection.getHttpVersion() == HttpVersion.HTTP_1_1
                        && connection.getConnection().getEndPoint() instanceof AbstractEndPoint endPoint
                ? Optional.of(endPoint)
                : Optional.empty();
    }

    private static Optional<SocketChannel> channel(EndPoint endPoint) {
        return endPoint instanceof SocketChannelEndPoint socket ? Optional.of(socket.getChannel()) : Optional.empty();
    }

    /** Has the connection closed after the response: what the client still sends is not wanted, or it is to go elsewhere. */
    void closeConnection() {
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2)
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }

    /** Begins a stream of server-sent events. */
    synchronized void beginEvents() {
        begun = true;
        response.setStatus(200);
        var headers = response.getHeaders();
        headers.put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
        headers.put("X-Accel-Buffering", "no");
    }

    /** Begins a response that is an error as a whole. */
    void beginError(ApiError error, int length) {
        beginJson(error.status(), length);
        error.retryAfterSeconds().ifPresent(seconds -> response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds));
    }

    private synchronized void beginJson(int status, int length) {
        begun = true;
        response.setStatus(status);
        var headers = response.getHeaders();
        headers.put(HttpHeader.CONTENT_TYPE, "application/json");
        headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
        headers.put(HttpHeader.CONTENT_LENGTH, length);
    }

    /** Answers with an error, and ends the exchange. */
    void refuse(ApiError error, Runnable done) {
        var body = ByteBuffer.wrap(error.body());
        beginError(error, body.remaining());
        write(body, _ -> done.run());
    }

    /**
     * Writes the whole response, and ends the exchange.
     *
     * @param done hears whether it could be written
     */
    void answer(int status, ByteBuffer json, BooleanConsumer done) {
        beginJson(status, json.remaining());
        write(json, done);
    }

    /** Hears whether something worked. */
    @FunctionalInterface
    interface BooleanConsumer {
        void accept(boolean worked);
    }

    private void write(ByteBuffer whole, BooleanConsumer done) {
        response.write(
                true,
                whole,
                Callback.from(
                        () -> {
                            end();
                            done.accept(true);
                        },
                        cause -> {
                            abandon(cause);
                            done.accept(false);
                        }));
    }

    /** The response is complete. */
    void end() {
        if (ended.compareAndSet(false, true)) callback.succeeded();
    }

    /** The response cannot be completed: closes the connection, or resets the stream. */
    void abandon(Throwable cause) {
        // Said like this, Jetty does not write an error page to somebody who is not there.
        if (ended.compareAndSet(false, true)) callback.failed(new Request.Handler.AbortException(cause));
    }
}
