package dev.nacelle.spi.conformance;

import dev.nacelle.spi.Endpoint;
import dev.nacelle.spi.EngineAction;
import dev.nacelle.spi.request.GenerateRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/** What an engine need not have, and must have right. */
final class OptionalChecks {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");

    private OptionalChecks() {}

    /** All that comes before the first request but metrics, in the host's order. */
    static void setUp(Session session) throws InterruptedException {
        new KvProbe(session).setUp();
        session.offersHealthCheck(healthCheckRequest(session));
        actions(session);
        var bench = session.bench();
        var worker = bench.worker();
        var endpoint = new Endpoint(
                "%s/%s/%s".formatted(worker.namespace(), worker.component(), worker.endpoint()), Session.WORKER_ID);
        var trouble = bench.calls()
                .trouble(bench.limits().answer(), () -> session.engine().onEndpointReady(endpoint));
        session.findings().judge(Rule.ENDPOINT_READY, Optional.ofNullable(trouble), "returned");
    }

    private static void actions(Session session) throws InterruptedException {
        var bench = session.bench();
        var names = new ArrayList<String>();
        var trouble = bench.calls().trouble(bench.limits().call(), () -> {
            check(session.engine().controls(), names);
            check(session.engine().updates(), names);
        });
        if (trouble == null && names.isEmpty()) session.findings().skipped(Rule.ACTIONS, "none offered");
        else session.findings().judge(Rule.ACTIONS, Optional.ofNullable(trouble), names.toString());
    }

    private static void check(Map<String, EngineAction> actions, List<String> names) {
        actions.forEach((name, action) -> {
            if (!NAME.matcher(name).matches()) throw new IllegalArgumentException("the name \"%s\"".formatted(name));
            if (LifeChecks.isNull(action)) throw new IllegalArgumentException("no action for " + name);
            names.add(name);
        });
    }

    private static Optional<GenerateRequest> healthCheckRequest(Session session) throws InterruptedException {
        var bench = session.bench();
        var found = new AtomicReference<>(Optional.<GenerateRequest>empty());
        var trouble = bench.calls()
                .trouble(
                        bench.limits().call(),
                        () -> found.set(
                                Objects.requireNonNull(session.engine().healthCheckRequest(), "null returned")));
        if (trouble != null) session.findings().failed(Rule.HEALTH_CHECK, "healthCheckRequest " + trouble);
        return found.get();
    }

    static void healthCheck(Session session) throws InterruptedException {
        if (session.healthCheck().isEmpty()) {
            session.findings().skipped(Rule.HEALTH_CHECK, "none offered");
            return;
        }
        var probe = session.healthCheck().get();
        var wrong = probe.healthCheck() ? session.ask(probe).trouble() : "not marked as a health check";
        session.findings().judge(Rule.HEALTH_CHECK, Optional.ofNullable(wrong), "answered");
    }
}
