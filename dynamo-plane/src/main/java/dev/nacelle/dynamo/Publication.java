package dev.nacelle.dynamo;

import dev.nacelle.dynamo.card.ModelCard;
import dev.nacelle.dynamo.discovery.DiscoveryStore;
import dev.nacelle.dynamo.discovery.Entry;
import dev.nacelle.dynamo.discovery.Place;
import dev.nacelle.runtime.plane.PlaneException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An instance's entries where frontends look, for as long as it takes requests. A thread of its own writes, renews and
 * removes them, so that an etcd that does not answer holds up nobody but one who waits for the removal.
 */
final class Publication implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);
    private static final Duration RENEWAL = Duration.ofSeconds(DiscoveryStore.RENEWAL_SECONDS);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** How long a withdrawal is waited for; entries that cannot be removed run out by themselves. */
    private static final Duration REMOVAL_LIMIT = Duration.ofSeconds(6);

    private final DiscoveryStore store;
    private final Place place;
    private final ModelCard card;
    private final List<Entry> entries;
    private final BooleanSupplier reachable;
    private final Thread thread;

    // Guarded by this.
    private boolean wanted;
    private boolean closed;
    private boolean published;
    private String trouble = "";

    /**
     * @param address where requests are taken: {@code host:port}
     * @param reachable whether they are, at the moment
     */
    Publication(DiscoveryStore store, Place place, ModelCard card, String address, BooleanSupplier reachable) {
        this.store = store;
        this.place = place;
        this.card = card;
        this.entries = card.entries(address);
        this.reachable = reachable;
        thread = Thread.ofPlatform().daemon().name("dynamo-" + place.idHex()).unstarted(this::run);
    }

    /**
     * Looks whether the card fits those of the workers that are there: one that does not would be turned away, or turn the
     * others away.
     */
    void checkFit() throws PlaneException, InterruptedException {
        try {
            var mismatches = mismatches();
            if (!mismatches.isEmpty()) throw new PlaneException(String.join("\n  ", mismatches));
        } catch (IOException e) {
            throw new PlaneException("the workers that are there cannot be looked up: " + e.getMessage(), e);
        }
    }

    void start() {
        thread.start();
    }

    /** Wants the entries to be there, or not to be; returns at once. */
    synchronized void wanted(boolean value) {
        wanted = value;
        notifyAll();
    }

    /** How the publication is, for {@code /health}. */
    synchronized Map<String, Object> state() {
        var state = new TreeMap<String, Object>();
        state.put("instance", place.key());
        state.put("published", published);
        if (!trouble.isEmpty()) state.put("last_error", trouble);
        return state;
    }

    /** Removes the entries; waits until that is done, for a few seconds at most. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            wanted = false;
            closed = true;
            notifyAll();
        }
        try {
            if (!thread.join(REMOVAL_LIMIT))
                LOG.warn(
                        "worker {} could not be taken out of discovery in time; its entries run out within {} s",
                        place.key(),
                        DiscoveryStore.LEASE_SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                boolean want;
                synchronized (this) {
                    want = wanted;
                    if (closed && !published) return;
                }
                boolean fine = (want && reachable.getAsBoolean()) ? publish() : withdraw();
                synchronized (this) {
                    if (closed && (!fine || !published)) return;
                    if (want == wanted) wait((fine ? RENEWAL : RETRY).toMillis());
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("worker {}: discovery was interrupted", place.key(), e);
        }
    }

    private boolean publish() throws InterruptedException {
        try {
            if (isPublished()) {
                if (store.renew(place.instanceId(), entries)) return is(true);
                // What is left goes first: half an instance, or a card that does not fit any more, harms others.
                store.remove(place.instanceId(), entries);
                is(false);
            }
            var mismatches = mismatches();
            if (!mismatches.isEmpty()) return trouble("not published: " + String.join("; ", mismatches), null);
            store.put(place.instanceId(), entries);
            return is(true);
        } catch (IOException e) {
            return trouble("cannot be published: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            return trouble("cannot be published: " + e, e);
        }
    }

    private boolean withdraw() throws InterruptedException {
        if (!isPublished()) return true;
        try {
            store.remove(place.instanceId(), entries);
            return is(false);
        } catch (IOException | RuntimeException | Error e) {
            return trouble("cannot be taken out of discovery: " + e, e);
        }
    }

    private List<String> mismatches() throws IOException, InterruptedException {
        return card.mismatches(store.list(Entry.Bucket.CARDS, place.namespace() + "/"));
    }

    private synchronized boolean isPublished() {
        return published;
    }

    private synchronized boolean is(boolean there) {
        if (published != there) LOG.info("worker {}: {} discovery", place.key(), there ? "published in" : "out of");
        else if (!trouble.isEmpty()) LOG.info("worker {}: discovery works again", place.key());
        published = there;
        trouble = "";
        return true;
    }

    /** Said once, not at each attempt. */
    private synchronized boolean trouble(String what, @Nullable Throwable cause) {
        if (!what.equals(trouble)) LOG.warn("worker {} {}", place.key(), what, cause);
        trouble = what;
        return false;
    }
}
