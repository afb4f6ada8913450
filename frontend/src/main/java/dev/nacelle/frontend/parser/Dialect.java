package dev.nacelle.frontend.parser;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a model marks what its output consists of.
 *
 * @param tools how it writes calls; empty where that is not known
 * @param thinks whether it reasons between {@code <think>} and {@code </think>}
 */
public record Dialect(Optional<ToolFormat> tools, boolean thinks) {
    /** Nothing but text. */
    public static final Dialect PLAIN = new Dialect(Optional.empty(), false);

    private static final String AUTO = "auto";
    private static final String NONE = "none";

    /** Other names under which the same format is known. */
    private static final Set<String> THINK = Set.of("think", "basic", "deepseek_r1", "qwen3");

    /**
     * The dialect of a model.
     *
     * @param settings {@code tool_call_parser} and {@code reasoning_parser}, where they are set
     * @param template the model's chat templates, in which {@code auto}, the default, looks
     * @throws UnknownFormatException when there is no parser of that name; the message names the setting
     */
    public static Dialect of(Map<String, Object> settings, String template) {
        return new Dialect(
                toolFormat(settings.get("tool_call_parser"), template),
                thinks(settings.get("reasoning_parser"), template));
    }

    private static Optional<ToolFormat> toolFormat(@Nullable Object setting, String template) {
        if (setting == null || AUTO.equals(setting)) return ToolFormat.ofTemplate(template);
        if (NONE.equals(setting)) return Optional.empty();
        var format = ToolFormat.named(String.valueOf(setting));
        if (format.isEmpty())
            throw new UnknownFormatException(
                    "tool_call_parser", setting, "%s, none or auto".formatted(ToolFormat.names()));
        return format;
    }

    private static boolean thinks(@Nullable Object setting, String template) {
        if (setting == null || AUTO.equals(setting)) return template.contains(ThinkParser.OPEN);
        if (NONE.equals(setting)) return false;
        if (!THINK.contains(String.valueOf(setting)))
            throw new UnknownFormatException("reasoning_parser", setting, "think, none or auto");
        return true;
    }

    /**
     * What has to reach the parser even where special tokens do not reach the caller.
     *
     * @param withTools whether calls are looked for
     */
    public Set<String> marks(boolean withTools) {
        var marks = new LinkedHashSet<String>();
        if (withTools) tools.ifPresent(format -> marks.addAll(format.marks()));
        if (thinks) {
            marks.add(ThinkParser.OPEN);
            marks.add(ThinkParser.CLOSE);
        }
        return marks;
    }

    /** What an output is held to be. */
    public sealed interface Expected {
        /** Text alone, reasoning aside. */
        record Text() implements Expected {}

        /**
         * Text or calls in the model's own format.
         *
         * @param tools the names of those that may be called
         */
        record Calls(Set<String> tools) implements Expected {}

        /** The arguments of that tool alone. */
        record ForcedCall(String tool) implements Expected {}

        /** An array of objects with name and parameters. */
        record ForcedCalls() implements Expected {}
    }

    /**
     * A parser for one choice; empty where everything is text.
     *
     * @param prompt as the model got it: where it ends with the opening mark, the model begins by thinking
     */
    public Optional<OutputParser> parser(Expected expected, CharSequence prompt) {
        OutputParser answer = switch (expected) {
            case Expected.Text _ -> new PlainParser();
            case Expected.Calls(var names) ->
                tools.map(format -> format.parser(names)).orElseGet(PlainParser::new);
            case Expected.ForcedCall(var tool) -> new ForcedCallParser(tool);
            case Expected.ForcedCalls _ -> new ForcedCallsParser();
        };
        if (thinks) return Optional.of(new ThinkParser(isThinking(prompt), answer));
        return answer instanceof PlainParser ? Optional.empty() : Optional.of(answer);
    }

    private static boolean isThinking(CharSequence prompt) {
        int end = prompt.length();
        while (end > 0 && Character.isWhitespace(prompt.charAt(end - 1))) end--;
        int from = end - ThinkParser.OPEN.length();
        return from >= 0 && ThinkParser.OPEN.contentEquals(prompt.subSequence(from, end));
    }
}
