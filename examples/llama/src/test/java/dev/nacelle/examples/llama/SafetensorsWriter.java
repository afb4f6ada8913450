package dev.nacelle.examples.llama;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes safetensors files. */
final class SafetensorsWriter {
    private final Tensor.Type type;
    private final List<String> header = new ArrayList<>();
    private ByteBuffer data = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

    SafetensorsWriter(Tensor.Type type) {
        this.type = type;
    }

    void add(String name, float[] values, long... shape) {
        int begin = data.position();
        if (data.remaining() < 4 * values.length) {
            var larger =
                    ByteBuffer.allocate(2 * data.capacity() + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            data = larger.put(data.flip());
        }
        for (float value : values)
            switch (type) {
                case F32 -> data.putFloat(value);
                case F16 -> data.putShort(Float.floatToFloat16(value));
                case BF16 -> data.putShort((short) (Float.floatToIntBits(value) >>> 16));
            }
        header.add("\"%s\": {\"dtype\": \"%s\", \"shape\": %s, \"data_offsets\": [%d, %d]}"
                .formatted(name, type, Arrays.toString(shape), begin, data.position()));
    }

    void write(Path file) throws IOException {
        write(file, "{\"__metadata__\": {\"format\": \"pt\"}, " + String.join(", ", header) + "}", data);
    }

    static void write(Path file, String header, ByteBuffer data) throws IOException {
        var text = header.getBytes(StandardCharsets.UTF_8);
        var all = ByteBuffer.allocate(8 + text.length + data.position()).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(text.length).put(text).put(data.duplicate().flip());
        Files.write(file, all.array());
    }
}
