package dev.nacelle.examples.llama;

import java.util.Arrays;

/**
 * A matrix (and a bias) that is applied to several vectors at once: y = W x + b.
 *
 * <p>The weights lie by input, not by output as in the file: the inner loop then runs over outputs, each of which is a
 * sum of its own, and the JIT compiler turns it into vector instructions. (It may not reorder the one sum that a loop
 * over inputs would be.) Each output is summed in the same order however many vectors there are and however many threads
 * work, so a token's numbers do not depend on what else is in the batch.
 */
final class Linear {
    /** Outputs of one tile: with four rows of weights they stay in the first-level cache. */
    private static final int TILE = 1024;

    private final float[][] weights;
    private final float[] bias;

    private Linear(float[][] weights, float[] bias) {
        this.weights = weights;
        this.bias = bias;
    }

    /** Reads weights of shape [outputs, inputs] one below the other, so that one pass computes all of them. */
    static Linear of(int inputs, float[] bias, Tensor... tensors) {
        int outputs = Arrays.stream(tensors).mapToInt(Tensor::rows).sum();
        var weights = new float[inputs][outputs];
        var row = new float[inputs];
        int output = 0;
        for (var tensor : tensors)
            for (int i = 0; i < tensor.rows(); i++, output++) {
                tensor.read((long) i * inputs, row);
                scatter(row, weights, output);
            }
        return new Linear(weights, bias);
    }

    private static void scatter(float[] row, float[][] weights, int output) {
        for (int i = 0; i < row.length; i++) weights[i][output] = row[i];
    }

    /** The weights of one output: for an embedding table that is the output projection as well. */
    void row(int output, float[] into) {
        for (int i = 0; i < into.length; i++) into[i] = weights[i][output];
    }

    /** Computes {@code y[r]} of {@code x[r]} for the first {@code rows} vectors. */
    void apply(float[][] x, float[][] y, int rows, Parallel parallel) {
        int outputs = weights[0].length;
        long work = (long) rows * weights.length * outputs;
        parallel.loop(
                (outputs + TILE - 1) / TILE,
                work,
                tile -> applyTile(x, y, rows, tile * TILE, Math.min(outputs, (tile + 1) * TILE)));
    }

    private void applyTile(float[][] x, float[][] y, int rows, int from, int to) {
        for (int r = 0; r < rows; r++) {
            if (bias.length == 0) Arrays.fill(y[r], from, to, 0);
            else System.arraycopy(bias, from, y[r], from, to - from);
        }
        int i = 0;
        for (; i + 3 < weights.length; i += 4) for (int r = 0; r < rows; r++) addFour(x[r], i, y[r], from, to);
        for (; i < weights.length; i++) for (int r = 0; r < rows; r++) addOne(x[r][i], weights[i], y[r], from, to);
    }

    private void addFour(float[] x, int i, float[] y, int from, int to) {
        float a = x[i];
        float b = x[i + 1];
        float c = x[i + 2];
        float d = x[i + 3];
        var wa = weights[i];
        var wb = weights[i + 1];
        var wc = weights[i + 2];
        var wd = weights[i + 3];
        for (int j = from; j < to; j++) y[j] = y[j] + a * wa[j] + b * wb[j] + c * wc[j] + d * wd[j];
    }

    private static void addOne(float x, float[] weights, float[] y, int from, int to) {
        for (int j = from; j < to; j++) y[j] += x * weights[j];
    }
}
