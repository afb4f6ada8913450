package dev.nacelle.routing;

import dev.nacelle.routing.Placement.NobodyReady;
import dev.nacelle.routing.Placement.Placed;
import dev.nacelle.routing.Placement.Reason;
import dev.nacelle.routing.Placement.Saturated;
import dev.nacelle.routing.Placement.Timing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The workers that can serve a request, and the choice among them. Safe from any thread: choices are made one after the
 * other, so that each sees the work of the one before; the index is fed meanwhile.
 */
public final class Pool {
    /** For engines that do not say how many tokens a batch takes. */
    private static final long BATCH_TOKENS = 8192;

    private final BlockHasher hasher;
    private final PoolOptions options;
    private final LongSupplier nanos;
    private final PrefixIndex index;
    private final Chooser chooser;
    private final Sessions sessions = new Sessions();
    private final Map<Long, Worker> workers = new LinkedHashMap<>();
    private final Map<Rank, Predictions> predictions = new LinkedHashMap<>();
    private final Candidates candidates = new Candidates();
    private int[] depths = new int[64];
    private volatile Runnable onFreed = () -> {};

    /**
     * A pool without workers.
     *
     * @param nanos a clock that only goes forward
     * @param random where chance decides
     */
    public Pool(BlockHasher hasher, PoolOptions options, LongSupplier nanos, RandomGenerator random) {
        this.hasher = hasher;
        this.options = options;
        this.nanos = nanos;
        index = new PrefixIndex(hasher, options.indexBytes());
        chooser = new Chooser(random);
    }

    /** Has {@code action} called whenever a rank got less to do; it must be quick. */
    public void onFreed(Runnable action) {
        onFreed = action;
    }

    void freed() {
        onFreed.run();
    }

    /** What the index holds. */
    public PrefixIndex index() {
        return index;
    }

    /** A rank's engine stored blocks; as {@link PrefixIndex#stored}. */
    public void stored(Rank rank, long[] engineHashes, OptionalLong parent, int[] tokens) {
        index.stored(rank.slot, engineHashes, parent.isPresent(), parent.orElse(0), tokens);
    }

    /** A rank's engine evicted blocks. */
    public void removed(Rank rank, long... engineHashes) {
        index.removed(rank.slot, engineHashes);
    }

    /** A rank's engine holds nothing any more. */
    public void cleared(Rank rank) {
        index.cleared(rank.slot);
    }

    /** How many blocks a rank is known to hold; 0 when it has left. */
    public synchronized int held(Rank rank) {
        return rank.left ? 0 : index.heldBy(rank.slot);
    }

    public BlockHasher hasher() {
        return hasher;
    }

    public PoolOptions options() {
        return options;
    }

    /** Takes a worker in. @throws IllegalArgumentException when one of that id is there */
    public synchronized Worker join(Worker.Spec spec) {
        if (workers.containsKey(spec.id()))
            throw new IllegalArgumentException("worker %x is in the pool".formatted(spec.id()));
        var worker = new Worker(spec);
        var ranks = new ArrayList<Rank>();
        for (int i = 0; i < spec.ranks(); i++) {
            var rank = new Rank(worker, spec.startRank() + i, index.join());
            ranks.add(rank);
            if (options.mode() == RoutingMode.KV_APPROX)
                predictions.put(
                        rank,
                        new Predictions(
                                index,
                                rank.slot,
                                spec.blocks(),
                                options.predictionAge().toNanos()));
        }
        worker.ranks(ranks);
        workers.put(spec.id(), worker);
        if (index.ranks() > depths.length) depths = new int[Math.max(index.ranks(), depths.length * 2)];
        return worker;
    }

    /** Takes a worker out, and what its ranks held; what is booked on it counts for nobody any more. */
    public synchronized void leave(Worker worker) {
        if (!workers.remove(worker.id(), worker)) return;
        worker.whole().left = true;
        for (var rank : worker.ranks()) {
            rank.left = true;
            predictions.remove(rank);
            index.leave(rank.slot);
        }
        sessions.left(worker);
    }

    /** In order of arrival. */
    public synchronized List<Worker> workers() {
        return List.copyOf(workers.values());
    }

    public synchronized @Nullable Worker worker(long id) {
        return workers.get(id);
    }

    public synchronized Rank.Load load(Rank rank) {
        return new Rank.Load(rank.inFlight, rank.prefillTokens, rank.blocks);
    }

    /** Chooses a rank, and books the request there. */
    public Placement place(RouteRequest request) {
        long start = nanos.getAsLong();
        var mode = request.mode().orElse(options.mode());
        boolean byCache = mode.byCache() && request.tokens().length > 0;
        long[] chain = byCache ? hasher.chain(request.tokens()) : new long[0];
        long hashed = nanos.getAsLong();
        synchronized (this) {
            if (chain.length > 0) index.match(chain, depths);
            long matched = nanos.getAsLong();
            var why = gather(request, mode.byCache());
            if (why != null) return why;
            var last = request.session().map(sessions::last).orElse(null);
            long sequenced = nanos.getAsLong();
            var choice = choose(request, mode, chain.length, last);
            var rank = choice.rank();
            int cached = chain.length > 0 && rank.slot >= 0 ? depths[rank.slot] : 0;
            var booking = new Booking(
                    this,
                    rank,
                    request.tokens(),
                    chain,
                    hasher.blockSize(),
                    request.tokens().length - cached * hasher.blockSize());
            request.session().ifPresent(session -> sessions.placed(session, rank));
            var predicted = predictions.get(rank);
            if (predicted != null && chain.length > 0) predicted.used(chain, start);
            return new Placed(
                    booking,
                    choice.reason(),
                    candidates.size(),
                    choice.cost(),
                    chain.length,
                    cached,
                    new Timing(start, hashed, matched, sequenced, nanos.getAsLong()));
        }
    }

    private Chooser.Choice choose(RouteRequest request, RoutingMode mode, int blocks, @Nullable Rank session) {
        if (candidates.size() == 1 && request.worker().isPresent())
            return new Chooser.Choice(candidates.get(0), Reason.DIRECT, 0);
        return switch (mode) {
            case ROUND_ROBIN -> chooser.inTurn(candidates);
            case RANDOM -> chooser.byChance(candidates);
            case LEAST_LOADED -> chooser.lessLoaded(candidates);
            case KV, KV_APPROX -> {
                if (blocks == 0) Arrays.fill(depths, 0);
                yield chooser.byCost(
                        candidates,
                        request.tokens().length,
                        depths,
                        hasher.blockSize(),
                        request.overlapWeight().orElse(options.overlapWeight()),
                        request.temperature().orElse(options.temperature()),
                        session);
            }
        };
    }

    /** Fills in the candidates. @return why there is none; null when there is one */
    private @Nullable Placement gather(RouteRequest request, boolean ranks) {
        candidates.clear();
        boolean anyRank = ranks && request.dpRank().isEmpty();
        boolean unconditional = request.refusedBy().isEmpty() && (!request.waits() || options.saturation() == 0);
        int ready = 0;
        boolean mayWait = request.waits() && request.worker().isEmpty();
        for (var worker : workers.values()) {
            if (request.worker().isPresent() && request.worker().getAsLong() != worker.id()) continue;
            if (!worker.isReady()) continue;
            if (anyRank && unconditional) worker.addRanks(candidates);
            else if (ranks || request.dpRank().isPresent())
                for (var rank : worker.ranks()) {
                    if (request.dpRank().isPresent() && !rank.dpRank().equals(request.dpRank())) continue;
                    if (add(rank, request, mayWait)) ready++;
                }
            else if (add(worker.whole(), request, mayWait)) ready++;
        }
        if (!candidates.isEmpty()) return null;
        return ready > 0 ? new Saturated() : new NobodyReady();
    }

    /** @return whether it would be a candidate if it had less to do */
    private boolean add(Rank rank, RouteRequest request, boolean mayWait) {
        if (!request.refusedBy().isEmpty() && request.refusedBy().contains(rank)) return false;
        if (!mayWait || !isSaturated(rank)) candidates.add(rank);
        return true;
    }

    private boolean isSaturated(Rank rank) {
        if (options.saturation() == 0) return false;
        long batch = rank.worker().spec().batchTokens();
        return rank.prefillTokens >= options.saturation() * (batch > 0 ? batch : BATCH_TOKENS);
    }

    /** What a request left in a rank's cache, where that is predicted. */
    void predict(Rank rank, int[] prompt, int[] generated) {
        if (options.mode() != RoutingMode.KV_APPROX || prompt.length == 0) return;
        var tokens = Arrays.copyOf(prompt, prompt.length + generated.length);
        System.arraycopy(generated, 0, tokens, prompt.length, generated.length);
        var chain = hasher.chain(tokens);
        synchronized (this) {
            var predicted = predictions.get(rank);
            if (predicted != null) predicted.used(chain, nanos.getAsLong());
        }
    }
}
