package dev.nacelle.runtime.plane;

/** The plane {@code local}: workers and frontend in one process. Named in {@code META-INF/services}. */
public final class LocalPlaneProvider implements PlaneProvider<LocalPlaneProvider.Nothing> {
    /** Method calls have nothing to set. */
    public record Nothing() {}

    @Override
    public String name() {
        return "local";
    }

    @Override
    public Class<Nothing> configuration() {
        return Nothing.class;
    }

    @Override
    public Plane open(Nothing configuration, PlaneServices host) {
        return new LocalPlane();
    }
}
