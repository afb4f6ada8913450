package dev.nacelle.spi.conformance;

import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.request.TokenIds;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;

/** The host's side of KV events. */
final class KvProbe {
    private final Session session;

    KvProbe(Session session) {
        this.session = session;
    }

    void setUp() throws InterruptedException {
        var bench = session.bench();
        var findings = session.findings();
        var found = new AtomicReference<List<KvEventSource>>(List.of());
        var trouble = bench.calls()
                .trouble(
                        bench.limits().call(),
                        () -> found.set(List.copyOf(session.engine().kvEventSources())));
        var ranks = found.get().stream().map(KvEventSource::dpRank).toList();
        if (trouble == null && ranks.stream().distinct().count() < ranks.size())
            trouble = "returned ranks %s, expected each once".formatted(ranks);
        if (trouble == null && ranks.isEmpty()) {
            findings.skipped(Rule.KV_SOURCES, "none offered");
            findings.skipped(Rule.KV_EVENTS, "no sources");
            return;
        }
        for (var source : found.get()) {
            if (trouble != null) break;
            trouble = switch (source) {
                case KvEventSource.Push(int rank, var onReady) ->
                    bench.calls().trouble(bench.limits().call(), () -> onReady.accept(new Events(rank)));
                // What a socket says is for the host to judge, message by message.
                case KvEventSource.Zmq _ -> null;
            };
        }
        findings.judge(Rule.KV_SOURCES, Optional.ofNullable(trouble), "ranks %s".formatted(ranks));
    }

    /** Checks one rank's events. */
    private final class Events implements KvEventPublisher {
        private final int rank;

        Events(int rank) {
            this.rank = rank;
        }

        @Override
        public void stored(long[] blockHashes, OptionalLong parentHash, TokenIds tokens, int blockSize) {
            boolean fits = blockSize >= 1 && (long) blockHashes.length * blockSize == tokens.size();
            event(
                    fits
                            ? Optional.empty()
                            : Optional.of("%d blocks of %d tokens with %d tokens"
                                    .formatted(blockHashes.length, blockSize, tokens.size())));
        }

        @Override
        public void removed(long... blockHashes) {
            event(Optional.empty());
        }

        @Override
        public void cleared() {
            event(Optional.empty());
        }

        private void event(Optional<String> trouble) {
            session.findings()
                    .judge(Rule.KV_EVENTS, trouble.map(text -> "rank %d: %s".formatted(rank, text)), "as declared");
        }
    }
}
