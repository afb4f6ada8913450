package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.Usage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One response on its way from the engine to its requester. Sees to it that the receiver is called by one thread at a
 * time and gets exactly one terminal, last, although the engine's thread and those that may give the request up know
 * nothing of each other.
 *
 * <p>No locks: a thread that passes an item on holds the {@code EMITTING} bit meanwhile, and one that ends the response
 * in that moment leaves the terminal to it. An item costs two atomic operations and no allocation.
 */
final class ResponseStream implements ResponseSink {
    /** The lower half of the word counts the generated tokens. */
    private static final long TOKENS = 0xFFFF_FFFFL;

    private static final long FIRST_SEEN = 1L << 32;
    private static final long EMITTING = 1L << 33;
    private static final long ENDED = 1L << 34;
    private static final VarHandle WORD;
    private static final VarHandle ENDING;

    static {
        try {
            var lookup = MethodHandles.lookup();
            WORD = lookup.findVarHandle(ResponseStream.class, "word", long.class);
            ENDING = lookup.findVarHandle(ResponseStream.class, "ending", Ending.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Hears what becomes of the stream; called on whatever thread it happens. */
    interface Owner {
        /** The first item is out, or the engine says it will be. Once. */
        void firstItem();

        /** The receiver's queue was full: the request is to be given up. */
        void overflowed();

        /** The receiver threw: the request is to be given up. */
        void undeliverable(Throwable cause);

        /** The engine broke its contract. */
        void broke(Breach breach);
    }

    private final ResponseReceiver receiver;
    private final Owner owner;
    private final int promptTokens;

    private volatile long word;
    private volatile @Nullable Ending ending;

    /** @param promptTokens for a usage that the engine leaves to the host; 0 when the prompt is text */
    ResponseStream(ResponseReceiver receiver, Owner owner, int promptTokens) {
        this.receiver = receiver;
        this.owner = owner;
        this.promptTokens = promptTokens;
    }

    @Override
    public void token(int id) {
        if (!begin()) return;
        boolean taken = false;
        try {
            taken = receiver.token(id);
        } catch (RuntimeException | Error e) { // nothing of the reader's may end an engine's thread
            owner.undeliverable(e);
        } finally {
            complete(taken, 1);
        }
    }

    @Override
    public void emit(Chunk chunk) {
        // A text without its ids counts as a token: it is progress, and the nearest to a usage that there is.
        int tokens = Math.max(chunk.tokens().size(), chunk.text().isPresent() ? 1 : 0);
        if (!begin()) return;
        boolean taken = false;
        try {
            taken = receiver.chunk(chunk);
        } catch (RuntimeException | Error e) {
            owner.undeliverable(e);
        } finally {
            complete(taken, tokens);
        }
    }

    @Override
    public void finish(FinishReason reason, Usage usage) {
        finish(new Ending.Finished(reason, Optional.of(usage)));
    }

    @Override
    public void finish(FinishReason reason) {
        finish(new Ending.Finished(Objects.requireNonNull(reason), Optional.empty()));
    }

    @Override
    public boolean isWritable() {
        return receiver.isWritable() || (word & ENDED) != 0;
    }

    @Override
    public void awaitWritable() throws InterruptedException {
        if (!isWritable()) receiver.awaitWritable();
    }

    /**
     * Decides how the response ends, and sends the terminal.
     *
     * @param decided runs when this ending stands, before the reader can hear of it
     * @return false when another ending was decided before
     */
    boolean end(Ending how, Runnable decided) {
        if (!ENDING.compareAndSet(this, null, how)) return false;
        decided.run();
        long before = (long) WORD.getAndBitwiseOr(this, ENDED);
        if ((before & EMITTING) == 0) sendTerminal(how);
        return true;
    }

    /** How the response ended; null while it has not. */
    @Nullable
    Ending ending() {
        return ending;
    }

    boolean isGivenUp() {
        return ending instanceof Ending.GivenUp;
    }

    /** Tokens that the receiver has taken. */
    long tokens() {
        return word & TOKENS;
    }

    /** Whether an item was sent, or announced. */
    boolean hasItems() {
        return (word & FIRST_SEEN) != 0;
    }

    /** The first token is known to come, or came. Idempotent. */
    void firstSeen() {
        if (((long) WORD.getAndBitwiseOr(this, FIRST_SEEN) & FIRST_SEEN) == 0) owner.firstItem();
    }

    private void finish(Ending.Finished how) {
        if (!end(how, () -> {})) refuse();
    }

    /** Claims the receiver for one item. @return false when the item is to be discarded */
    private boolean begin() {
        long seen = word;
        while ((seen & (EMITTING | ENDED)) == 0) {
            if (WORD.compareAndSet(this, seen, seen | EMITTING)) return true;
            seen = word;
        }
        if ((seen & ENDED) != 0) refuse();
        else owner.broke(Breach.CONCURRENT_SINK);
        return false;
    }

    /** Gives the receiver back; the terminal, when one was decided meanwhile, is this thread's to send. */
    private void complete(boolean taken, int tokens) {
        long before = (long) WORD.getAndAdd(this, (taken ? tokens : 0) - EMITTING);
        // Also when the item was all that was wanted, and its taker has ended the response.
        if (taken && (before & FIRST_SEEN) == 0) firstSeen();
        if ((before & ENDED) != 0) sendTerminal(Objects.requireNonNull(ending));
        else if (!taken) owner.overflowed();
    }

    /** Something came after the terminal: the engine's fault, unless the host ended the response without its doing. */
    private void refuse() {
        if (!isGivenUp()) owner.broke(Breach.AFTER_TERMINAL);
    }

    private void sendTerminal(Ending how) {
        try {
            switch (how) {
                case Ending.Finished(var reason, var usage) -> receiver.finished(reason, usage.orElseGet(this::usage));
                case Ending.Failed(var error) -> receiver.failed(error);
                case Ending.GivenUp(var error) ->
                    error.ifPresentOrElse(receiver::failed, () -> receiver.finished(FinishReason.CANCELLED, usage()));
            }
        } catch (RuntimeException | Error e) {
            owner.undeliverable(e);
        }
    }

    private Usage usage() {
        return new Usage(promptTokens, (int) Math.min(Integer.MAX_VALUE, tokens()));
    }
}
