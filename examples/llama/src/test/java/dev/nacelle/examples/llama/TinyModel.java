package dev.nacelle.examples.llama;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** Models too small to make sense, whose weights are a hash of tensor name and index, as in src/test/python/golden.py. */
final class TinyModel {
    /** Where the model of the examples lies. */
    static final Path AUSTEN =
            Path.of("..", "models", "austen-1.7m").toAbsolutePath().normalize();

    private TinyModel() {}

    /** Writes a model of one of the golden configurations. */
    static Path write(Path folder, String golden, Tensor.Type type) throws IOException {
        return writeConfig(folder, Golden.read(golden).config(), type);
    }

    static Path writeConfig(Path folder, String config, Tensor.Type type) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        var writer = new SafetensorsWriter(type);
        shapes(ModelConfig.read(folder)).forEach((name, shape) -> writer.add(name, weights(name, shape), shape));
        writer.write(folder.resolve("model.safetensors"));
        return folder;
    }

    /** The same in two files and an index. */
    static Path writeSharded(Path folder, String golden, Tensor.Type type) throws IOException {
        Files.writeString(folder.resolve("config.json"), Golden.read(golden).config());
        var shards = new SafetensorsWriter[] {new SafetensorsWriter(type), new SafetensorsWriter(type)};
        var index = new StringBuilder();
        shapes(ModelConfig.read(folder)).forEach((name, shape) -> {
            int shard = name.startsWith("model.layers.1") ? 1 : 0;
            shards[shard].add(name, weights(name, shape), shape);
            index.append(index.isEmpty() ? "" : ", ").append("\"%s\": \"model-%d.safetensors\"".formatted(name, shard));
        });
        for (int i = 0; i < shards.length; i++) shards[i].write(folder.resolve("model-%d.safetensors".formatted(i)));
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"metadata\": {}, \"weight_map\": {%s}}".formatted(index));
        return folder;
    }

    static Map<String, long[]> shapes(ModelConfig c) {
        var shapes = new LinkedHashMap<String, long[]>();
        shapes.put("model.embed_tokens.weight", new long[] {c.vocabSize(), c.hiddenSize()});
        shapes.put("model.norm.weight", new long[] {c.hiddenSize()});
        if (!c.tiedEmbeddings()) shapes.put("lm_head.weight", new long[] {c.vocabSize(), c.hiddenSize()});
        for (int i = 0; i < c.layers(); i++) {
            var at = "model.layers." + i + ".";
            projection(shapes, c, at + "self_attn.q_proj", c.queryDim(), c.hiddenSize());
            projection(shapes, c, at + "self_attn.k_proj", c.kvDim(), c.hiddenSize());
            projection(shapes, c, at + "self_attn.v_proj", c.kvDim(), c.hiddenSize());
            projection(shapes, c, at + "self_attn.o_proj", c.hiddenSize(), c.queryDim());
            shapes.put(at + "mlp.gate_proj.weight", new long[] {c.intermediateSize(), c.hiddenSize()});
            shapes.put(at + "mlp.up_proj.weight", new long[] {c.intermediateSize(), c.hiddenSize()});
            shapes.put(at + "mlp.down_proj.weight", new long[] {c.hiddenSize(), c.intermediateSize()});
            shapes.put(at + "input_layernorm.weight", new long[] {c.hiddenSize()});
            shapes.put(at + "post_attention_layernorm.weight", new long[] {c.hiddenSize()});
        }
        return shapes;
    }

    private static void projection(Map<String, long[]> shapes, ModelConfig c, String name, int outputs, int inputs) {
        shapes.put(name + ".weight", new long[] {outputs, inputs});
        if (c.attentionBias()) shapes.put(name + ".bias", new long[] {outputs});
    }

    private static float[] weights(String name, long[] shape) {
        var crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        var values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
        for (int i = 0; i < values.length; i++) {
            int x = i + (int) crc.getValue();
            x = (x ^ x >>> 16) * 0x85EBCA6B;
            x = (x ^ x >>> 13) * 0xC2B2AE35;
            x ^= x >>> 16;
            values[i] = name.contains("norm")
                    ? 1 + (Integer.remainderUnsigned(x, 65) - 32) / 128f
                    : (Integer.remainderUnsigned(x, 255) - 127) / 512f;
        }
        return values;
    }
}
