package dev.nacelle.examples.llama;

/** Root mean square normalisation: x / sqrt(mean(x²) + ε), weighted. */
final class RmsNorm {
    private final float[] weights;
    private final float epsilon;

    RmsNorm(float[] weights, float epsilon) {
        this.weights = weights;
        this.epsilon = epsilon;
    }

    void apply(float[] x, float[] out) {
        float squares = 0;
        for (float value : x) squares += value * value;
        float factor = (float) (1 / Math.sqrt(squares / x.length + epsilon));
        for (int i = 0; i < x.length; i++) out[i] = x[i] * factor * weights[i];
    }
}
