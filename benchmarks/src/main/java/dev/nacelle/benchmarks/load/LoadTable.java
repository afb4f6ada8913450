package dev.nacelle.benchmarks.load;

import dev.nacelle.benchmarks.load.Load.Arrivals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Runs every load against every server, warmed up, beside a baseline in turns, and holds what it finds to what is promised.
 * Ends with status 1 when something is missed. Run by {@code benchmarks/load}, which says what the arguments are.
 */
public final class LoadTable {
    private static final String CHAT = "/v1/chat/completions";
    private static final String STREAM =
            "{\"model\":\"model\",\"messages\":[{\"role\":\"user\",\"content\":\"hello there my old friend\"}],"
                    + "\"max_tokens\":%d,\"stream\":true,\"ignore_eos\":true}";
    private static final String UNARY =
            "{\"model\":\"model\",\"messages\":[{\"role\":\"user\",\"content\":\"hello there my old friend\"}],\"max_tokens\":1}";
    private static final int LONG_STREAM = 16_000;
    private static final int SHORT_STREAM = 1_000;
    private static final int SHORT_ANSWER = 16;
    private static final int UNARY_CLIENTS = 16;
    private static final int IDLE_STREAMS = 10_000;
    private static final int TURNS = 5;
    private static final Duration SETTLING = Duration.ofSeconds(1);
    /** As the distribution starts a JVM; the baselines get the same. */
    private static final List<String> AS_SHIPPED =
            List.of("-XX:+UseCompactObjectHeaders", "-XX:+UseTransparentHugePages");

    private static final List<String> JVM = with("-Xmx1g");

    private final Duration warmUp;
    private final Duration window;
    private final String model;
    private final Targets targets = new Targets();

    private LoadTable(Duration warmUp, Duration window, String model) {
        this.warmUp = warmUp;
        this.window = window;
        this.model = model;
    }

    /**
     * Measures.
     *
     * @param args seconds of warm-up, seconds of measuring, model folder, then the loads to run, all of them by default
     */
    public static void main(String[] args) throws Exception {
        var table = new LoadTable(
                Duration.ofSeconds(Long.parseLong(args[0])), Duration.ofSeconds(Long.parseLong(args[1])), args[2]);
        var chosen = List.of(args).subList(3, args.length);
        Predicate<String> runs = load -> chosen.isEmpty() ? !load.equals("dynamo") : chosen.contains(load);
        if (runs.test("paced64")) table.paced("64 streams @ 10 ms", 64, 100);
        if (runs.test("paced512")) table.paced("512 streams @ 25 ms", 512, 40);
        if (runs.test("flood")) table.flood();
        if (runs.test("unary")) table.unary();
        if (runs.test("open")) table.open();
        if (runs.test("idle")) table.idle();
        if (runs.test("dynamo")) table.dynamo();
        table.targets.print();
        System.exit(table.targets.allMet() ? 0 : 1);
    }

    private void paced(String load, int streams, double rate) throws IOException {
        var arrivals = new Arrivals.Closed(streams);
        // Echo repeats the template's special tokens, too: hidden, each would look like a step that was missed.
        var body = STREAM.replace("true}", "true,\"skip_special_tokens\":false}");
        var argument = Double.toString(rate);
        try (var nacelle = Child.java(NacelleServer.class, JVM, argument, model);
                var servlet = Child.java(ServletBaseline.class, JVM, argument);
                var sockets = Child.java(SocketBound.class, JVM, argument)) {
            var found = inTurns(
                    load,
                    body::formatted,
                    arrivals,
                    true,
                    new Contender("Nacelle", nacelle),
                    new Contender("servlet", servlet),
                    new Contender("bare sockets", sockets));
            var ours = found.getFirst();
            double cpu = ours.serverMicrosPer(ours.tokens);
            targets.atMost(
                    load + ": CPU a token × servlet's", cpu / found.get(1).serverMicrosPer(found.get(1).tokens), 0.75);
            targets.atMost(
                    load + ": CPU a token × bare sockets'",
                    cpu / found.get(2).serverMicrosPer(found.get(2).tokens),
                    1.6);
            if (streams == 512)
                targets.atMost(
                        load + ": p99 between tokens, ms",
                        ours.betweenTokens.getValueAtPercentile(99) / 1e3,
                        2 * 1e3 / rate);
        }
    }

    private void flood() throws IOException {
        var ours = nacelle("flood, 512 streams", 0, STREAM.formatted(LONG_STREAM), new Arrivals.Closed(512), true);
        targets.atLeast("flood, 512 streams: tokens/s", ours.tokensPerSecond(), 500_000);
    }

    private void unary() throws IOException {
        var arrivals = new Arrivals.Closed(UNARY_CLIENTS);
        var load = "unary, %d clients".formatted(UNARY_CLIENTS);
        try (var nacelle = Child.java(NacelleServer.class, JVM, "0", model);
                var jetty = Child.java(JsonEcho.class, JVM)) {
            var found = inTurns(
                    load,
                    _ -> UNARY,
                    arrivals,
                    false,
                    new Contender("Nacelle", nacelle),
                    new Contender("bare Jetty echo", jetty));
            var ours = found.getFirst();
            var echo = found.getLast();
            targets.atMost(
                    load + ": CPU a request × bare Jetty's",
                    ours.serverMicrosPer(ours.requests) / echo.serverMicrosPer(echo.requests),
                    2);
        }
    }

    /** Nothing is promised of it: it shows what waits for whom. */
    private void open() throws IOException {
        nacelle("100 requests/s, 64 tokens @ 10 ms", 100, STREAM.formatted(64), new Arrivals.Open(100), true);
    }

    private void idle() throws IOException {
        try (var child = Child.java(NacelleServer.class, with("-Xmx640m"), "0.01", model);
                var load = new Load(
                        child.port(), CHAT, STREAM.formatted(LONG_STREAM), new Arrivals.Closed(IDLE_STREAMS))) {
            load.run(warmUp, child.pids());
            double mebibytes =
                    residentMebibytes(child.pids().values().iterator().next());
            targets.atMost("%d idle streams: resident MiB".formatted(IDLE_STREAMS), mebibytes, 1024);
        }
    }

    private static List<String> with(String option) {
        return Stream.concat(AS_SHIPPED.stream(), Stream.of(option)).toList();
    }

    private static double residentMebibytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** The same load against Dynamo's frontend and its simulator, each with its own process counted. */
    private void dynamo() throws IOException {
        var body = STREAM.formatted(SHORT_STREAM);
        var paced = new Arrivals.Closed(64);
        var theirs = dynamo("64 streams @ 10 ms", "0.6", body, paced, true);
        var ours = nacelle("64 streams @ 10 ms", 100, body, paced, true);
        targets.atLeast(
                "64 streams @ 10 ms: Dynamo's CPU a token × ours",
                theirs.serverMicrosPer(theirs.tokens) / ours.serverMicrosPer(ours.tokens),
                3);
        var flooding = new Arrivals.Closed(512);
        theirs = dynamo("flood, 512 streams", "100000", body, flooding, true);
        ours = nacelle("flood, 512 streams", 0, body, flooding, true);
        targets.atLeast(
                "flood, 512 streams: tokens/s × Dynamo's", ours.tokensPerSecond() / theirs.tokensPerSecond(), 5);
        var clients = new Arrivals.Closed(UNARY_CLIENTS);
        theirs = dynamo("unary, 16 clients", "100000", UNARY, clients, false);
        ours = nacelle("unary, 16 clients", 0, UNARY, clients, false);
        targets.atLeast(
                "unary, 16 clients: requests/s × Dynamo's", ours.requestsPerSecond() / theirs.requestsPerSecond(), 6);
    }

    private Measured dynamo(String load, String speedUp, String body, Arrivals arrivals, boolean streams)
            throws IOException {
        var environment = Map.of("MODEL_DIR", model, "HTTP_PORT", "18431", "SYSTEM_PORT", "18432");
        try (var child = Child.program(environment, "benchmarks/peers/dynamo", "mocker", "--speedup-ratio", speedUp)) {
            var found = measure(child, body, arrivals, warmUp, window);
            targets.row(load, "Dynamo 1.6.1", found, streams);
            return found;
        }
    }

    private Measured nacelle(String load, double rate, String body, Arrivals arrivals, boolean streams)
            throws IOException {
        try (var child = Child.java(NacelleServer.class, JVM, Double.toString(rate), model)) {
            var found = measure(child, body, arrivals, warmUp, window);
            targets.row(load, "Nacelle", found, streams);
            return found;
        }
    }

    private record Contender(String name, Child server) {}

    /**
     * Loads servers one after the other, again and again, so that what else happens on the machine happens to all alike: what
     * a moment costs differs here more than the servers do.
     *
     * @param bodies of requests for so many tokens
     * @return each one's windows together
     */
    private List<Measured> inTurns(
            String load, IntFunction<String> bodies, Arrivals arrivals, boolean streams, Contender... contenders)
            throws IOException {
        warmUp(bodies, arrivals, contenders);
        var body = bodies.apply(LONG_STREAM);
        var found = Arrays.stream(contenders).map(_ -> new Measured()).toList();
        for (int turn = 0; turn < TURNS; turn++)
            for (int i = 0; i < contenders.length; i++)
                found.get(i).add(measure(contenders[i].server(), body, arrivals, SETTLING, window.dividedBy(TURNS)));
        for (int i = 0; i < contenders.length; i++) targets.row(load, contenders[i].name(), found.get(i), streams);
        return found;
    }

    /** All at the same time. */
    private void warmUp(IntFunction<String> bodies, Arrivals arrivals, Contender... contenders) throws IOException {
        try (var threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            var running = Arrays.stream(contenders)
                    .map(contender -> threads.submit(() -> {
                        warmUp(contender.server(), bodies, arrivals);
                        return contender;
                    }))
                    .toList();
            for (var each : running) each.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException("a server could not be warmed up", e);
        }
    }

    /**
     * A server in use has answered many requests, and many clients have left it. Long streams alone are a request a connection:
     * what a request's beginning and end run through would be compiled in the very windows that are measured. So in the
     * first half there are new connections each second, in turns with short answers and with long ones that they do not wait for.
     */
    private void warmUp(Child child, IntFunction<String> bodies, Arrivals arrivals) throws IOException {
        var half = warmUp.dividedBy(2);
        boolean isShort = true;
        for (long end = System.nanoTime() + half.toNanos(); System.nanoTime() < end; isShort = !isShort) {
            var body = bodies.apply(isShort ? SHORT_ANSWER : LONG_STREAM);
            measure(child, body, arrivals, Duration.ZERO, Duration.ofSeconds(1));
        }
        measure(child, bodies.apply(LONG_STREAM), arrivals, Duration.ZERO, half);
    }

    private static Measured measure(Child child, String body, Arrivals arrivals, Duration before, Duration window)
            throws IOException {
        try (var load = new Load(child.port(), CHAT, body, arrivals)) {
            load.run(before, child.pids());
            return load.run(window, child.pids());
        }
    }
}
