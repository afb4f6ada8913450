package dev.nacelle.frontend.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Takes turns. Safe from any thread. */
public final class RoundRobin {
    private final AtomicInteger turn = new AtomicInteger();

    /** The candidates that can be asked, in the order in which to ask them: the next in turn first. */
    public <T> List<T> order(List<T> candidates, Predicate<? super T> ready) {
        int size = candidates.size();
        var order = new ArrayList<T>(size);
        if (size == 0) return order;
        int first = Math.floorMod(turn.getAndIncrement(), size);
        for (int i = 0; i < size; i++) {
            T candidate = candidates.get((first + i) % size);
            if (ready.test(candidate)) order.add(candidate);
        }
        return order;
    }
}
