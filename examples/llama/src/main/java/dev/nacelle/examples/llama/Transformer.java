package dev.nacelle.examples.llama;

import java.util.List;

/**
 * The model's forward pass over the tokens of one step, whichever sequences they belong to. Not safe for concurrent use:
 * it belongs to the scheduler's thread, and {@link Parallel} lends it others.
 */
final class Transformer {
    private final ModelConfig config;
    private final Weights weights;
    private final Parallel parallel;
    private final Attention attention;

    // One vector per row of the step.
    private final float[][] hidden;
    private final float[][] normed;
    private final float[][] qkv;
    private final float[][] attended;
    private final float[][] projected;
    private final float[][] gateUp;
    private final float[][] cos;
    private final float[][] sin;
    private final float[][] logits;

    /**
     * @param maxRows tokens in a step at most
     * @param maxLogits rows in a step that want logits, at most
     */
    Transformer(ModelConfig config, Weights weights, Parallel parallel, int maxRows, int maxLogits) {
        this.config = config;
        this.weights = weights;
        this.parallel = parallel;
        attention = new Attention(config);
        hidden = new float[maxRows][config.hiddenSize()];
        normed = new float[maxRows][config.hiddenSize()];
        qkv = new float[maxRows][config.queryDim() + 2 * config.kvDim()];
        attended = new float[maxRows][config.queryDim()];
        projected = new float[maxRows][config.hiddenSize()];
        gateUp = new float[maxRows][2 * config.intermediateSize()];
        cos = new float[maxRows][config.headDim() / 2];
        sin = new float[maxRows][config.headDim() / 2];
        logits = new float[maxLogits][config.vocabSize()];
    }

    /**
     * Computes the rows' keys and values into their KV blocks, and logits where they are wanted. Rows of one sequence
     * come in the order of their positions.
     *
     * @return logits by token, one array for each row that wants them, in the rows' order; valid until the next call
     */
    float[][] forward(List<Row> rows) {
        int count = rows.size();
        for (int r = 0; r < count; r++) {
            weights.embeddings().read(rows.get(r).token(), hidden[r]);
            config.rope().angles(rows.get(r).position(), cos[r], sin[r]);
        }
        for (int layer = 0; layer < weights.layers().size(); layer++) {
            attend(rows, layer, weights.layers().get(layer));
            feedForward(count, weights.layers().get(layer));
        }
        return project(rows);
    }

    private void attend(List<Row> rows, int index, Weights.Layer layer) {
        int count = rows.size();
        for (int r = 0; r < count; r++) layer.attentionNorm().apply(hidden[r], normed[r]);
        layer.qkv().apply(normed, qkv, count, parallel);
        long work = 0;
        for (int r = 0; r < count; r++) {
            var row = rows.get(r);
            // Queries and keys lie side by side and turn alike.
            config.rope().turn(qkv[r], 0, config.heads() + config.kvHeads(), cos[r], sin[r]);
            store(row, index, qkv[r]);
            work += 2L * config.queryDim() * (row.position() + 1);
        }
        parallel.loop(count * config.heads(), work, i -> {
            int r = i / config.heads();
            var row = rows.get(r);
            attention.attend(row.kv(), index, row.position(), i % config.heads(), qkv[r], attended[r]);
        });
        layer.attentionOut().apply(attended, projected, count, parallel);
        for (int r = 0; r < count; r++) add(projected[r], hidden[r]);
    }

    private void store(Row row, int layer, float[] from) {
        var block = row.kv().at(row.position());
        var layout = row.kv().layout();
        int key = config.queryDim();
        System.arraycopy(from, key, block, layout.key(layer, row.position()), config.kvDim());
        System.arraycopy(from, key + config.kvDim(), block, layout.value(layer, row.position()), config.kvDim());
    }

    private void feedForward(int count, Weights.Layer layer) {
        for (int r = 0; r < count; r++) layer.mlpNorm().apply(hidden[r], normed[r]);
        layer.gateUp().apply(normed, gateUp, count, parallel);
        for (int r = 0; r < count; r++) swiGlu(gateUp[r], config.intermediateSize());
        layer.down().apply(gateUp, projected, count, parallel);
        for (int r = 0; r < count; r++) add(projected[r], hidden[r]);
    }

    private float[][] project(List<Row> rows) {
        int wanted = 0;
        for (int r = 0; r < rows.size(); r++)
            if (rows.get(r).wantsLogits()) weights.norm().apply(hidden[r], normed[wanted++]);
        if (wanted > 0) weights.output().apply(normed, logits, wanted, parallel);
        return logits;
    }

    /** The first {@code size} elements become silu(gate) × up; the up projection lies behind them. */
    private static void swiGlu(float[] gateUp, int size) {
        for (int i = 0; i < size; i++) {
            float gate = gateUp[i];
            gateUp[i] = gate / (1 + (float) Math.exp(-gate)) * gateUp[size + i];
        }
    }

    private static void add(float[] x, float[] to) {
        for (int i = 0; i < to.length; i++) to[i] += x[i];
    }
}
