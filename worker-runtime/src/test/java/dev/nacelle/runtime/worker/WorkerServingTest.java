package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import org.junit.jupiter.api.Test;

class WorkerServingTest {
    private final ScriptedEngine engine = new ScriptedEngine();

    @Test
    void callsTheEngineInTheOrderOfItsContract() throws Exception {
        try (var host = TestHost.serving(engine)) {
            assertThat(host.send().reader().reason()).isEqualTo(FinishReason.STOP);
            assertThat(host.drain()).isTrue();
            assertThat(engine.calls)
                    .containsExactly(
                            "start",
                            "setupMetrics",
                            "kvEventSources",
                            "healthCheckRequest",
                            "controls",
                            "updates",
                            "onEndpointReady",
                            "generate",
                            "drain",
                            "cleanup");
        }
        assertThat(engine.calls).containsOnlyOnce("cleanup");
    }

    @Test
    void tokensReachTheReaderAndAreCountedWhereTheEngineDoesNot() throws Exception {
        engine.onGenerate = (_, _, sink) -> {
            for (int i = 0; i < 5; i++) sink.token(i);
            sink.finish(FinishReason.LENGTH);
        };
        try (var host = TestHost.serving(engine)) {
            var reader = host.send().reader();
            assertThat(reader.usage()).isEqualTo(new Usage(3, 5));
            assertThat(reader.tokens).containsExactly(0, 1, 2, 3, 4);
        }
    }
}
