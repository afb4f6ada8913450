package dev.nacelle.runtime.plane;

/**
 * A kind of plane. Found through {@link java.util.ServiceLoader}; the configuration's {@code plane} chooses one.
 *
 * @param <C> the plane's part of the configuration: a record whose components are top-level keys
 */
public interface PlaneProvider<C extends Record> {
    /** What {@code plane} names. */
    String name();

    Class<C> configuration();

    /**
     * Opens the plane; what this method has begun is undone by it when it throws.
     *
     * @throws PlaneException when it cannot be opened
     */
    Plane open(C configuration, PlaneServices host) throws PlaneException, InterruptedException;
}
