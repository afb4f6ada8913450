package dev.nacelle.dynamo.discovery;

import java.io.IOException;
import java.util.List;

/**
 * Where frontends look for workers. What is put there stays for {@link #LEASE_SECONDS} and has to be renewed. Calls block,
 * each for a few seconds at most; safe from any thread, but for one instance one at a time.
 */
public interface DiscoveryStore extends AutoCloseable {
    /** As Dynamo's own workers have it. */
    int LEASE_SECONDS = 10;

    /** How often an instance is renewed. */
    int RENEWAL_SECONDS = 3;

    /** The values of all entries of a bucket whose key begins so. */
    List<String> list(Entry.Bucket bucket, String prefix) throws IOException, InterruptedException;

    /** Writes an instance's entries, in this order, over what there may be. */
    void put(long instanceId, List<Entry> entries) throws IOException, InterruptedException;

    /**
     * Keeps an instance's entries.
     *
     * @return false when one of them is gone: all have to be put again
     */
    boolean renew(long instanceId, List<Entry> entries) throws IOException, InterruptedException;

    /** Takes an instance's entries away; those that are gone already are no error. */
    void remove(long instanceId, List<Entry> entries) throws IOException, InterruptedException;

    @Override
    default void close() {}
}
