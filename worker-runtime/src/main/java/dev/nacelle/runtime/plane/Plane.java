package dev.nacelle.runtime.plane;

/**
 * How instances are found and requests reach them. A worker registers, a frontend looks up; neither knows whether the
 * other is in the same process. Safe from any thread.
 */
public interface Plane extends AutoCloseable {
    /**
     * Makes an instance known to the plane, until the lease is closed. May block for as long as it takes to ask others.
     *
     * @throws PlaneException when the instance cannot be one of this plane, or would harm those that are
     */
    Lease register(WorkerCard card, RequestHandler handler) throws PlaneException, InterruptedException;

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
