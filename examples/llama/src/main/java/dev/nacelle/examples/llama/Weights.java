package dev.nacelle.examples.llama;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A model's weights as floats.
 *
 * @param norm before {@code output}
 * @param output from a hidden vector to one logit per token
 */
record Weights(Embeddings embeddings, List<Layer> layers, RmsNorm norm, Linear output) {
    /** The embedding table. */
    @FunctionalInterface
    interface Embeddings {
        void read(int token, float[] into);
    }

    /**
     * One decoder layer.
     *
     * @param qkv queries, keys and values, one below the other
     * @param gateUp the MLP's gate and up projections, one below the other
     */
    record Layer(RmsNorm attentionNorm, Linear qkv, Linear attentionOut, RmsNorm mlpNorm, Linear gateUp, Linear down) {}

    /** Reads them all. {@code onLayer} hears how many layers are done. */
    static Weights read(Path folder, ModelConfig config, IntConsumer onLayer) throws IOException, InterruptedException {
        try (var checkpoint = Checkpoint.open(folder)) {
            var layers = new ArrayList<Layer>();
            for (int i = 0; i < config.layers(); i++) {
                if (Thread.interrupted()) throw new InterruptedException();
                layers.add(layer(checkpoint, config, "model.layers." + i + "."));
                onLayer.accept(i + 1);
            }
            int vocab = config.vocabSize();
            int hidden = config.hiddenSize();
            var table = checkpoint.tensor("model.embed_tokens.weight", vocab, hidden);
            var projection = config.tiedEmbeddings() ? table : checkpoint.tensor("lm_head.weight", vocab, hidden);
            var output = Linear.of(hidden, new float[0], projection);
            return new Weights(
                    config.tiedEmbeddings() ? output::row : embeddings(table, hidden),
                    List.copyOf(layers),
                    norm(checkpoint, config, "model.norm.weight"),
                    output);
        }
    }

    private static Layer layer(Checkpoint checkpoint, ModelConfig config, String at) throws IOException {
        int hidden = config.hiddenSize();
        int q = config.queryDim();
        int kv = config.kvDim();
        int mlp = config.intermediateSize();
        var reader = new Reader(checkpoint, at);
        return new Layer(
                norm(checkpoint, config, at + "input_layernorm.weight"),
                reader.linear(
                        hidden,
                        config.attentionBias(),
                        new Part("self_attn.q_proj", q),
                        new Part("self_attn.k_proj", kv),
                        new Part("self_attn.v_proj", kv)),
                reader.linear(q, config.attentionBias(), new Part("self_attn.o_proj", hidden)),
                norm(checkpoint, config, at + "post_attention_layernorm.weight"),
                reader.linear(hidden, config.mlpBias(), new Part("mlp.gate_proj", mlp), new Part("mlp.up_proj", mlp)),
                reader.linear(mlp, config.mlpBias(), new Part("mlp.down_proj", hidden)));
    }

    private static RmsNorm norm(Checkpoint checkpoint, ModelConfig config, String name) throws IOException {
        return new RmsNorm(checkpoint.tensor(name, config.hiddenSize()).toArray(), config.normEpsilon());
    }

    private static Embeddings embeddings(Tensor table, int size) {
        var rows = new float[table.rows()][size];
        for (int i = 0; i < rows.length; i++) table.read((long) i * size, rows[i]);
        return (token, into) -> System.arraycopy(rows[token], 0, into, 0, size);
    }

    /** A projection of the file that becomes part of a {@link Linear}. */
    private record Part(String name, int outputs) {}

    /** Reads the tensors of one layer, whose names begin with {@code at}. */
    private record Reader(Checkpoint checkpoint, String at) {
        Linear linear(int inputs, boolean biased, Part... parts) throws IOException {
            var tensors = new Tensor[parts.length];
            for (int i = 0; i < parts.length; i++)
                tensors[i] = checkpoint.tensor(at + parts[i].name + ".weight", parts[i].outputs, inputs);
            return Linear.of(inputs, biased ? bias(parts) : new float[0], tensors);
        }

        private float[] bias(Part... parts) throws IOException {
            var bias = new float[Arrays.stream(parts).mapToInt(Part::outputs).sum()];
            int offset = 0;
            for (var part : parts) {
                var values = checkpoint
                        .tensor(at + part.name + ".bias", part.outputs)
                        .toArray();
                System.arraycopy(values, 0, bias, offset, values.length);
                offset += values.length;
            }
            return bias;
        }
    }
}
