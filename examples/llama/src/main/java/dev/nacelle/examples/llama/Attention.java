package dev.nacelle.examples.llama;

/**
 * Causal attention of one query head over the keys and values in KV blocks. Several query heads share one key head
 * (grouped-query attention).
 */
final class Attention {
    private final int headDim;
    private final int group;
    private final float scale;

    Attention(ModelConfig config) {
        headDim = config.headDim();
        group = config.heads() / config.kvHeads();
        scale = (float) (1 / Math.sqrt(headDim));
    }

    /** Reads the head's query from {@code queries}, writes its result to the same place in {@code out}. */
    void attend(KvBlocks kv, int layer, int position, int head, float[] queries, float[] out) {
        var layout = kv.layout();
        int query = head * headDim;
        int shared = head / group * headDim;
        var scores = new float[position + 1];
        float max = Float.NEGATIVE_INFINITY;
        for (int t = 0; t <= position; t++) {
            scores[t] = scale * dot(queries, query, kv.at(t), layout.key(layer, t) + shared);
            max = Math.max(max, scores[t]);
        }
        float sum = 0;
        for (int t = 0; t <= position; t++) {
            scores[t] = (float) Math.exp(scores[t] - max);
            sum += scores[t];
        }
        for (int i = 0; i < headDim; i++) out[query + i] = 0;
        for (int t = 0; t <= position; t++) add(scores[t] / sum, kv.at(t), layout.value(layer, t) + shared, out, query);
    }

    /** Two sums, as each addition of one alone would wait for the last. {@code headDim} is even. */
    private float dot(float[] a, int i, float[] b, int j) {
        float s0 = 0;
        float s1 = 0;
        for (int end = i + headDim; i < end; i += 2, j += 2) {
            s0 += a[i] * b[j];
            s1 += a[i + 1] * b[j + 1];
        }
        return s0 + s1;
    }

    private void add(float factor, float[] values, int from, float[] out, int to) {
        for (int i = 0; i < headDim; i++) out[to + i] += factor * values[from + i];
    }
}
