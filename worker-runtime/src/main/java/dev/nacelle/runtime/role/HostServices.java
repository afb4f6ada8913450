package dev.nacelle.runtime.role;

import dev.nacelle.runtime.config.Configuration;
import dev.nacelle.runtime.kv.LocalRankFeed;
import dev.nacelle.runtime.metrics.ForeignRegistries;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import dev.nacelle.runtime.plane.Plane;
import dev.nacelle.runtime.system.ActionBoard;
import dev.nacelle.runtime.system.HealthBoard;
import dev.nacelle.runtime.system.SystemPages;

/**
 * What the host gives its roles.
 *
 * @param namespace first level of every chain
 * @param configuration the whole configuration, for sections whose record is chosen late
 * @param engines the engines that a worker may name
 * @param plane how workers and frontends meet
 * @param ranks what the workers' ranks hold and how busy they are, for whoever routes requests
 * @param metrics the root of the process's own metrics
 * @param foreign where engines' foreign registries are merged into the page
 * @param health where a role shows how its parts are
 * @param pages the health and metrics pages, for a server of the role's own
 * @param actions where workers offer controls and updates
 * @param progress who hears how far a start is
 * @param stop whether the host was asked to stop, for a start to look at
 */
public record HostServices(
        String namespace,
        Configuration configuration,
        EngineSource engines,
        Plane plane,
        LocalRankFeed ranks,
        RuntimeMetrics metrics,
        ForeignRegistries foreign,
        HealthBoard health,
        SystemPages pages,
        ActionBoard actions,
        StartProgress progress,
        StopRequest stop) {}
