package dev.nacelle.frontend.api;

import dev.nacelle.frontend.parser.OutputParser;
import dev.nacelle.frontend.parser.OutputParts;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The events of chats and completions. Where everything is text, a piece of it allocates nothing. */
public final class ChunkStream implements EventRenderer {
    private final ReplyShape shape;
    private final List<Choice> choices;

    private ChunkStream(ReplyShape shape, List<Choice> choices) {
        this.shape = shape;
        this.choices = choices;
    }

    public static ChunkStream chat(ReplyShape shape) {
        return new ChunkStream(
                shape,
                IntStream.range(0, shape.choices())
                        .mapToObj(i -> new Choice(
                                ChunkRenderer.chat(shape.head(), i, shape.includeUsage(), shape.tokenizer()), shape))
                        .toList());
    }

    public static ChunkStream completion(ReplyShape shape) {
        return new ChunkStream(
                shape,
                IntStream.range(0, shape.choices())
                        .mapToObj(i -> new Choice(
                                ChunkRenderer.completion(shape.head(), i, shape.includeUsage(), shape.tokenizer()),
                                shape))
                        .toList());
    }

    @Override
    public void begin(JsonBuffer out) {
        for (int i = 0; i < choices.size(); i++) {
            var renderer = choices.get(i).renderer;
            renderer.begin(out);
            var echo = shape.echo(i);
            if (!echo.isEmpty()) renderer.text(out, echo);
        }
    }

    @Override
    public int touch() {
        return choices.getFirst().renderer.touch();
    }

    @Override
    public void text(JsonBuffer out, int choice, CharSequence delta) {
        choices.get(choice).text(out, delta);
    }

    @Override
    public void text(JsonBuffer out, int choice, CharSequence delta, List<TokenLogProb> tokens) {
        choices.get(choice).text(out, delta, tokens);
    }

    @Override
    public void finish(JsonBuffer out, int choice, FinishReason reason) {
        choices.get(choice).finish(out, reason);
    }

    @Override
    public void end(JsonBuffer out, Usage usage) {
        if (shape.includeUsage()) choices.getFirst().renderer.usage(out, usage);
        ChunkRenderer.done(out);
    }

    /** One choice; hears the parts of its output while a piece of it is taken. */
    private static final class Choice implements OutputParts {
        private final ChunkRenderer renderer;
        private final Optional<OutputParser> parser;
        private final boolean parallel;
        private final boolean reasons;
        private @Nullable JsonBuffer out;
        private int calls;
        private boolean dropping;

        Choice(ChunkRenderer renderer, ReplyShape shape) {
            this.renderer = renderer;
            parser = shape.parsers().get();
            parallel = shape.parallelToolCalls();
            reasons = shape.includeReasoning();
        }

        void text(JsonBuffer to, CharSequence delta) {
            if (parser.isEmpty()) {
                renderer.text(to, delta);
                return;
            }
            out = to;
            parser.get().accept(delta, this);
        }

        /** What the tokens became may come later, or be no text: their log-probabilities come by themselves. */
        void text(JsonBuffer to, CharSequence delta, List<TokenLogProb> tokens) {
            if (parser.isEmpty()) {
                renderer.text(to, delta, tokens);
                return;
            }
            text(to, delta);
            if (!tokens.isEmpty()) renderer.text(to, "", tokens);
        }

        void finish(JsonBuffer to, FinishReason reason) {
            out = to;
            parser.ifPresent(parts -> parts.end(this));
            renderer.finish(to, calls > 0 && reason == FinishReason.STOP ? FinishReason.TOOL_CALLS : reason);
        }

        @Override
        public void content(CharSequence text) {
            renderer.text(buffer(), text);
        }

        @Override
        public void reasoning(CharSequence text) {
            if (reasons) renderer.reasoning(buffer(), text);
        }

        @Override
        public void toolCall(String name) {
            dropping = !parallel && calls > 0;
            if (!dropping) renderer.toolCall(buffer(), calls++, CallId.random(), name);
        }

        @Override
        public void arguments(CharSequence json) {
            if (!dropping) renderer.arguments(buffer(), calls - 1, json);
        }

        private JsonBuffer buffer() {
            var buffer = out;
            if (buffer == null) throw new IllegalStateException("a part of an output that was not taken");
            return buffer;
        }
    }
}
