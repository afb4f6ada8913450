package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.config.RawSection;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.Registration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ServedModelTest {
    private final List<String> log = new ArrayList<>();

    @Test
    void theEngineFillsWhatTheFileLeavesOpen() {
        var said = EngineConfig.of("theirs", Registration.ofContext(64)).withTokenizer(Path.of("/t"));
        var served = ServedModel.of(file(WorkerConfig.Model.OPEN, WorkerConfig.DataParallel.OPEN), said, log::add);
        assertThat(served.config()).isEqualTo(said);
        assertThat(served.folder()).contains(Path.of("/t"));
        assertThat(log).isEmpty();
    }

    @Test
    void whereBothSpeakTheFileWinsAndTheLogSaysSo() {
        var said = EngineConfig.of("theirs", Registration.ofContext(64)).withTokenizer(Path.of("/t"));
        var model = new WorkerConfig.Model(
                Optional.of(Path.of("/ours")), Optional.of("ours"), Optional.of("alias"), Optional.of(ModelInput.TEXT));
        var ranks = new WorkerConfig.DataParallel(OptionalInt.of(2), OptionalInt.of(4));
        var served = ServedModel.of(file(model, ranks), said, log::add);
        assertThat(served.config().model()).isEqualTo("ours");
        assertThat(served.config().modelName()).isEqualTo("alias");
        assertThat(served.config().input()).isEqualTo(ModelInput.TEXT);
        assertThat(served.config().registration().contextLength()).hasValue(64);
        assertThat(served.config().registration().dataParallelSize()).hasValue(2);
        assertThat(served.config().registration().dataParallelStartRank()).hasValue(4);
        assertThat(served.folder()).contains(Path.of("/ours"));
        assertThat(log)
                .containsExactly(
                        "model.path is /ours by the configuration, where the engine says /t",
                        "model.name is ours by the configuration, where the engine says theirs",
                        "model.input is TEXT by the configuration, where the engine says TOKENS");
    }

    @Test
    void anEngineThatAgreesIsNoNews() {
        var model = new WorkerConfig.Model(
                Optional.empty(), Optional.of("same"), Optional.empty(), Optional.of(ModelInput.TOKENS));
        ServedModel.of(file(model, WorkerConfig.DataParallel.OPEN), EngineConfig.of("same"), log::add);
        assertThat(log).isEmpty();
    }

    private static WorkerConfig file(WorkerConfig.Model model, WorkerConfig.DataParallel ranks) {
        return new WorkerConfig(
                "backend",
                "generate",
                "scripted",
                RawSection.empty(),
                model,
                ranks,
                Disaggregation.AGGREGATED,
                0,
                WorkerConfig.Canary.DEFAULT,
                Duration.ZERO);
    }
}
