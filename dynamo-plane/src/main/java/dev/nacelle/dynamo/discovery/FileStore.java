package dev.nacelle.dynamo.discovery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A folder that frontends and workers share: a file for each entry, which is alive while its modification time is younger
 * than the lease. Frontends delete files that are older, so a worker that was suspended has to write its own again.
 */
public final class FileStore implements DiscoveryStore {
    private static final String HALF_WRITTEN = ".tmp_";

    private final Path root;
    private final SecureRandom random = new SecureRandom();

    /** @throws IOException when the folder is not there and cannot be made */
    public FileStore(Path root) throws IOException {
        this.root = root;
        for (var bucket : Entry.Bucket.values()) Files.createDirectories(folder(bucket));
    }

    @Override
    public List<String> list(Entry.Bucket bucket, String prefix) throws IOException {
        var values = new ArrayList<String>();
        var start = fileName(prefix);
        var oldest = FileTime.from(Instant.now().minusSeconds(LEASE_SECONDS));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(bucket))) {
            for (var file : files) {
                if (!file.getFileName().toString().startsWith(start)) continue;
                try {
                    if (Files.getLastModifiedTime(file).compareTo(oldest) >= 0) values.add(Files.readString(file));
                } catch (NoSuchFileException e) {
                    // gone since the folder was listed
                }
            }
        }
        return values;
    }

    @Override
    public void put(long instanceId, List<Entry> entries) throws IOException {
        for (var entry : entries) {
            // Moved there whole: a frontend reads a file when it appears.
            var half =
                    folder(entry.bucket()).resolve(HALF_WRITTEN + HexFormat.of().toHexDigits(random.nextLong()));
            try {
                Files.writeString(half, entry.json());
                Files.move(half, file(entry), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                Files.deleteIfExists(half);
                throw e;
            }
        }
    }

    @Override
    public boolean renew(long instanceId, List<Entry> entries) throws IOException {
        var now = FileTime.from(Instant.now());
        try {
            for (var entry : entries) Files.setLastModifiedTime(file(entry), now);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public void remove(long instanceId, List<Entry> entries) throws IOException {
        for (var entry : entries.reversed()) Files.deleteIfExists(file(entry));
    }

    private Path folder(Entry.Bucket bucket) {
        return root.resolve(bucket.path());
    }

    private Path file(Entry entry) {
        return folder(entry.bucket()).resolve(fileName(entry.key()));
    }

    /** Every byte but letters and digits percent-encoded. */
    static String fileName(String key) {
        var name = new StringBuilder();
        for (byte each : key.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xFF);
            if (c < 0x80 && Character.isLetterOrDigit(c)) name.append(c);
            else name.append("%%%02X".formatted((int) c));
        }
        return name.toString();
    }
}
