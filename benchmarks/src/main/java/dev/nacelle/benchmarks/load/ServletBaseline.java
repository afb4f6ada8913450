package dev.nacelle.benchmarks.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** What one would write first: a servlet that takes tokens from a queue, and for each makes JSON with Jackson and flushes. */
final class ServletBaseline extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final int QUEUE = 1024;
    private static final byte[] EVENT = "data: ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);

    private final transient ObjectMapper json = new ObjectMapper();
    private final transient Set<BlockingQueue<String>> streams = ConcurrentHashMap.newKeySet();

    record Chunk(String id, String object, long created, String model, List<Choice> choices) {}

    record Choice(
            int index, Map<String, String> delta, @Nullable String finish_reason) {}

    /**
     * Serves.
     *
     * @param args steps a second
     */
    public static void main(String[] args) throws Exception {
        var threads = new QueuedThreadPool(16);
        threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
        var server = new Server(threads);
        var connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        var context = new ServletContextHandler("/");
        var servlet = new ServletBaseline();
        context.addServlet(new ServletHolder(servlet), "/*");
        server.setHandler(context);
        server.start();
        Ticker.start(Double.parseDouble(args[0]), () -> servlet.streams.forEach(queue -> queue.offer("hello ")));
        Child.serve(connector.getLocalPort());
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int tokens = json.readTree(request.getInputStream()).path("max_tokens").asInt();
        response.setContentType("text/event-stream");
        var queue = new ArrayBlockingQueue<String>(QUEUE);
        streams.add(queue);
        try {
            var out = response.getOutputStream();
            for (int i = 0; i < tokens; i++) {
                var choice = new Choice(0, Map.of("content", queue.take()), null);
                out.write(EVENT);
                out.write(json.writeValueAsBytes(new Chunk(
                        "chatcmpl-0123456789abcdef0123456789abcdef",
                        "chat.completion.chunk",
                        1_700_000_000,
                        "model",
                        List.of(choice))));
                out.write(END);
                out.flush();
            }
            out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            streams.remove(queue);
        }
    }
}
