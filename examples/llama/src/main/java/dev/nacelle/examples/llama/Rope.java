package dev.nacelle.examples.llama;

/** Rotary position embedding: the pair (i, i + headDim/2) of each head is turned by position × frequency i. */
final class Rope {
    /** How a model trained on short contexts is stretched over longer ones. */
    sealed interface Scaling {
        /** Not at all. */
        record None() implements Scaling {}

        /** Every frequency divided by {@code factor}. */
        record Linear(double factor) implements Scaling {}

        /**
         * Llama 3.1: waves longer than {@code context / lowFrequency} are stretched by {@code factor}, those shorter than
         * {@code context / highFrequency} stay, and between the two the change is gradual.
         *
         * @param context tokens of the context that the model was first trained on
         */
        record Llama3(double factor, double lowFrequency, double highFrequency, int context) implements Scaling {}
    }

    /** Radians per position, one for each pair. */
    private final float[] frequencies;

    Rope(int headDim, double theta, Scaling scaling) {
        frequencies = new float[headDim / 2];
        for (int i = 0; i < frequencies.length; i++)
            frequencies[i] = (float) scaled(Math.pow(theta, -2.0 * i / headDim), scaling);
    }

    private static double scaled(double frequency, Scaling scaling) {
        return switch (scaling) {
            case Scaling.None _ -> frequency;
            case Scaling.Linear(double factor) -> frequency / factor;
            case Scaling.Llama3(double factor, double low, double high, int context) -> {
                double waves = context * frequency / (2 * Math.PI);
                double kept = Math.clamp((waves - low) / (high - low), 0.0, 1.0);
                yield kept * frequency + (1 - kept) * frequency / factor;
            }
        };
    }

    /** Fills in the cosines and sines of one position's angles. */
    void angles(int position, float[] cos, float[] sin) {
        for (int i = 0; i < frequencies.length; i++) {
            float angle = position * frequencies[i];
            cos[i] = (float) Math.cos(angle);
            sin[i] = (float) Math.sin(angle);
        }
    }

    /** Turns {@code heads} heads that lie one behind the other from {@code offset}. */
    void turn(float[] vector, int offset, int heads, float[] cos, float[] sin) {
        int half = frequencies.length;
        for (int head = 0; head < heads; head++, offset += 2 * half)
            for (int i = 0; i < half; i++) {
                float a = vector[offset + i];
                float b = vector[offset + half + i];
                vector[offset + i] = a * cos[i] - b * sin[i];
                vector[offset + half + i] = b * cos[i] + a * sin[i];
            }
    }
}
