package dev.nacelle.frontend.api;

import dev.nacelle.frontend.parser.OutputParser;
import dev.nacelle.frontend.text.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the rendering of one response goes by.
 *
 * @param tokenizer names the tokens of log-probabilities
 * @param choices how many there are
 * @param includeUsage end a stream with what it consumed
 * @param parsers makes a parser for each choice; empty where everything is text
 * @param parallelToolCalls whether more than the first call is wanted
 * @param includeReasoning whether what the model thought is wanted
 * @param echoes what each choice's text begins with; empty where none begins with anything
 * @param said what the response repeats of the request (JSON-like)
 */
public record ReplyShape(
        ResponseHead head,
        Tokenizer tokenizer,
        int choices,
        boolean includeUsage,
        Supplier<Optional<OutputParser>> parsers,
        boolean parallelToolCalls,
        boolean includeReasoning,
        List<String> echoes,
        Map<String, Object> said) {
    public ReplyShape {
        echoes = List.copyOf(echoes);
    }

    /** What a choice's text begins with. */
    String echo(int choice) {
        return echoes.isEmpty() ? "" : echoes.get(choice);
    }
}
