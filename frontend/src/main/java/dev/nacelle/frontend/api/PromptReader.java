package dev.nacelle.frontend.api;

import dev.nacelle.spi.request.Prompt;
import java.util.ArrayList;
import java.util.List;

/** Reads one prompt or several: a text, token ids, or an array of texts and arrays of token ids. */
final class PromptReader {
    static final String EXPECTED = "a string, an array of token ids, or an array of such";

    private PromptReader() {}

    /**
     * Reads the value at which {@code in} stands.
     *
     * @param most how many there may be
     * @return at least one, none of them empty
     */
    static List<Prompt> read(BodyReader in, int most) throws ApiException {
        if (!in.isArray()) return List.of(text(in));
        if (!in.nextElement()) throw in.invalid("found an empty array, expected " + EXPECTED);
        if (in.isNumber()) return List.of(tokens(in));
        var prompts = new ArrayList<Prompt>();
        do {
            if (prompts.size() == most)
                throw in.invalid("found another one, expected at most %d in one request".formatted(most));
            prompts.add(element(in));
        } while (in.nextElement());
        return prompts;
    }

    private static Prompt element(BodyReader in) throws ApiException {
        if (!in.isArray()) return text(in);
        if (!in.nextElement()) throw in.invalid("found an empty array, expected token ids");
        return tokens(in);
    }

    private static Prompt text(BodyReader in) throws ApiException {
        var text = in.string(EXPECTED);
        if (text.isEmpty()) throw in.invalid("found an empty text, expected at least one character");
        return new Prompt.Text(text);
    }

    /** The rest of an array whose first element the reader stands at. */
    private static Prompt tokens(BodyReader in) throws ApiException {
        return new Prompt.Tokens(OptionsReader.restOfTokenIds(in));
    }
}
