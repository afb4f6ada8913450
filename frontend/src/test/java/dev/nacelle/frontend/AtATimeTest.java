package dev.nacelle.frontend;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AtATimeTest {
    private static final int LIMIT = 3;

    private final CountDownLatch entered = new CountDownLatch(LIMIT);
    private final CountDownLatch read = new CountDownLatch(1);

    /** A page whose readers take their time. */
    private final class SlowPage extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws InterruptedException {
            entered.countDown();
            read.await();
            callback.succeeded();
            return true;
        }
    }

    @Test
    void whoComesWhenAllPlacesAreTakenIsToldSo() throws Exception {
        var server = new Server();
        var connector = new ServerConnector(server);
        server.addConnector(connector);
        server.setHandler(new AtATime(LIMIT, new SlowPage()));
        server.start();
        try (var client = HttpClient.newHttpClient()) {
            var slow = IntStream.range(0, LIMIT)
                    .mapToObj(_ -> get(client, connector.getLocalPort()))
                    .toList();
            assertThat(entered.await(30, SECONDS)).isTrue();
            var refused = get(client, connector.getLocalPort()).get();
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("page_busy", "3 requests");
            read.countDown();
            for (var one : slow) assertThat(one.get().statusCode()).isEqualTo(200);
            assertThat(get(client, connector.getLocalPort()).get().statusCode()).isEqualTo(200);
        } finally {
            read.countDown();
            server.stop();
        }
    }

    private static CompletableFuture<HttpResponse<String>> get(HttpClient client, int port) {
        return client.sendAsync(
                HttpRequest.newBuilder(URI.create("http://localhost:%d/".formatted(port)))
                        .build(),
                BodyHandlers.ofString());
    }
}
