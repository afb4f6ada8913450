package dev.nacelle.examples.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All tensors of a model folder: one {@code model.safetensors}, or the shards that an index names. */
final class Checkpoint implements AutoCloseable {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Path folder;
    private final List<Safetensors> files = new ArrayList<>();
    private final Map<String, Tensor> tensors = new HashMap<>();

    private Checkpoint(Path folder) {
        this.folder = folder;
    }

    static Checkpoint open(Path folder) throws IOException {
        var checkpoint = new Checkpoint(folder);
        try {
            for (var file : filesOf(folder)) checkpoint.add(Safetensors.open(file));
            return checkpoint;
        } catch (IOException | RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    private static List<Path> filesOf(Path folder) throws IOException {
        if (Files.exists(folder.resolve(SINGLE))) return List.of(folder.resolve(SINGLE));
        var index = folder.resolve(INDEX);
        if (!Files.exists(index))
            throw new ModelFormatException("neither %s nor %s in %s".formatted(SINGLE, INDEX, folder));
        var files = new ArrayList<Path>();
        for (var name : shards(JsonObject.read(index))) {
            var file = folder.resolve(name);
            if (!Files.exists(file))
                throw new ModelFormatException("%s names %s, which is not there".formatted(index, name));
            files.add(file);
        }
        return files;
    }

    private static Set<String> shards(JsonObject index) throws ModelFormatException {
        var map =
                index.object("weight_map").orElseThrow(() -> index.wrong("weight_map", "tensor names and their files"));
        var names = new LinkedHashSet<String>();
        for (var key : map.keys()) {
            var name = map.text((String) key).orElse("");
            // A model brings its own files; an index does not get to open others.
            if (name.isEmpty() || name.contains("/") || name.contains("\\") || name.startsWith(".."))
                throw map.wrong((String) key, "the name of a file in the same folder");
            names.add(name);
        }
        return names;
    }

    private void add(Safetensors file) {
        files.add(file);
        tensors.putAll(file.tensors());
    }

    /** The tensor of that name. @throws ModelFormatException when it is missing or has another shape */
    Tensor tensor(String name, int... sizes) throws ModelFormatException {
        var shape = Arrays.stream(sizes).asLongStream().boxed().toList();
        var tensor = tensors.get(name);
        if (tensor == null)
            throw new ModelFormatException(
                    "no tensor %s %s of type F32, F16 or BF16 in %s".formatted(name, shape, folder));
        if (!tensor.shape().equals(shape))
            throw new ModelFormatException("tensor %s in %s has shape %s, expected %s as config.json says"
                    .formatted(name, folder, tensor.shape(), shape));
        return tensor;
    }

    @Override
    public void close() {
        files.forEach(Safetensors::close);
    }
}
