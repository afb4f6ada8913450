package dev.nacelle.examples.llama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.conformance.Conformance;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The engine keeps the contract. */
class LlamaConformanceTest {
    @TempDir
    Path folder;

    @Test
    void theModelOfTheExamplesKeepsTheContract() throws Exception {
        check(TinyModel.AUSTEN);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void tinyModelsKeepTheContract(Tensor.Type type) throws Exception {
        check(TinyModel.write(folder, "llama3", type));
    }

    private static void check(Path model) throws InterruptedException {
        var report = Conformance.of(() -> new LlamaProvider().create(LlamaOptions.DEFAULT))
                .withWorker(Worker.of(model).worker())
                .withPrompt(1, 30, 31, 32, 33, 34, 35, 36)
                .check();
        assertThat(report.passed()).as(report.table()).isTrue();
    }
}
