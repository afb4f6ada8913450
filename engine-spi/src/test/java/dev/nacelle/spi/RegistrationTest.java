package dev.nacelle.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RegistrationTest {
    @Test
    void sizesOfNothingAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Registration.ofContext(0))
                .withMessage("contextLength 0, expected at least 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sized(16, 0))
                .withMessage("dataParallelSize 0, expected at least 1");
    }

    @Test
    void negativeBlocksAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Registration(
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalLong.of(-1),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty()))
                .withMessageContaining("totalKvBlocks OptionalLong[-1]");
    }

    @Test
    void aWorkerServesAtLeastOneRank() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> worker(0, 0))
                .withMessage("data_parallel size 0, expected at least 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> worker(1, -1))
                .withMessage("data_parallel start_rank -1, expected 0 or more");
    }

    @Test
    void theServedNameCountsUnlessItIsEmpty() {
        assertThat(named(Optional.empty()).modelName()).isEqualTo("model");
        assertThat(named(Optional.of("")).modelName()).isEqualTo("model");
        assertThat(named(Optional.of("served")).modelName()).isEqualTo("served");
    }

    @Test
    void aConfigKeepsItsOwnCopyOfWhatItWasGiven() {
        var data = new LinkedHashMap<String, Object>(Map.of("a", 1));
        var config = new EngineConfig(
                "model",
                Optional.empty(),
                List.of("alias"),
                ModelInput.TOKENS,
                Optional.empty(),
                Registration.UNKNOWN,
                Set.of(),
                "java",
                "1",
                data);
        data.put("b", 2);
        assertThat(config.runtimeData()).containsOnlyKeys("a");
    }

    @Test
    void eachWithChangesOneThing() {
        var config = EngineConfig.of("model", Registration.ofContext(8));
        assertThat(config.withVersion("2")).isNotEqualTo(config).returns("2", EngineConfig::version);
        assertThat(config.withInput(ModelInput.TEXT)).returns(ModelInput.TEXT, EngineConfig::input);
        assertThat(config.withCapabilities(Capability.EMBEDDINGS).capabilities())
                .containsExactly(Capability.EMBEDDINGS);
        assertThat(config.withTokenizer(Path.of("t")).tokenizerPath()).contains(Path.of("t"));
        assertThat(config.withVersion("2").withVersion(config.version())).isEqualTo(config);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullsFailWhereTheyAreMade() {
        assertThatNullPointerException().isThrownBy(() -> EngineConfig.of(null)).withMessage("model");
    }

    private static Registration sized(int context, int dataParallel) {
        return new Registration(
                OptionalInt.of(context),
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.of(dataParallel),
                OptionalInt.empty());
    }

    private static WorkerSpec worker(int ranks, int firstRank) {
        return new WorkerSpec(
                "dynamo",
                "backend",
                "generate",
                Optional.empty(),
                Optional.empty(),
                ranks,
                firstRank,
                Disaggregation.AGGREGATED);
    }

    private static EngineConfig named(Optional<String> served) {
        return new EngineConfig(
                "model",
                served,
                List.of(),
                ModelInput.TOKENS,
                Optional.empty(),
                Registration.UNKNOWN,
                Set.of(),
                "java",
                "1",
                Map.of());
    }
}
