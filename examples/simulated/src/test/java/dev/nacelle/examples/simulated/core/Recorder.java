package dev.nacelle.examples.simulated.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sequence's tokens with the microseconds at which they came. */
final class Recorder implements Sequence.Output {
    final List<Integer> tokens = new ArrayList<>();
    final List<Long> microseconds = new ArrayList<>();
    boolean ready = true;
    Sequence.@Nullable End end;
    private final Timeline timeline;

    Recorder(Timeline timeline) {
        this.timeline = timeline;
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void token(int id) {
        if (end != null) throw new AssertionError("a token after the end");
        tokens.add(id);
        microseconds.add(timeline.nowNanos() / 1_000);
    }

    @Override
    public void ended(Sequence.End how) {
        if (end != null) throw new AssertionError("ended as %s and as %s".formatted(end, how));
        end = how;
    }
}
