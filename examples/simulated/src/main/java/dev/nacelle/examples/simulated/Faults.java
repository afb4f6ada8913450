package dev.nacelle.examples.simulated;

import dev.nacelle.examples.simulated.core.SimulatedWorker;
import dev.nacelle.spi.EngineAction;
import dev.nacelle.spi.error.EngineException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;

/**
 * What can be done to a running engine, by name: each takes a JSON object with {@code dp_rank} where one rank alone is
 * meant, and answers with the state of all.
 */
final class Faults {
    private static final String RANK = "dp_rank";

    private final Service service;
    private final int firstRank;
    private final int ranks;

    Faults(Service service, int firstRank, int ranks) {
        this.service = service;
        this.firstRank = firstRank;
        this.ranks = ranks;
    }

    /** What an action says of itself when the body is wrong. */
    private interface Fault {
        /** @throws IllegalArgumentException when the body is wrong */
        ObjIntConsumer<SimulatedWorker> of(Map<String, Object> body);
    }

    Map<String, EngineAction> controls() {
        var controls = new LinkedHashMap<String, EngineAction>();
        controls.put("state", body -> apply(body, Set.of(), _ -> (_, _) -> {}));
        controls.put("slow", body -> apply(body, Set.of("factor"), Faults::slow));
        controls.put("hang", body -> apply(body, Set.of("on"), Faults::hang));
        controls.put("out_of_blocks", body -> apply(body, Set.of("on", "blocks"), Faults::outOfBlocks));
        controls.put("clear_cache", body -> apply(body, Set.of(), _ -> SimulatedWorker::clearCache));
        controls.put("crash", body -> applyToAll(body, service::crash));
        controls.put("recover", body -> applyToAll(body, service::recover));
        return controls;
    }

    private static ObjIntConsumer<SimulatedWorker> slow(Map<String, Object> body) {
        double factor = number(body, "factor", 10);
        if (!(factor > 0)) throw new IllegalArgumentException("factor %s, expected more than 0".formatted(factor));
        return (worker, rank) -> worker.slowDown(rank, factor);
    }

    private static ObjIntConsumer<SimulatedWorker> hang(Map<String, Object> body) {
        boolean on = flag(body);
        return (worker, rank) -> worker.hang(rank, on);
    }

    private static ObjIntConsumer<SimulatedWorker> outOfBlocks(Map<String, Object> body) {
        double blocks = number(body, "blocks", Integer.MAX_VALUE);
        if (!(blocks >= 0)) throw new IllegalArgumentException("blocks %s, expected 0 or more".formatted(blocks));
        int withheld = flag(body) ? (int) blocks : 0;
        return (worker, rank) -> worker.withhold(rank, withheld);
    }

    private Map<String, Object> apply(Map<String, Object> body, Set<String> keys, Fault fault)
            throws EngineException, InterruptedException {
        try {
            checkKeys(body, keys);
            var action = fault.of(body);
            var chosen = chosen(body);
            return service.ask(worker -> {
                chosen.forEach(rank -> action.accept(worker, rank));
                return state(worker);
            });
        } catch (IllegalArgumentException e) {
            return Map.of("status", "error", "message", String.valueOf(e.getMessage()));
        }
    }

    private Map<String, Object> applyToAll(
            Map<String, Object> body, java.util.function.Consumer<SimulatedWorker> action)
            throws EngineException, InterruptedException {
        if (body.containsKey(RANK))
            return Map.of("status", "error", "message", "dp_rank: the ranks of an engine crash and recover together");
        return apply(body, Set.of(), _ -> (worker, rank) -> {
            if (rank == 0) action.accept(worker);
        });
    }

    private static void checkKeys(Map<String, Object> body, Set<String> keys) {
        for (var key : body.keySet())
            if (!keys.contains(key) && !key.equals(RANK))
                throw new IllegalArgumentException("%s: not known, expected %s"
                        .formatted(
                                key,
                                keys.isEmpty()
                                        ? RANK
                                        : String.join(
                                                        ", ",
                                                        keys.stream().sorted().toList()) + ", " + RANK));
    }

    private List<Integer> chosen(Map<String, Object> body) {
        if (!body.containsKey(RANK)) return IntStream.range(0, ranks).boxed().toList();
        double rank = number(body, RANK, 0);
        if (!(rank >= firstRank && rank < firstRank + ranks) || rank != Math.rint(rank))
            throw new IllegalArgumentException(
                    "dp_rank %s, expected %d to %d".formatted(body.get(RANK), firstRank, firstRank + ranks - 1));
        return List.of((int) rank - firstRank);
    }

    private Map<String, Object> state(SimulatedWorker worker) {
        var states = new LinkedHashMap<String, Object>();
        for (int rank = 0; rank < ranks; rank++) {
            var snapshot = worker.snapshot(rank);
            var state = new LinkedHashMap<String, Object>();
            state.put("running", worker.running(rank));
            state.put("waiting", worker.waiting(rank));
            state.put("used_blocks", snapshot.kvUsedBlocks());
            state.put("cached_blocks", worker.cachedBlocks(rank));
            state.put("prompt_tokens", worker.hits(rank).askedTokens());
            state.put("cached_tokens", worker.hits(rank).foundTokens());
            state.put("preemptions", worker.preemptions(rank));
            state.put("steps", worker.steps(rank));
            states.put(Integer.toString(firstRank + rank), state);
        }
        return Map.of("status", "ok", "crashed", service.isCrashed(), "ranks", states);
    }

    private static boolean flag(Map<String, Object> body) {
        var value = body.getOrDefault("on", true);
        if (value instanceof Boolean on) return on;
        throw new IllegalArgumentException("on %s, expected true or false".formatted(value));
    }

    private static double number(Map<String, Object> body, String key, double otherwise) {
        var value = body.getOrDefault(key, otherwise);
        if (value instanceof Number number) return number.doubleValue();
        throw new IllegalArgumentException("%s %s, expected a number".formatted(key, value));
    }
}
