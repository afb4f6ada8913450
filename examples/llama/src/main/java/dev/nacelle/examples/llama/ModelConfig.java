package dev.nacelle.examples.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What {@code config.json} (and {@code generation_config.json}, if there is one) say of a model. Sizes in elements.
 *
 * @param contextLength most tokens of prompt and completion together
 * @param tiedEmbeddings the output projection is the embedding table
 * @param bosToken begins a text
 * @param eosTokens each of them ends a text
 */
record ModelConfig(
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        int contextLength,
        float normEpsilon,
        Rope rope,
        boolean tiedEmbeddings,
        boolean attentionBias,
        boolean mlpBias,
        OptionalInt bosToken,
        Set<Integer> eosTokens) {
    private static final String ARCHITECTURE = "LlamaForCausalLM";

    ModelConfig {
        eosTokens = Set.copyOf(eosTokens);
    }

    static ModelConfig read(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) throw new ModelFormatException("no model folder at " + folder);
        var file = folder.resolve("config.json");
        if (!Files.exists(file))
            throw new ModelFormatException(
                    "no config.json in %s, expected a Hugging Face model folder".formatted(folder));
        var json = JsonObject.read(file);
        var eos = new HashSet<Integer>(tokens(json, "eos_token_id"));
        var generation = folder.resolve("generation_config.json");
        if (Files.exists(generation)) eos.addAll(tokens(JsonObject.read(generation), "eos_token_id"));
        return of(json, eos);
    }

    private static ModelConfig of(JsonObject json, Set<Integer> eos) throws ModelFormatException {
        refuseWhatIsNotLlama(json);
        int hidden = json.positive("hidden_size");
        int heads = json.positive("num_attention_heads");
        int kvHeads = json.positive("num_key_value_heads", heads);
        if (heads % kvHeads != 0)
            throw json.wrong("num_key_value_heads", "a divisor of num_attention_heads, which is " + heads);
        if (!json.has("head_dim") && hidden % heads != 0)
            throw json.wrong("num_attention_heads", "a divisor of hidden_size, which is " + hidden);
        int headDim = json.positive("head_dim", hidden / heads);
        if (headDim % 2 != 0) throw json.wrong("head_dim", "an even number");
        return new ModelConfig(
                json.positive("vocab_size"),
                hidden,
                json.positive("intermediate_size"),
                json.positive("num_hidden_layers"),
                heads,
                kvHeads,
                headDim,
                json.positive("max_position_embeddings"),
                (float) json.decimal("rms_norm_eps", 1e-6),
                rope(json, headDim),
                json.flag("tie_word_embeddings"),
                json.flag("attention_bias"),
                json.flag("mlp_bias"),
                tokens(json, "bos_token_id").stream().mapToInt(id -> id).findFirst(),
                eos);
    }

    private static void refuseWhatIsNotLlama(JsonObject json) throws ModelFormatException {
        if (!json.list("architectures").equals(List.of(ARCHITECTURE)))
            throw json.wrong("architectures", "[%s], the one that this engine runs".formatted(ARCHITECTURE));
        if (!json.text("hidden_act").orElse("silu").equals("silu")) throw json.wrong("hidden_act", "silu");
        if (json.has("quantization_config"))
            throw json.wrong("quantization_config", "none: weights must be F32, F16 or BF16");
    }

    private static Rope rope(JsonObject json, int headDim) throws ModelFormatException {
        // Newer files say rope_parameters and keep the base in it.
        var key = json.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
        var settings = json.object(key);
        double theta = json.decimal("rope_theta", 10_000);
        if (settings.isEmpty()) return new Rope(headDim, theta, new Rope.Scaling.None());
        var rope = settings.get();
        theta = rope.decimal("rope_theta", theta);
        var typeKey = rope.has("rope_type") ? "rope_type" : "type";
        var scaling = switch (rope.text(typeKey).orElse("default")) {
            case "default", "none" -> new Rope.Scaling.None();
            case "linear" -> new Rope.Scaling.Linear(rope.decimal("factor"));
            case "llama3" -> llama3(rope);
            default -> throw rope.wrong(typeKey, "default, linear or llama3");
        };
        return new Rope(headDim, theta, scaling);
    }

    private static Rope.Scaling llama3(JsonObject rope) throws ModelFormatException {
        double low = rope.decimal("low_freq_factor");
        double high = rope.decimal("high_freq_factor");
        if (high <= low) throw rope.wrong("high_freq_factor", "more than low_freq_factor, which is " + low);
        return new Rope.Scaling.Llama3(
                rope.decimal("factor"), low, high, rope.positive("original_max_position_embeddings"));
    }

    private static Set<Integer> tokens(JsonObject json, String key) throws ModelFormatException {
        var ids = new HashSet<Integer>();
        for (var id : json.list(key)) {
            if (!(id instanceof Integer number) || number < 0) throw json.wrong(key, "a token id or a list of them");
            ids.add(number);
        }
        return ids;
    }

    /** Elements of all heads' queries together. */
    int queryDim() {
        return heads * headDim;
    }

    /** Elements of one position's keys (or values) in one layer. */
    int kvDim() {
        return kvHeads * headDim;
    }

    /** Weights of the model, the small vectors left out. */
    long parameters() {
        long attention = (long) hiddenSize * (2L * queryDim() + 2L * kvDim());
        long mlp = 3L * hiddenSize * intermediateSize;
        return layers * (attention + mlp) + (tiedEmbeddings ? 1L : 2L) * vocabSize * hiddenSize;
    }
}
