package dev.nacelle.spi.conformance;

import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.Usage;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks the sink's protocol where it is broken: one terminal and nothing after it, one thread at a time, no more tokens
 * than asked for. Passes on what is right. Meant to stand between an engine and any other sink in tests.
 *
 * <p>Whoever called {@code generate} says how it ended, with {@link #returned} or {@link #threw}.
 */
public final class AssertingSink implements ResponseSink {
    private final ResponseSink delegate;
    private final GenerateRequest request;
    private final GenerateContext context;
    private final Consumer<Violation> onViolation;

    private final AtomicReference<@Nullable Thread> inside = new AtomicReference<>();
    /** The terminal, once there is one: how it reads in a sentence. */
    private final AtomicReference<@Nullable String> terminal = new AtomicReference<>();
    /** Set when generate came back without a terminal; what follows is part of that mistake, not another. */
    private volatile boolean abandoned;

    private int firstChoice;
    private final Map<Integer, Integer> otherChoices = new HashMap<>();
    private boolean tooMany;

    /** @param onViolation called from the engine's threads, at the call that breaks the rule */
    public AssertingSink(
            ResponseSink delegate, GenerateRequest request, GenerateContext context, Consumer<Violation> onViolation) {
        this.delegate = delegate;
        this.request = request;
        this.context = context;
        this.onViolation = onViolation;
    }

    @Override
    public void token(int id) {
        guarded(() -> {
            if (id < 0) violated(Rule.ITEMS_FIT_INPUT, "token id %d".formatted(id));
            if (!isOpen("token " + id)) return;
            count(0, 1);
            delegate.token(id);
        });
    }

    @Override
    public void emit(Chunk chunk) {
        guarded(() -> {
            if (!isOpen("an item")) return;
            int choices = request.sampling().n();
            if (chunk.index() < choices) count(chunk.index(), chunk.tokens().size());
            else violated(Rule.ITEMS_FIT_INPUT, "choice index %d with n %d".formatted(chunk.index(), choices));
            chunk.tokens().stream()
                    .filter(id -> id < 0)
                    .findFirst()
                    .ifPresent(id -> violated(Rule.ITEMS_FIT_INPUT, "token id %d".formatted(id)));
            delegate.emit(chunk);
        });
    }

    @Override
    public void finish(FinishReason reason, Usage usage) {
        finished(reason, () -> delegate.finish(reason, usage));
    }

    @Override
    public void finish(FinishReason reason) {
        finished(reason, () -> delegate.finish(reason));
    }

    @Override
    public boolean isWritable() {
        return delegate.isWritable();
    }

    @Override
    public void awaitWritable() throws InterruptedException {
        delegate.awaitWritable();
    }

    /** {@code generate} returned. */
    public void returned() {
        if (terminal.get() != null) return;
        abandoned = true;
        violated(Rule.ONE_TERMINAL, "generate returned without a terminal");
    }

    /** {@code generate} threw, which is the terminal unless there was one. */
    public void threw(Throwable thrown) {
        var earlier = terminal.compareAndExchange(
                null, "throwing " + thrown.getClass().getSimpleName());
        // A scheduler that finishes a cancelled stream does not keep its request's thread from being interrupted.
        boolean interrupted = thrown instanceof InterruptedException && context.isCancelled();
        if (earlier != null && !interrupted)
            violated(
                    Rule.ONE_TERMINAL,
                    "generate threw %s after %s"
                            .formatted(thrown instanceof EngineException e ? e.error() : thrown.toString(), earlier));
    }

    private void finished(FinishReason reason, Runnable pass) {
        guarded(() -> {
            var earlier = terminal.compareAndExchange(null, "finish(" + reason + ")");
            if (earlier == null && !abandoned) pass.run();
            else if (earlier != null && !context.isCancelled())
                violated(Rule.ONE_TERMINAL, "finish(%s) after %s".formatted(reason, earlier));
        });
    }

    private boolean isOpen(String what) {
        var ended = terminal.get();
        if (ended != null && !context.isCancelled())
            violated(Rule.NOTHING_AFTER_TERMINAL, "%s after %s".formatted(what, ended));
        return ended == null && !abandoned;
    }

    private void count(int choice, int tokens) {
        int total = choice == 0 ? firstChoice += tokens : otherChoices.merge(choice, tokens, Integer::sum);
        var most = request.stop().maxTokens();
        if (most.isEmpty() || total <= most.getAsInt() || tooMany) return;
        tooMany = true;
        violated(Rule.MAX_TOKENS, "%d tokens with max_tokens %d".formatted(total, most.getAsInt()));
    }

    private void guarded(Runnable call) {
        var me = Thread.currentThread();
        var other = inside.compareAndExchange(null, me);
        if (other != null)
            violated(Rule.SINK_ONE_THREAD, "%s called while %s was in a call".formatted(name(me), name(other)));
        try {
            call.run();
        } finally {
            inside.compareAndSet(me, null);
        }
    }

    private void violated(Rule rule, String seen) {
        onViolation.accept(new Violation(rule, "request %s: %s".formatted(context.id(), seen)));
    }

    private static String name(Thread thread) {
        return "thread " + (thread.getName().isEmpty() ? "#" + thread.threadId() : thread.getName());
    }
}
