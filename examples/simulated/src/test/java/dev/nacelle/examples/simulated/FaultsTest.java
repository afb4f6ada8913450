package dev.nacelle.examples.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultsTest {
    @Test
    void aHungEngineGivesNoTokenUntilItIsLetGoOnAndStillHearsCancellations() throws Exception {
        try (var served = Served.of(new Options().speedup(0))) {
            served.control("hang", Map.of());
            var patient = served.ask(Served.request(5, 1));
            var leaving = served.ask(Served.request(5, 2));
            leaving.cancel();
            assertThat(leaving.end().reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(patient.isRunning()).isTrue();
            assertThat(patient.tokens).isEmpty();
            served.control("hang", Map.of("on", false));
            assertThat(patient.end().tokens).hasSize(5);
        }
    }

    @Test
    void aCrashEndsStreamsAndMarksTheWorkerDownUntilItRecovers() throws Exception {
        try (var served = Served.of(new Options().slowDecode())) {
            var lost = served.ask(Served.request(5, 1)).awaitTokens(1);
            assertThat(served.control("crash", Map.of())).containsEntry("crashed", true);
            assertThat(lost.failure()).isInstanceOf(EngineError.EngineShutdown.class);
            assertThat(served.ask(Served.request(1, 1)).failure()).isInstanceOf(EngineError.WorkerUnavailable.class);
            assertThat(served.events).last().isEqualTo("3 cleared");
            assertThat(served.control("recover", Map.of())).containsEntry("crashed", false);
            assertThat(served.ask(Served.request(1, 1)).end().tokens).hasSize(1);
            assertThat(served.health).containsExactly("down", "ready");
        }
    }

    @Test
    void withoutBlocksRequestsWait() throws Exception {
        try (var served =
                Served.of(new Options().speedup(0).blocks(8).blockSize(4).contextLength(20))) {
            served.control("out_of_blocks", Map.of());
            assertThat(served.state("used_blocks")).isEqualTo("8");
            var waiting = served.ask(Served.request(5, 1));
            assertThat(served.control("out_of_blocks", Map.of("blocks", 7))).containsEntry("status", "ok");
            // One block is enough for 4 tokens; then the sequence waits, with nothing lost.
            waiting.awaitTokens(4);
            served.control("out_of_blocks", Map.of("on", false));
            assertThat(waiting.end().tokens).hasSize(5);
        }
    }

    @Test
    void aSlowEngineTakesItsTime() throws Exception {
        try (var served = Served.of(new Options().speedup(1000))) {
            served.control("slow", Map.of("factor", 1_000_000));
            var exchange = served.ask(Served.request(5, 1)); // 50 µs become 50 s, at 1000 times the speed
            assertThat(served.ask(Served.request(5, 1)).isRunning()).isTrue();
            served.control("slow", Map.of("factor", 1));
            assertThat(exchange.end().tokens).hasSize(5);
        }
    }

    @Test
    void aWrongBodyIsAnsweredWithWhatWasExpected() throws Exception {
        try (var served = Served.of(new Options())) {
            assertError(served, "slow", Map.of("factor", 0), "factor 0.0, expected more than 0");
            assertError(served, "slow", Map.of("factr", 2), "factr: not known, expected factor, dp_rank");
            assertError(served, "hang", Map.of("on", "yes"), "on yes, expected true or false");
            assertError(served, "hang", Map.of("dp_rank", 7), "dp_rank 7, expected 3 to 3");
            assertError(served, "out_of_blocks", Map.of("blocks", -1), "blocks -1.0, expected 0 or more");
            assertError(
                    served,
                    "crash",
                    Map.of("dp_rank", 3),
                    "dp_rank: the ranks of an engine crash and recover together");
        }
    }

    private static void assertError(Served served, String name, Map<String, Object> body, String message)
            throws Exception {
        assertThat(served.control(name, body)).isEqualTo(Map.of("status", "error", "message", message));
    }
}
