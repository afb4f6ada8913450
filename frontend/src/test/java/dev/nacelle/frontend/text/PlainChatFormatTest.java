package dev.nacelle.frontend.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.frontend.text.ChatFormat.Conversation;
import dev.nacelle.frontend.text.ChatFormat.Ending;
import dev.nacelle.frontend.text.ChatFormat.Rendered;
import dev.nacelle.spi.error.EngineException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlainChatFormatTest {
    private static Rendered render(boolean toAnswer, ChatMessage... messages) throws EngineException {
        return ChatFormat.plain()
                .render(new Conversation(
                        List.of(messages), toAnswer ? Ending.ANSWER : Ending.MESSAGE, List.of(), List.of(), Map.of()));
    }

    @Test
    void aConversationIsAWrittenDialogue() throws EngineException {
        var text = render(
                        true,
                        ChatMessage.of("system", "You are brief."),
                        ChatMessage.of("user", "Who wrote Emma?"),
                        ChatMessage.of("assistant", "Jane Austen."),
                        ChatMessage.of("user", "When?"))
                .text();
        assertThat(text)
                .isEqualTo(
                        "You are brief.\n\nUser: Who wrote Emma?\n\nAssistant: Jane Austen.\n\nUser: When?\n\nAssistant:");
    }

    @Test
    void withoutTheGenerationPromptItEndsWithTheLastMessage() throws EngineException {
        assertThat(render(false, ChatMessage.of("user", "Hi")).text()).isEqualTo("User: Hi");
    }

    @Test
    void theTokenizerAddsWhatBeginsAText() throws EngineException {
        assertThat(render(true, ChatMessage.of("user", "Hi")).specials()).isEqualTo(Tokenizer.Specials.KEEP);
    }
}
