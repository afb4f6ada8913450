package dev.nacelle.examples.llama;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One safetensors file, mapped into memory: an 8-byte little-endian header length, a JSON header that gives each tensor's
 * {@code dtype}, {@code shape} and {@code data_offsets} (begin and end, counted from the header's end), then the data.
 * See the format's description at github.com/huggingface/safetensors.
 */
final class Safetensors implements AutoCloseable {
    /** The format's own limit on its header. */
    private static final long HEADER_BYTES_MAX = 100_000_000;

    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena = Arena.ofShared();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private Safetensors(Path file) {
        this.file = file;
    }

    static Safetensors open(Path file) throws IOException {
        var opened = new Safetensors(file);
        try {
            opened.map();
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** By name, in the header's order. */
    Map<String, Tensor> tensors() {
        return tensors;
    }

    /** Unmaps the file; its tensors may no longer be read. */
    @Override
    public void close() {
        arena.close();
    }

    private void map() throws IOException {
        try (var channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size < 8) throw bad("it has %d bytes, and the header's length alone takes 8".formatted(size));
            var mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            long header = mapped.get(LENGTH, 0);
            if (header < 0 || header > HEADER_BYTES_MAX || header > size - 8)
                throw bad("its header should have %d bytes, and the file has %d".formatted(header, size));
            var text = mapped.asSlice(8, header).toArray(ValueLayout.JAVA_BYTE);
            readHeader(JsonObject.parse(file + ": header", text), mapped.asSlice(8 + header));
        }
    }

    private void readHeader(JsonObject header, MemorySegment data) throws IOException {
        for (var key : header.keys()) {
            var name = (String) key;
            if (name.equals("__metadata__")) continue;
            var entry = header.object(name).orElseThrow(() -> header.wrong(name, "an object"));
            var type = entry.text("dtype").flatMap(Tensor.Type::of);
            // Tensors of other types may stand in the file as long as the model needs none of them.
            if (type.isPresent()) tensors.put(name, tensor(name, type.get(), entry, data));
        }
    }

    private Tensor tensor(String name, Tensor.Type type, JsonObject entry, MemorySegment data) throws IOException {
        var shape = entry.longs("shape");
        var offsets = entry.longs("data_offsets");
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1))
            throw entry.wrong("data_offsets", "begin and end of the tensor's bytes");
        if (offsets.get(1) > data.byteSize())
            throw bad("it is cut short: %s ends at byte %d of the data, of which there are %d"
                    .formatted(name, offsets.get(1), data.byteSize()));
        long bytes = type.bytes;
        try {
            for (long size : shape) bytes = Math.multiplyExact(bytes, size);
        } catch (ArithmeticException _) {
            throw entry.wrong("shape", "a tensor that fits the file");
        }
        if (bytes != offsets.get(1) - offsets.get(0))
            throw entry.wrong("data_offsets", "%d bytes apart, as its shape and dtype take".formatted(bytes));
        return new Tensor(name, type, shape, data.asSlice(offsets.get(0), bytes));
    }

    private ModelFormatException bad(String what) {
        return new ModelFormatException("%s is no whole safetensors file: %s".formatted(file, what));
    }
}
