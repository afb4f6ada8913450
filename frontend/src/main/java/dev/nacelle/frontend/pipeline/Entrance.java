package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.admission.AdmissionConfig;
import dev.nacelle.frontend.admission.Capacity;
import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.stream.PeerWatch;
import dev.nacelle.spi.error.EngineError;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.io.EofException;
import org.jspecify.annotations.Nullable;

/** A request before the first stage: it gets a place to be worked on, at once or after it has waited, or is refused. */
final class Entrance implements Capacity.Applicant, PeerWatch.Watched {
    /** With the value {@code never}, the caller would rather be refused than wait. */
    static final String QUEUE_HEADER = "X-Nacelle-Queue";

    private static final Duration RETRY_SOON = Duration.ofSeconds(1);

    private final Serving serving;
    private final RequestLife life;
    private final Capacity capacity;
    private final boolean streams;
    private volatile @Nullable Thread asking = Thread.currentThread();
    private PeerWatch.@Nullable Watch watch; // guarded by this, as is answered
    private boolean answered;

    private Entrance(Serving serving, RequestLife life, Capacity capacity, boolean streams) {
        this.serving = serving;
        this.life = life;
        this.capacity = capacity;
        this.streams = streams;
    }

    /** Lets a request in, now or later; returns before it is answered. */
    static void enter(Serving serving, RequestLife life, Capacity capacity, PeerWatch watch, boolean streams) {
        var entrance = new Entrance(serving, life, capacity, streams);
        var http = life.http();
        boolean mayWait = !"never".equalsIgnoreCase(http.request().getHeaders().get(QUEUE_HEADER));
        boolean waits = capacity.ask(entrance, mayWait);
        entrance.asking = null;
        if (waits) {
            http.onFailure(entrance::leave);
            entrance.watchedBy(watch.watch(http.unreadConnection(), PeerWatch.SELDOM, entrance));
        }
    }

    /** Until there is an answer: then the reply watches the same connection. */
    private synchronized void watchedBy(PeerWatch.Watch begun) {
        if (answered) begun.close();
        else watch = begun;
    }

    private synchronized void answered() {
        answered = true;
        var begun = watch;
        if (begun != null) begun.close();
    }

    @Override
    public void admitted(Capacity.Place place) {
        answered();
        life.holds(place::close);
        if (Thread.currentThread().equals(asking)) {
            serving.run();
            return;
        }
        // On the thread of somebody else's request, or of an operator's.
        try {
            life.http().request().getComponents().getExecutor().execute(serving::run);
        } catch (RejectedExecutionException e) {
            refused(Capacity.Refusal.SHUT);
        }
    }

    @Override
    public void refused(Capacity.Refusal why) {
        answered();
        AdmissionConfig limits = capacity.limits();
        life.refuse(ApiError.of(
                switch (why) {
                    case FULL ->
                        new EngineError.Overloaded(
                                "the server works on as many requests as it may; try again shortly", RETRY_SOON);
                    case WAITED_TOO_LONG ->
                        new EngineError.Overloaded(
                                "the server had no room for the request within %d ms; try again shortly"
                                        .formatted(limits.queueTimeout().toMillis()),
                                RETRY_SOON);
                    case SHUT -> new EngineError.Draining(Arrival.SHUTTING_DOWN);
                }));
    }

    @Override
    public void tick() {
        // The line looks at the clock for everybody.
    }

    /** Whoever waits for a stream may have closed his sending half only. */
    @Override
    public void inputEnded() {
        if (!streams) leave(new EofException("the client closed the connection"));
    }

    private void leave(Throwable cause) {
        if (!capacity.withdraw(this)) return;
        answered();
        life.http().abandon(cause);
        life.over(new Outcome.CallerGone(), 499);
    }
}
