package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ApiError;
import dev.nacelle.frontend.api.ApiException;
import dev.nacelle.frontend.metrics.HttpServiceMetrics;
import dev.nacelle.frontend.metrics.PipelineMetrics;
import dev.nacelle.frontend.metrics.TokenizerOperation;
import dev.nacelle.frontend.model.ModelText;
import dev.nacelle.frontend.model.ServedModel;
import dev.nacelle.frontend.text.ChatFormat;
import dev.nacelle.frontend.text.ChatMessage;
import dev.nacelle.frontend.text.PromptEncoder;
import dev.nacelle.frontend.text.Tokenizer;
import dev.nacelle.frontend.text.Tokenizer.Specials;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** From what a caller asked for to what an engine takes: template, tokens, limits. */
final class Preprocessor {
    private static final int DEFAULT_COMPLETION_TOKENS = 16;
    /** Characters that a text has for each of its tokens at the most; the longest tokens in use are runs of 128 spaces. */
    private static final int TOKEN_CHARS_MAX = 256;

    private static final int DEFAULT_TOKENS = 1024;

    private final HttpServiceMetrics metrics;
    private final PipelineMetrics stages;
    private final int promptChars;

    Preprocessor(HttpServiceMetrics metrics, PipelineMetrics stages, int promptChars) {
        this.metrics = metrics;
        this.stages = stages;
        this.promptChars = promptChars;
    }

    /**
     * Makes the engine's request.
     *
     * @throws ApiException when it cannot be made; names the field at fault
     */
    Prepared prepare(Asked asked, ServedModel model, ModelText.Use text) throws ApiException, EngineException {
        var options = asked.options();
        Capabilities.check(options, model);
        var calls = Calls.of(asked, model, text);
        var written = model.config().input() == ModelInput.TEXT ? text(asked) : tokens(asked, model, text);
        var stop = options.stop();
        var request = new GenerateRequest(
                options.model(),
                written.prompt(),
                calls.held(options.sampling()),
                new StopConditions(
                        OptionalInt.of(maxTokens(asked, written.prompt(), model)),
                        stop.minTokens(),
                        stop.stopTokenIds(),
                        stop.stopStrings(),
                        stop.ignoreEos()),
                options.output(),
                options.dpRank(),
                Map.of(),
                false,
                options.priority(),
                Optional.empty(),
                options.extras());
        return new Prepared(request, written.text(), calls.expected());
    }

    /** A prompt, and its text where there is one. */
    private record Written(Prompt prompt, String text) {}

    /** For engines that tokenize by themselves. */
    private static Written text(Asked asked) throws ApiException {
        return switch (asked) {
            case Asked.Chat chat ->
                new Written(
                        new Prompt.Messages(chat.messages().stream()
                                .map(ChatMessage::fields)
                                .toList()),
                        "");
            case Asked.Completion completion -> {
                if (completion.prompt() instanceof Prompt.Tokens)
                    throw new ApiException(ApiError.invalid(
                            "prompt", "prompt: found token ids, expected a text: this model tokenizes by itself"));
                yield new Written(
                        completion.prompt(), completion.prompt() instanceof Prompt.Text(var given) ? given : "");
            }
        };
    }

    private Written tokens(Asked asked, ServedModel model, ModelText.Use text) throws ApiException, EngineException {
        return switch (asked) {
            case Asked.Chat chat -> {
                var said = chat.chat();
                var conversation = new ChatFormat.Conversation(
                        chat.messages(), said.ending(), said.shownTools(), said.documents(), said.variables());
                long start = System.nanoTime();
                var rendered = text.chatFormat().render(conversation);
                stages.rendered(System.nanoTime() - start);
                var specials = said.addSpecialTokens()
                        .map(adds -> adds ? Specials.KEEP : Specials.SKIP)
                        .orElse(rendered.specials());
                yield new Written(
                        encode(model, text.encoder(), "messages", rendered.text(), specials), rendered.text());
            }
            case Asked.Completion completion ->
                new Written(
                        prompt(completion.prompt(), model, text),
                        shown(completion.prompt(), completion.options().echo(), text.tokenizer()));
        };
    }

    /** Token ids become text only where somebody is to see it. */
    private static String shown(Prompt given, boolean echo, Tokenizer tokenizer) {
        return switch (given) {
            case Prompt.Text(var text) -> text;
            case Prompt.Tokens(var ids) -> echo ? tokenizer.decode(ids.toArray(), Specials.SKIP) : "";
            case Prompt.Messages _ -> "";
        };
    }

    private Prompt prompt(Prompt given, ServedModel model, ModelText.Use use) throws ApiException {
        return switch (given) {
            case Prompt.Tokens tokens -> known(tokens, model, use.tokenizer());
            case Prompt.Text(var text) -> encode(model, use.encoder(), "prompt", text, Specials.KEEP);
            case Prompt.Messages _ ->
                throw new IllegalStateException("a completion of messages, expected a text or tokens");
        };
    }

    private Prompt.Tokens encode(ServedModel model, PromptEncoder encoder, String field, String text, Specials specials)
            throws ApiException {
        // Tokenizing a long text takes seconds, which nobody is to have for a request that cannot be served.
        int most = promptChars;
        var context = model.config().registration().contextLength();
        if (context.isPresent()) most = (int) Math.min(most, (long) context.getAsInt() * TOKEN_CHARS_MAX);
        if (text.length() > most)
            throw new ApiException(ApiError.contextExceeded(
                    field,
                    "%s: found %d characters, expected at most %d: shorten it".formatted(field, text.length(), most)));
        long start = System.nanoTime();
        var encoded = encoder.encode(text, specials);
        long took = System.nanoTime() - start;
        metrics.tokenizerLatency(TokenizerOperation.TOKENIZE, took / 1e6);
        stages.tokenized(took);
        int[] ids = encoded.ids();
        stages.cacheAsked(model.name(), encoded.cached(), ids.length - encoded.cached());
        if (ids.length == 0)
            throw new ApiException(
                    ApiError.invalid(field, field + ": found a text of no tokens, expected at least one"));
        return new Prompt.Tokens(TokenIds.of(ids));
    }

    /** Without a model folder the byte tokenizer serves, and the engine may know more ids than that. */
    private static Prompt known(Prompt.Tokens prompt, ServedModel model, Tokenizer tokenizer) throws ApiException {
        if (!model.text().hasFolder()) return prompt;
        int size = tokenizer.vocabularySize();
        var ids = prompt.ids();
        for (int i = 0; i < ids.size(); i++)
            if (ids.at(i) >= size)
                throw new ApiException(ApiError.invalid(
                        "prompt",
                        "prompt[%d]: found token id %d, expected 0 to %d: the model has no other"
                                .formatted(i, ids.at(i), size - 1)));
        return prompt;
    }

    private static int maxTokens(Asked asked, Prompt prompt, ServedModel model) throws ApiException {
        var wanted = asked.options().stop().maxTokens();
        var context = model.config().registration().contextLength();
        if (context.isEmpty()) return wanted.orElse(defaultTokens(asked, DEFAULT_TOKENS));
        if (!(prompt instanceof Prompt.Tokens(var ids)))
            return wanted.orElse(defaultTokens(asked, Math.min(DEFAULT_TOKENS, context.getAsInt())));
        int room = context.getAsInt() - ids.size();
        if (room < 1)
            throw new ApiException(ApiError.contextExceeded(
                    asked instanceof Asked.Chat ? "messages" : "prompt",
                    "the prompt has %d tokens, and the model's context of %d leaves no room for an answer: shorten it"
                            .formatted(ids.size(), context.getAsInt())));
        int limit = wanted.orElse(defaultTokens(asked, room));
        if (limit > room)
            throw new ApiException(ApiError.contextExceeded(
                    "max_tokens",
                    "max_tokens: found %d beside a prompt of %d tokens, expected at most %d: the model's context is %d tokens"
                            .formatted(limit, ids.size(), room, context.getAsInt())));
        return limit;
    }

    /** What a caller gets who leaves it open. */
    private static int defaultTokens(Asked asked, int room) {
        return asked instanceof Asked.Chat ? room : Math.min(DEFAULT_COMPLETION_TOKENS, room);
    }
}
