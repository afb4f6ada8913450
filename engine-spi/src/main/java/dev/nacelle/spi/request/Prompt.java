package dev.nacelle.spi.request;

import java.util.List;
import java.util.Map;

/** What the engine continues: token ids, or text for engines that declared {@code ModelInput.TEXT}. */
public sealed interface Prompt {
    /** Token ids, special tokens included. Never empty. */
    record Tokens(TokenIds ids) implements Prompt {
        public Tokens {
            if (ids.isEmpty()) throw new IllegalArgumentException("a prompt of no tokens, expected at least one");
        }

        public Tokens(int... ids) {
            this(TokenIds.of(ids));
        }
    }

    /** A rendered prompt that the engine tokenizes by itself. */
    record Text(String text) implements Prompt {}

    /** A conversation that the engine renders and tokenizes by itself; messages as in the OpenAI API (JSON-like). */
    record Messages(List<Map<String, Object>> messages) implements Prompt {
        public Messages {
            messages = messages.stream().map(Json::frozen).toList();
        }
    }
}
