package dev.nacelle.frontend.api;

import java.util.concurrent.ThreadLocalRandom;

/** Ids of tool calls: nine letters and digits, as Mistral's chat templates ask for. */
final class CallId {
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 9;

    private CallId() {}

    static String random() {
        var random = ThreadLocalRandom.current();
        var id = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        return id.toString();
    }
}
