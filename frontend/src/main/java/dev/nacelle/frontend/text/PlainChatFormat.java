package dev.nacelle.frontend.text;

/**
 * A conversation as a written dialogue, which a base model can continue too: each message is its role, capitalised, a
 * colon, a space and its text, then an empty line; a system message is its text alone. The prompt to answer is
 * {@code Assistant:}, without a space behind it, as most vocabularies have the space in the word that follows.
 *
 * <pre>{@code
 * You are brief.
 *
 * User: Who wrote Emma?
 *
 * Assistant:
 * }</pre>
 */
final class PlainChatFormat implements ChatFormat {
    static final PlainChatFormat INSTANCE = new PlainChatFormat();

    private PlainChatFormat() {}

    @Override
    public Rendered render(Conversation conversation) {
        var text = new StringBuilder();
        for (var message : conversation.messages()) {
            if (!text.isEmpty()) text.append("\n\n");
            if (!message.role().equals("system") && !message.role().equals("developer"))
                text.append(speaker(message.role())).append(": ");
            text.append(message.content());
        }
        if (conversation.ending() == Ending.ANSWER) text.append("\n\nAssistant:");
        return new Rendered(text.toString(), Tokenizer.Specials.KEEP);
    }

    /** A base model knows of none. */
    @Override
    public boolean showsTools() {
        return false;
    }

    @Override
    public String source() {
        return "";
    }

    private static String speaker(String role) {
        return role.isEmpty() ? role : Character.toUpperCase(role.charAt(0)) + role.substring(1);
    }
}
