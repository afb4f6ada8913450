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
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.TokenIds;
import java.util.ArrayList;
import java.util.List;

/** Writes what a caller said as the prompts that an engine takes: template and tokens. */
final class PromptWriter {
    /** Characters that a text has for each of its tokens at the most; the longest tokens in use are runs of 128 spaces. */
    private static final int TOKEN_CHARS_MAX = 256;

    private final HttpServiceMetrics metrics;
    private final PipelineMetrics stages;
    private final int promptChars;

    PromptWriter(HttpServiceMetrics metrics, PipelineMetrics stages, int promptChars) {
        this.metrics = metrics;
        this.stages = stages;
        this.promptChars = promptChars;
    }

    /**
     * Writes the prompts, at least one.
     *
     * @throws ApiException when one cannot be written; names the field at fault
     */
    List<Written> write(Asked asked, ServedModel model, ModelText.Use text) throws ApiException, EngineException {
        return switch (asked) {
            case Asked.Chat chat -> List.of(chat(chat, model, text));
            case Asked.Completion(var prompts, var options) ->
                each("prompt", prompts, model, text, Specials.KEEP, options.echo());
            case Asked.Embedding asks ->
                each(
                        "input",
                        asks.inputs(),
                        model,
                        text,
                        asks.embedding().addSpecialTokens() ? Specials.KEEP : Specials.SKIP,
                        false);
        };
    }

    private Written chat(Asked.Chat chat, ServedModel model, ModelText.Use text) throws ApiException, EngineException {
        var field = "messages";
        if (model.config().input() == ModelInput.TEXT)
            return new Written(
                    field,
                    new Prompt.Messages(
                            chat.messages().stream().map(ChatMessage::fields).toList()),
                    "");
        var said = chat.chat();
        var conversation = new ChatFormat.Conversation(
                chat.messages(), said.ending(), said.shownTools(), said.documents(), said.variables());
        long start = System.nanoTime();
        var rendered = text.chatFormat().render(conversation);
        stages.rendered(System.nanoTime() - start);
        var specials = said.addSpecialTokens()
                .map(adds -> adds ? Specials.KEEP : Specials.SKIP)
                .orElse(rendered.specials());
        return new Written(field, encode(model, text.encoder(), field, rendered.text(), specials), rendered.text());
    }

    private List<Written> each(
            String name, List<Prompt> prompts, ServedModel model, ModelText.Use text, Specials specials, boolean shown)
            throws ApiException {
        var written = new ArrayList<Written>(prompts.size());
        for (int i = 0; i < prompts.size(); i++) {
            var field = prompts.size() == 1 ? name : "%s[%d]".formatted(name, i);
            written.add(given(field, prompts.get(i), model, text, specials, shown));
        }
        return written;
    }

    private Written given(
            String field, Prompt given, ServedModel model, ModelText.Use use, Specials specials, boolean shown)
            throws ApiException {
        boolean tokenizes = model.config().input() == ModelInput.TEXT;
        return switch (given) {
            case Prompt.Text(var text) ->
                new Written(field, tokenizes ? given : encode(model, use.encoder(), field, text, specials), text);
            case Prompt.Tokens(var ids) -> {
                if (tokenizes)
                    throw new ApiException(ApiError.invalid(
                            field, field + ": found token ids, expected a text: this model tokenizes by itself"));
                // Token ids become text only where somebody is to see it.
                var text = shown ? use.tokenizer().decode(ids.toArray(), Specials.SKIP) : "";
                yield new Written(field, known(field, ids, model, use.tokenizer()), text);
            }
            case Prompt.Messages _ ->
                throw new IllegalStateException("%s of messages, expected a text or tokens".formatted(field));
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
    private static Prompt known(String field, TokenIds ids, ServedModel model, Tokenizer tokenizer)
            throws ApiException {
        int size = model.text().hasFolder() ? tokenizer.vocabularySize() : Integer.MAX_VALUE;
        for (int i = 0; i < ids.size(); i++)
            if (ids.at(i) >= size)
                throw new ApiException(ApiError.invalid(
                        field,
                        "%s[%d]: found token id %d, expected 0 to %d: the model has no other"
                                .formatted(field, i, ids.at(i), size - 1)));
        return new Prompt.Tokens(ids);
    }
}
