package dev.nacelle.frontend;

import dev.nacelle.frontend.admission.Capacity;
import dev.nacelle.frontend.stream.PeerWatch;

/** Refuses those who wait for a place for too long. */
record LineWatch(Capacity capacity) implements PeerWatch.Watched {
    @Override
    public void tick() {
        capacity.expire();
    }

    @Override
    public void inputEnded() {
        // There is no peer.
    }
}
