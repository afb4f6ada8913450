package dev.nacelle.runtime.role;

import dev.nacelle.runtime.plane.Plane;
import dev.nacelle.runtime.system.ActionBoard;
import dev.nacelle.runtime.system.HealthBoard;

/**
 * What the host gives its roles.
 *
 * @param namespace first level of every chain
 * @param plane how workers and frontends meet
 * @param health where a role shows how its parts are
 * @param actions where workers offer controls and updates
 */
public record HostServices(String namespace, Plane plane, HealthBoard health, ActionBoard actions) {}
