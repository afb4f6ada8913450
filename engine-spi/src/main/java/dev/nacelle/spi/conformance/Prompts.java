package dev.nacelle.spi.conformance;

import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.request.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Prompts made of one prompt's own tokens or words, so that the vocabulary knows them. */
record Prompts(List<Integer> tokens, String text) {
    /** Bytes of UTF-8, which every usual vocabulary holds as ids, and no two alike. */
    static final Prompts DEFAULT = new Prompts(
            "The quick brown".chars().distinct().boxed().toList(), "The quick brown fox jumps over the lazy dog");

    Prompts {
        tokens = List.copyOf(tokens);
        if (tokens.isEmpty()) throw new IllegalArgumentException("a prompt of no tokens, expected at least one");
        if (text.isBlank()) throw new IllegalArgumentException("a blank prompt, expected some words");
    }

    /** The prompt, rotated by {@code turn}. */
    Prompt of(ModelInput input, int turn) {
        return switch (input) {
            case TOKENS -> new Prompt.Tokens(ints(rotated(tokens, turn)));
            case TEXT ->
                new Prompt.Text(String.join(
                        " ", rotated(Arrays.asList(text.strip().split("\\s+", -1)), turn)));
        };
    }

    /** A prompt of so many tokens. */
    Prompt ofLength(int length) {
        var ids = new int[length];
        Arrays.setAll(ids, i -> tokens.get(i % tokens.size()));
        return new Prompt.Tokens(ids);
    }

    private static <T> List<T> rotated(List<T> list, int turn) {
        var copy = new ArrayList<>(list);
        Collections.rotate(copy, -turn);
        return copy;
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
