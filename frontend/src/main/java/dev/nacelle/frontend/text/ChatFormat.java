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

    /** Whether the model gets to see tools that a conversation offers. */
    boolean showsTools();

    /** What the model's own templates look like, all in one text; empty where there are none. */
    String source();

    /** The format of models that bring none: {@link PlainChatFormat}. */
    static ChatFormat plain() {
        return PlainChatFormat.INSTANCE;
    }

    /** How the rendered conversation ends. */
    enum Ending {
        /** With what makes the model answer. */
        ANSWER,
        /** With the last message. */
        MESSAGE,
        /** Within the last message, which the model goes on with. */
        OPEN_MESSAGE
    }

    /**
     * What is to be rendered.
     *
     * @param messages at least one
     * @param tools what the model may call, as in OpenAI's API (JSON-like); empty for none
     * @param documents what the model may quote (JSON-like); empty for none
     * @param variables what else the caller gave a template (JSON-like)
     */
    record Conversation(
            List<ChatMessage> messages,
            Ending ending,
            List<Object> tools,
            List<Object> documents,
            Map<String, Object> variables) {
        public Conversation {
            messages = List.copyOf(messages);
            tools = List.copyOf(tools);
            documents = List.copyOf(documents);
            variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
        }

        /** A conversation that the model is to answer. */
        public static Conversation toAnswer(List<ChatMessage> messages) {
            return new Conversation(messages, Ending.ANSWER, List.of(), List.of(), Map.of());
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
