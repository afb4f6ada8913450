package dev.nacelle.examples.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forward pass against what CTranslate2 computes for the same models. */
class GoldenTest {
    private static final int BLOCK_SIZE = 8;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "plain, F32",
        "plain, F16",
        "plain, BF16",
        "tied-linear, F32",
        "tied-linear, BF16",
        "llama3, F32",
        "bias-head-dim, F32",
        "bias-head-dim, F16"
    })
    void tinyModelsComputeTheReferencesLogitsAndTokens(String golden, Tensor.Type type) throws Exception {
        check(TinyModel.write(folder, golden, type), Golden.read(golden), 7, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 256})
    void theExamplesModelComputesTheReferencesLogitsAndTokens(int rowsPerStep) throws Exception {
        check(TinyModel.AUSTEN, Golden.read("austen"), rowsPerStep, 1);
    }

    @Test
    void severalThreadsComputeTheSame() throws Exception {
        check(TinyModel.AUSTEN, Golden.read("austen"), 64, 3);
    }

    @Test
    void aModelInShardsIsTheSameModel() throws Exception {
        check(TinyModel.writeSharded(folder, "plain", Tensor.Type.F32), Golden.read("plain"), 16, 1);
    }

    private static void check(Path model, Golden golden, int rowsPerStep, int threads)
            throws IOException, InterruptedException {
        var config = ModelConfig.read(model);
        var weights = Weights.read(model, config, _ -> {});
        try (var parallel = new Parallel(threads)) {
            var transformer = new Transformer(config, weights, parallel, rowsPerStep, 1);
            for (var expected : golden.cases()) check(new Decoder(transformer, config, rowsPerStep), golden, expected);
        }
    }

    private static void check(Decoder decoder, Golden golden, Golden.Case expected) {
        int eos = decoder.config.eosTokens().iterator().next();
        var logits = decoder.feed(expected.prompt());
        for (int i = 0; i < expected.logits().length; i++)
            assertThat(logits[i * golden.logitStep()])
                    .as("logit %d", i * golden.logitStep())
                    .isCloseTo(expected.logits()[i], within(2e-4f));
        var greedy = new ArrayList<Integer>();
        int firstEnd = -1;
        while (greedy.size() < expected.greedy().length) {
            if (best(logits) == eos) {
                if (firstEnd < 0) firstEnd = greedy.size();
                logits[eos] = Float.NEGATIVE_INFINITY;
            }
            greedy.add(best(logits));
            logits = decoder.feed(greedy.getLast());
        }
        assertThat(greedy)
                .containsExactly(Arrays.stream(expected.greedy()).boxed().toArray(Integer[]::new));
        assertThat(firstEnd).as("end of text").isEqualTo(expected.endsAt());
    }

    private static int best(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
        return best;
    }

    /** One sequence, fed by hand. */
    private static final class Decoder {
        final ModelConfig config;
        private final Transformer transformer;
        private final int rowsPerStep;
        private final KvBlocks kv;
        private int position;

        Decoder(Transformer transformer, ModelConfig config, int rowsPerStep) {
            this.transformer = transformer;
            this.config = config;
            this.rowsPerStep = rowsPerStep;
            kv = new KvBlocks(new BlockPool(new KvLayout(config.layers(), config.kvDim(), BLOCK_SIZE), 1000));
        }

        /** The logits after these tokens. */
        float[] feed(int... tokens) {
            assertThat(kv.grow(position + tokens.length)).isTrue();
            float[] logits = {};
            for (int i = 0; i < tokens.length; ) {
                var rows = new ArrayList<Row>();
                for (; i < tokens.length && rows.size() < rowsPerStep; i++)
                    rows.add(new Row(tokens[i], position++, kv, i == tokens.length - 1));
                logits = transformer.forward(rows)[0];
            }
            return logits;
        }
    }
}
