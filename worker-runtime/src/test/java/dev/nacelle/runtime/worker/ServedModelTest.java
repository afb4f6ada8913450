package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.config.RawSection;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.Registration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        var model = model(
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
        var model = model(Optional.empty(), Optional.of("same"), Optional.empty(), Optional.of(ModelInput.TOKENS));
        ServedModel.of(file(model, WorkerConfig.DataParallel.OPEN), EngineConfig.of("same"), log::add);
        assertThat(log).isEmpty();
    }

    @Test
    void templateAndParsersTravelAmongTheRuntimeData(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("t.jinja"), "from a file");
        var said = withRuntimeData(Map.of("tool_call_parser", "hermes", "own", 1));
        var served = ServedModel.of(
                file(chat(file.toString(), Optional.of("mistral")), WorkerConfig.DataParallel.OPEN), said, log::add);
        assertThat(served.config().runtimeData())
                .isEqualTo(Map.of("chat_template", "from a file", "tool_call_parser", "mistral", "own", 1));
        assertThat(log)
                .containsExactly(
                        "model.tool_call_parser is mistral by the configuration, where the engine says hermes");
        served = ServedModel.of(
                file(chat("{{ 'text' }}", Optional.empty()), WorkerConfig.DataParallel.OPEN), said, log::add);
        assertThat(served.config().runtimeData())
                .isEqualTo(Map.of("chat_template", "{{ 'text' }}", "tool_call_parser", "hermes", "own", 1));
    }

    private static EngineConfig withRuntimeData(Map<String, Object> data) {
        return new EngineConfig(
                "m",
                Optional.empty(),
                List.of(),
                ModelInput.TOKENS,
                Optional.empty(),
                Registration.UNKNOWN,
                Set.of(),
                "java",
                "1",
                data);
    }

    private static WorkerConfig.Model chat(String template, Optional<String> toolCallParser) {
        return new WorkerConfig.Model(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(template),
                toolCallParser,
                Optional.empty());
    }

    private static WorkerConfig.Model model(
            Optional<Path> path, Optional<String> name, Optional<String> servedName, Optional<ModelInput> input) {
        return new WorkerConfig.Model(
                path, name, servedName, input, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static WorkerConfig file(WorkerConfig.Model model, WorkerConfig.DataParallel ranks) {
        return new WorkerConfig(
                "backend",
                "generate",
                1,
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
