package dev.nacelle.runtime.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A secret by the name of the file that holds it: what is printed is the file's name, never what is in it. The file is
 * read when the secret is used, so that a rotated one is seen.
 */
public record SecretFile(Path path) {
    private static final int BYTES_MAX = 64 * 1024;

    /**
     * The file's text without the line break at its end.
     *
     * @throws IOException if it cannot be read, is larger than 64 KiB, or is empty; the message names the file
     */
    public String read() throws IOException {
        try (var in = Files.newInputStream(path)) {
            var bytes = in.readNBytes(BYTES_MAX + 1);
            var secret = new String(bytes, StandardCharsets.UTF_8).stripTrailing();
            if (bytes.length > BYTES_MAX || secret.isEmpty()) {
                throw new IOException("%s: expected a secret of 1 byte to 64 KiB".formatted(path));
            }
            return secret;
        } catch (NoSuchFileException missing) {
            throw new IOException("%s: no such file; it is to hold a secret".formatted(path), missing);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
