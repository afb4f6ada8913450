package dev.nacelle.frontend.text;

import dev.nacelle.spi.error.EngineException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a conversation as the text that a model continues. Immutable, safe from any thread. */
public interface ChatFormat {
    /**
     * The text to continue.
     *
     * @throws EngineException as an invalid argument when the conversation does not fit the format
     */
    Rendered render(Conversation conversation) throws EngineException;

    /** The format of models that bring none: {@link PlainChatFormat}. */
    static ChatFormat plain() {
        return PlainChatFormat.INSTANCE;
    }

    /**
     * What is to be rendered.
     *
     * @param messages at least one
     * @param addGenerationPrompt end with what makes the model answer, instead of with the last message
     * @param variables what else the caller gave a template: tools, documents, … (JSON-like)
     */
    record Conversation(List<ChatMessage> messages, boolean addGenerationPrompt, Map<String, Object> variables) {
        public Conversation {
            messages = List.copyOf(messages);
            variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
        }

        /** A conversation that the model is to answer. */
        public static Conversation toAnswer(List<ChatMessage> messages) {
            return new Conversation(messages, true, Map.of());
        }
    }

    /**
     * A rendered conversation.
     *
     * @param text what to tokenize
     * @param specials whether the tokenizer is to add the special tokens that begin a text: a template writes its own
     */
    record Rendered(String text, Tokenizer.Specials specials) {}
}
