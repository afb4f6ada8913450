package dev.nacelle.routing;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which rank had a session's last request; the sessions unused for longest are forgotten. For one thread. */
final class Sessions {
    private static final int MOST = 1 << 16;

    private final Map<String, Rank> ranks = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Rank> eldest) {
            return size() > MOST;
        }
    };

    @Nullable
    Rank last(String session) {
        var rank = ranks.get(session);
        if (rank == null || !rank.left) return rank;
        ranks.remove(session);
        return null;
    }

    void placed(String session, Rank rank) {
        ranks.put(session, rank);
    }

    void left(Worker worker) {
        ranks.values().removeIf(rank -> rank.worker() == worker);
    }
}
