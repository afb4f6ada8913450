package dev.nacelle.frontend.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A Hugging Face tokenizer in native memory. Calls run concurrently; {@link #close} waits for them and frees it.
 *
 * <p>Goes straight to the JNI layer: the classes above it call home, probe for CUDA, may download a library, and copy
 * nine arrays per encoding of which one is needed (docs/decisions has the figures).
 */
final class NativeTokenizer implements AutoCloseable {
    private final TokenizersLibrary library;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private long handle;

    private NativeTokenizer(TokenizersLibrary library, long handle) {
        this.library = library;
        this.handle = handle;
    }

    /** @throws RuntimeException with the library's own words when {@code json} is no tokenizer */
    static NativeTokenizer parse(String json) {
        var library = NativeLibrary.get();
        var tokenizer = new NativeTokenizer(library, library.createTokenizerFromString(json));
        // A file may carry the truncation and padding of its last training run.
        library.disableTruncation(tokenizer.handle);
        library.disablePadding(tokenizer.handle);
        return tokenizer;
    }

    /** {@code text} must have no unpaired surrogate. */
    int[] encode(String text, boolean addSpecialTokens) {
        lock.readLock().lock();
        try {
            long encoding = library.encode(open(), text, addSpecialTokens);
            try {
                long[] ids = library.getTokenIds(encoding);
                int[] result = new int[ids.length];
                for (int i = 0; i < ids.length; i++) result[i] = (int) ids[i];
                return result;
            } finally {
                library.deleteEncoding(encoding);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The text of {@code ids}, special tokens included; ids that are not in the vocabulary are left out. */
    String decode(int... ids) {
        lock.readLock().lock();
        try {
            return library.decode(open(), Arrays.stream(ids).asLongStream().toArray(), false);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (handle != 0) library.deleteTokenizer(handle);
            handle = 0;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private long open() {
        if (handle == 0)
            throw new IllegalStateException(
                    "the tokenizer is closed: its owner closed it while requests were still using it");
        return handle;
    }
}
