package dev.nacelle.runtime.system;

import dev.nacelle.spi.EngineAction;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The controls and updates that the workers of a process offer on the system port. Safe from any thread. */
public final class ActionBoard {
    private final CopyOnWriteArrayList<Target> targets = new CopyOnWriteArrayList<>();

    /**
     * What one worker offers.
     *
     * @param component the worker's component, for {@code ?component=}
     * @param workerId lower-case hex, for {@code ?worker=}
     */
    public record Target(
            String component, String workerId, Map<String, EngineAction> controls, Map<String, EngineAction> updates) {
        public Target {
            controls = Map.copyOf(controls);
            updates = Map.copyOf(updates);
        }
    }

    /** Offers a worker's actions until the returned entry is closed. */
    public HealthBoard.Entry offer(Target target) {
        targets.add(target);
        return () -> targets.remove(target);
    }

    List<Target> targets() {
        return List.copyOf(targets);
    }
}
