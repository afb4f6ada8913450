package dev.nacelle.dynamo.card;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.apache.commons.codec.digest.Blake3;

/** How Dynamo names a file's content. */
final class Checksum {
    private static final int BYTES = 32;

    private Checksum() {}

    /** {@code blake3:} and 64 hexadecimal digits. */
    static String of(Path file) throws IOException {
        var hash = Blake3.initHash();
        var buffer = new byte[64 << 10];
        try (var in = Files.newInputStream(file)) {
            for (int count; (count = in.read(buffer)) >= 0; ) hash.update(buffer, 0, count);
        }
        return "blake3:" + HexFormat.of().formatHex(hash.doFinalize(BYTES));
    }
}
