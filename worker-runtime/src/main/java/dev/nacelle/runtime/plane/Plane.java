package dev.nacelle.runtime.plane;

/**
 * How instances are found and requests reach them. A worker registers, a frontend looks up; neither knows whether the
 * other is in the same process. Safe from any thread.
 */
public interface Plane extends AutoCloseable {
    /** Makes an instance visible to every directory of the plane, until the lease is closed. */
    Lease register(WorkerCard card, RequestHandler handler);

    /** The instances that this process sees. */
    Directory directory();

    /**
     * True when a router elsewhere may send requests for a moment after an instance was unregistered, so that a shutdown
     * has to wait for it ({@code router_grace}).
     */
    boolean isRemote();

    @Override
    void close();
}
