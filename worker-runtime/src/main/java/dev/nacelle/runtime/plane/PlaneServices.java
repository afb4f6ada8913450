package dev.nacelle.runtime.plane;

import dev.nacelle.runtime.metrics.RuntimeMetrics;
import dev.nacelle.runtime.system.FileBoard;
import dev.nacelle.runtime.system.HealthBoard;
import java.net.URI;

/**
 * What the host gives its plane.
 *
 * @param namespace first level of every chain
 * @param metrics the root of the process's own metrics
 * @param health where a plane shows how its connections are
 * @param files what the system port serves of a worker's model folder
 * @param system where the system port is reached on this machine
 */
public record PlaneServices(
        String namespace, RuntimeMetrics metrics, HealthBoard health, FileBoard files, URI system) {}
