package dev.nacelle.runtime.exposition;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a text file that a job writes; best replaced by renaming, so that no half file is read. */
final class FileReader implements Source.Reader {
    private final Path file;

    FileReader(Path file) {
        this.file = file;
    }

    @Override
    public byte[] read(SourceLimits limits) throws IOException, TooLarge {
        if (!Files.isRegularFile(file)) throw new IOException("%s is not a file".formatted(file));
        try (InputStream in = Files.newInputStream(file)) {
            return UrlReader.readAtMost(in, limits.bytes());
        }
    }
}
