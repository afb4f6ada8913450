package dev.nacelle.examples.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.SamplingOptions;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SamplerTest {
    /** Probabilities 0.5, 0.25, 0.125, 0.125 at temperature 1. */
    private static final float[] LOGITS = {log(0.125), log(0.5), log(0.25), log(0.125)};

    private static final int DRAWS = 4000;
    private static final Offset<Double> NEAR = Offset.offset(0.03);

    @Test
    void temperature0TakesTheLikeliestAndTheFirstOfSeveral() throws Exception {
        var sampler = new Sampler(Sampling.of(SamplingOptions.greedy()), new int[0]);

        assertThat(sampler.next(LOGITS.clone())).isEqualTo(1);
        assertThat(sampler.next(new float[] {1, 3, 3, 2})).isEqualTo(1);
    }

    @Test
    void tokensAreDrawnAsOftenAsTheyAreLikely() throws Exception {
        var shares = shares(new Options());

        assertThat(shares.get(0)).isCloseTo(0.125, NEAR);
        assertThat(shares.get(1)).isCloseTo(0.5, NEAR);
        assertThat(shares.get(2)).isCloseTo(0.25, NEAR);
        assertThat(shares.get(3)).isCloseTo(0.125, NEAR);
    }

    @Test
    void aTemperatureSharpensTheDistribution() throws Exception {
        var options = new Options();
        options.temperature = OptionalDouble.of(0.5);

        // Squared: 16 : 4 : 1 : 1.
        assertThat(shares(options).get(1)).isCloseTo(16 / 22.0, NEAR);
    }

    @Test
    void topPKeepsTheCandidatesThatCompleteTheShare() throws Exception {
        var options = new Options();
        options.topP = OptionalDouble.of(0.7);

        assertThat(shares(options)).containsOnlyKeys(1, 2);
        assertThat(shares(options).get(1)).isCloseTo(2 / 3.0, NEAR);
    }

    @Test
    void aTinyTopPKeepsTheLikeliest() throws Exception {
        var options = new Options();
        options.topP = OptionalDouble.of(1e-9);

        assertThat(shares(options)).containsOnlyKeys(1);
    }

    @Test
    void topKKeepsSoManyAndTheLowerIdOfEquals() throws Exception {
        var options = new Options();
        options.topK = OptionalInt.of(3);

        assertThat(shares(options)).containsOnlyKeys(0, 1, 2);
    }

    @Test
    void minPDropsWhatIsFarBehindTheLikeliest() throws Exception {
        var options = new Options();
        options.minP = OptionalDouble.of(0.4);

        assertThat(shares(options)).containsOnlyKeys(1, 2);
    }

    @Test
    void minPOf1KeepsTheLikeliest() throws Exception {
        var options = new Options();
        options.minP = OptionalDouble.of(1);

        assertThat(shares(options)).containsOnlyKeys(1);
    }

    @Test
    void tokensThatAreRuledOutNeverCome() throws Exception {
        var sampler = new Sampler(Sampling.of(new Options().build()), new int[0]);
        for (int i = 0; i < 100; i++) {
            var logits = LOGITS.clone();
            logits[1] = Float.NEGATIVE_INFINITY;
            assertThat(sampler.next(logits)).isNotEqualTo(1);
        }
    }

    @Test
    void penaltiesCountWhatWasSeenAndGenerated() throws Exception {
        var options = new Options();
        options.temperature = OptionalDouble.of(0);
        options.repetition = OptionalDouble.of(2);
        var repetition = new Sampler(Sampling.of(options.build()), new int[] {1});
        // Token 1 stands in the prompt: 3 becomes 1.5; then token 2 was generated: 2 becomes 1.
        assertThat(repetition.next(new float[] {1.2f, 3, 2, -1})).isEqualTo(2);
        assertThat(repetition.next(new float[] {1.2f, 3, 2, -1})).isEqualTo(1);
        assertThat(repetition.next(new float[] {1.2f, 2, 2, -1})).isEqualTo(0);

        options.repetition = OptionalDouble.empty();
        options.presence = OptionalDouble.of(0.5);
        options.frequency = OptionalDouble.of(0.4);
        var counting = new Sampler(Sampling.of(options.build()), new int[] {1});
        // Only what was generated counts: 3, then 3 - 0.9, then 3 - 1.3.
        assertThat(counting.next(new float[] {0, 3, 2, 0})).isEqualTo(1);
        assertThat(counting.next(new float[] {0, 3, 2, 0})).isEqualTo(1);
        assertThat(counting.next(new float[] {0, 3, 2, 0})).isEqualTo(2);
    }

    @Test
    void logitsThatAreNoNumbersAreAnError() throws Exception {
        var sampler = new Sampler(Sampling.of(SamplingOptions.greedy()), new int[0]);

        assertThatThrownBy(() -> sampler.next(new float[] {1, Float.NaN, 2}))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("NaN");
    }

    @Test
    void valuesOutOfRangeAreRefusedByName() {
        var topK = new Options();
        topK.topK = OptionalInt.of(-2);
        assertThatThrownBy(() -> Sampling.of(topK.build())).hasMessageContaining("top_k is -2");
        var minP = new Options();
        minP.minP = OptionalDouble.of(1.5);
        assertThatThrownBy(() -> Sampling.of(minP.build())).hasMessageContaining("min_p is 1.5");
        var repetition = new Options();
        repetition.repetition = OptionalDouble.of(0);
        assertThatThrownBy(() -> Sampling.of(repetition.build())).hasMessageContaining("repetition_penalty is 0.0");
    }

    /** How often each token is drawn. */
    private static Map<Integer, Double> shares(Options options) throws EngineException {
        var sampler = new Sampler(Sampling.of(options.build()), new int[0]);
        var shares = new TreeMap<Integer, Double>();
        for (int i = 0; i < DRAWS; i++) shares.merge(sampler.next(LOGITS.clone()), 1.0 / DRAWS, Double::sum);
        return shares;
    }

    private static float log(double value) {
        return (float) Math.log(value);
    }

    /** Sampling options under construction, with a seed. */
    private static final class Options {
        OptionalDouble temperature = OptionalDouble.empty();
        OptionalDouble topP = OptionalDouble.empty();
        OptionalInt topK = OptionalInt.empty();
        OptionalDouble minP = OptionalDouble.empty();
        OptionalDouble presence = OptionalDouble.empty();
        OptionalDouble frequency = OptionalDouble.empty();
        OptionalDouble repetition = OptionalDouble.empty();

        SamplingOptions build() {
            return new SamplingOptions(
                    temperature, topP, topK, minP, presence, frequency, repetition, OptionalLong.of(42), 1, Map.of());
        }
    }
}
