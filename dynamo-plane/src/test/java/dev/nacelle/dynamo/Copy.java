package dev.nacelle.dynamo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What workers have published in one folder, kept alive in another until closed, whether they are still there or not. */
final class Copy implements AutoCloseable {
    private final List<Path> copies = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    Copy(Path from, Path to) throws IOException {
        // Instances before cards, as the workers publish them.
        for (var bucket : List.of("v1/instances", "v1/mdc")) {
            Await.until(
                    "the publication",
                    () -> !RawFrontend.files(from.resolve(bucket)).isEmpty());
            for (var file : RawFrontend.files(from.resolve(bucket)))
                copies.add(Files.copy(
                        file, Files.createDirectories(to.resolve(bucket)).resolve(file.getFileName())));
        }
        thread = Thread.ofVirtual().start(this::renew);
    }

    private void renew() {
        try {
            while (!closed.await(1, TimeUnit.SECONDS))
                for (var copy : copies) Files.setLastModifiedTime(copy, FileTime.from(Instant.now()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        for (var copy : copies) Files.deleteIfExists(copy);
    }
}
