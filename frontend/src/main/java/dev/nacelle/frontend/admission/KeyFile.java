package dev.nacelle.frontend.admission;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Reads keys. Messages name the line at fault, and never what stands in it. */
final class KeyFile {
    private static final String SCHEME = "sha256:";
    private static final int HASH_CHARS = 64;

    private KeyFile() {}

    /** @throws IOException when it cannot be read, or a line is no key; the message names the line */
    static List<ApiKey> read(Path file, int perMinute) throws IOException {
        var keys = new ArrayList<ApiKey>();
        int number = 0;
        for (var line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            number++;
            var text = line.strip();
            if (!text.isEmpty() && !text.startsWith("#")) keys.add(key(file, number, text.split("\\s+"), perMinute));
        }
        return keys;
    }

    private static ApiKey key(Path file, int line, String[] words, int perMinute) throws IOException {
        try {
            if (words.length < 2 || words.length > 3 || !words[1].startsWith(SCHEME)) throw wrong(file, line);
            var hash = words[1].substring(SCHEME.length());
            if (hash.length() != HASH_CHARS) throw wrong(file, line);
            int bound = words.length == 3 ? Integer.parseInt(words[2]) : perMinute;
            if (bound < 0) throw wrong(file, line);
            return new ApiKey(words[0], HexFormat.of().parseHex(hash), bound);
        } catch (IllegalArgumentException e) {
            throw new IOException(wrong(file, line).getMessage(), e);
        }
    }

    private static IOException wrong(Path file, int line) {
        return new IOException(
                "%s, line %d: expected a name, sha256: and 64 hexadecimal digits, and perhaps requests a minute"
                        .formatted(file, line));
    }

    /** Keys as they are, separated by commas. */
    static List<ApiKey> ofText(String text, int perMinute) {
        var keys = new ArrayList<ApiKey>();
        for (var key : text.split(",", -1))
            if (!key.isBlank()) keys.add(new ApiKey("key-" + (keys.size() + 1), sha256(key.strip()), perMinute));
        return keys;
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
