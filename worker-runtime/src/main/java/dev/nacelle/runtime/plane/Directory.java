package dev.nacelle.runtime.plane;

import java.util.List;

/** The instances of a plane, as they are known here. */
public interface Directory {
    /** An immutable picture of this moment, in order of registration. */
    List<Instance> instances();

    /**
     * Reports changes until closed: {@code joined} for every instance already there, then each change in order. The
     * listener is called by one thread at a time and must be short.
     */
    Watch watch(Listener listener);

    /** Hears of instances that come and go. */
    interface Listener {
        void joined(Instance instance);

        void left(Instance instance);
    }

    /** An ongoing observation; closing is idempotent. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
