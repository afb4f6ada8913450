package dev.nacelle.examples.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.Capability;
import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifecycleTest {
    @TempDir
    Path folder;

    @Test
    @SuppressWarnings("rawtypes")
    void theProviderIsFoundByName() {
        assertThat(ServiceLoader.load(EngineProvider.class).stream()
                        .map(p -> p.get().name()))
                .contains("llama");
    }

    @Test
    void startTellsProgressAndWhatItServes() throws Exception {
        var engine = new LlamaEngine(LlamaOptions.DEFAULT);
        var worker = Worker.of(TinyModel.AUSTEN);
        try {
            var config = engine.start(worker);

            assertThat(worker.progress)
                    .containsExactly(
                            "0.00 reading config.json",
                            "0.20 layer 1 of 5",
                            "0.40 layer 2 of 5",
                            "0.60 layer 3 of 5",
                            "0.80 layer 4 of 5",
                            "1.00 layer 5 of 5");
            assertThat(config.model()).isEqualTo("austen-1.7m");
            assertThat(config.capabilities()).containsExactly(Capability.LOG_PROBABILITIES);
            assertThat(config.registration().contextLength()).hasValue(256);
            assertThat(config.registration().kvCacheBlockSize()).hasValue(16);
            assertThat(config.registration().totalKvBlocks()).hasValue(8 * 16);
        } finally {
            engine.cleanup();
        }
    }

    @Test
    void aShorterContextMayBeAskedFor() throws Exception {
        var options = new LlamaOptions(8, 64, 0, 16, Optional.empty(), Optional.of(32), Optional.of(1));
        try (var served = Served.of(TinyModel.AUSTEN, options)) {
            var stop = new StopConditions(OptionalInt.of(100), 0, TokenIds.NONE, List.of(), true);
            assertThat(served.call(Served.stopping(stop, 1, 300, 301)).tokens()).hasSize(29);
        }
    }

    @Test
    void whatCannotBeServedFailsTheStart() throws Exception {
        failsToStart(Worker.withoutModel(), "set model.path");
        failsToStart(Worker.of(folder.resolve("none")), "no model folder at");
        failsToStart(Worker.prefilling(TinyModel.AUSTEN), "disaggregation is PREFILL");
        TinyModel.write(folder, "plain", Tensor.Type.F32);
        var config = Files.readString(folder.resolve("config.json"));
        Files.writeString(folder.resolve("config.json"), config.replace("\"vocab_size\": 96", "\"vocab_size\": 97"));
        failsToStart(Worker.of(folder), "model.embed_tokens.weight", "[96, 32]", "expected [97, 32]");
        Files.writeString(
                folder.resolve("config.json"),
                config.replace("\"intermediate_size\": 48", "\"intermediate_size\": 2000000000"));
        failsToStart(Worker.of(folder), "MiB", "-Xmx");
    }

    private static void failsToStart(Worker worker, String... why) throws Exception {
        var engine = new LlamaEngine(LlamaOptions.DEFAULT);
        assertThatThrownBy(() -> engine.start(worker))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll(why);
        engine.cleanup();
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefused() {
        assertThatThrownBy(() -> new LlamaOptions(65, 64, 0, 16, Optional.empty(), Optional.empty(), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("max_batched_tokens is 64, expected at least max_batch, which is 65");
    }

    @Test
    void cleanupMayComeWithoutAStartAndTwice() throws Exception {
        var engine = new LlamaEngine(LlamaOptions.DEFAULT);
        engine.cleanup();
        engine.start(Worker.of(TinyModel.AUSTEN));
        engine.cleanup();
        engine.cleanup();

        assertThat(Call.to(engine, Served.greedy(1, 1)).error()).containsInstanceOf(EngineError.EngineShutdown.class);
    }

    @Test
    void cleanupEndsWhatStillRuns() throws Exception {
        try (var served = Served.austen()) {
            var running = Call.slow(served.engine, Served.greedy(200, 1), 1);
            running.awaitTokens(1);
            served.engine.cleanup();

            assertThat(running.error()).containsInstanceOf(EngineError.EngineShutdown.class);
            assertThat(served.used()).isZero();
        }
    }

    @Test
    void aDrainedEngineFinishesAndTakesNothingNew() throws Exception {
        try (var served = Served.austen()) {
            var running = Call.slow(served.engine, Served.greedy(10, 1), 1);
            running.awaitTokens(1);
            served.engine.drain();

            assertThat(served.call(Served.greedy(1, 1)).error()).containsInstanceOf(EngineError.Draining.class);
            running.read();
            assertThat(running.tokens()).hasSize(10);
        }
    }
}
