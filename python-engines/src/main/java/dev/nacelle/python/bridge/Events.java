package dev.nacelle.python.bridge;

import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.request.TokenIds;
import java.util.OptionalLong;

/** What comes from Python beside answers. Called on the dispatcher, one call at a time; must be short and never throws. */
public interface Events {
    /** Loading is that far; the fraction is as Python gave it. */
    void progress(double fraction, String message);

    void ready();

    void degraded(String message);

    void down(String message);

    void snapshot(int dpRank, ComponentSnapshot snapshot);

    void kvStored(int dpRank, long[] hashes, OptionalLong parent, TokenIds tokens, int blockSize);

    void kvRemoved(int dpRank, long[] hashes);

    void kvCleared(int dpRank);

    /** Python is gone without having been closed. Once; what ran has failed by then. */
    void died(String reason);
}
