package dev.nacelle.dynamo;

import dev.nacelle.runtime.plane.Plane;
import dev.nacelle.runtime.plane.PlaneException;
import dev.nacelle.runtime.plane.PlaneProvider;
import dev.nacelle.runtime.plane.PlaneServices;

/** The plane {@code dynamo}. Named in {@code META-INF/services}. */
public final class DynamoPlaneProvider implements PlaneProvider<DynamoPart> {
    @Override
    public String name() {
        return "dynamo";
    }

    @Override
    public Class<DynamoPart> configuration() {
        return DynamoPart.class;
    }

    @Override
    public Plane open(DynamoPart configuration, PlaneServices host) throws PlaneException {
        return DynamoPlane.open(configuration.dynamo(), host);
    }
}
