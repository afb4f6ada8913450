package dev.nacelle.frontend.model;

import dev.nacelle.frontend.text.ChatFormat;
import dev.nacelle.frontend.text.Tokenizer;
import dev.nacelle.frontend.text.TokenizerException;
import dev.nacelle.frontend.text.Tokenizers;
import dev.nacelle.runtime.role.Deadline;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokenizer and chat format of one model folder, shared by the models that name it. It is freed when no model and no
 * request uses it any more.
 */
public final class ModelText {
    private static final Logger LOG = LoggerFactory.getLogger(ModelText.class);

    private final Optional<Path> folder;
    private final CountDownLatch loaded = new CountDownLatch(1);
    private volatile @Nullable Tokenizer tokenizer;
    private volatile String failure = "";
    private int users = 1;

    /** @param folder with {@code tokenizer.json}; empty for the byte tokenizer */
    ModelText(Optional<Path> folder) {
        this.folder = folder;
    }

    /** A model's or a request's use; closing is idempotent. */
    public final class Use implements AutoCloseable {
        private final Tokenizer used;
        private boolean over;

        private Use(Tokenizer used) {
            this.used = used;
        }

        public Tokenizer tokenizer() {
            return used;
        }

        public ChatFormat chatFormat() {
            return ChatFormat.plain();
        }

        @Override
        public void close() {
            synchronized (ModelText.this) {
                if (over) return;
                over = true;
            }
            release();
        }
    }

    /** Reads the files; blocks. What is wrong with them is logged, and told by {@link #failure}. */
    void load() {
        try {
            var made = folder.map(Tokenizers::load).orElseGet(Tokenizers::bytes);
            synchronized (this) {
                if (users == 0) made.close();
                else tokenizer = made;
            }
        } catch (TokenizerException e) {
            LOG.error("no tokenizer: {}", e.getMessage(), e);
            failure = "its tokenizer cannot be loaded; the log says why";
        } catch (RuntimeException | Error e) {
            LOG.error("no tokenizer for {}", folder, e);
            failure = "its tokenizer cannot be loaded; the log says why";
        } finally {
            loaded.countDown();
        }
    }

    /** Begins a use; empty while the files are being read, or when they cannot be: then {@link #failure} is not empty. */
    public synchronized Optional<Use> use() {
        var ready = tokenizer;
        if (ready == null || users == 0) return Optional.empty();
        users++;
        return Optional.of(new Use(ready));
    }

    /** Whether there is a model folder; without one the byte tokenizer serves. */
    public boolean hasFolder() {
        return folder.isPresent();
    }

    /** Why there is no tokenizer and will be none; empty otherwise. */
    public String failure() {
        return failure;
    }

    boolean isLoaded() {
        return loaded.getCount() == 0;
    }

    boolean awaitLoaded(Deadline deadline) throws InterruptedException {
        return loaded.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends the use of a model, or of a request. */
    synchronized void release() {
        if (--users > 0) return;
        var unused = tokenizer;
        tokenizer = null;
        if (unused != null) unused.close();
    }
}
