package dev.nacelle.frontend.parser;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How a model writes calls of tools. */
public enum ToolFormat {
    /** {@code <tool_call>{"name": …, "arguments": …}</tool_call>}. */
    HERMES {
        @Override
        public Set<String> marks() {
            return Set.of(HermesParser.OPEN, HermesParser.CLOSE);
        }

        @Override
        OutputParser parser(Set<String> tools) {
            return new HermesParser();
        }
    },
    /** {@code {"name": …, "parameters": …}} as the whole output. */
    LLAMA3_JSON {
        @Override
        public Set<String> marks() {
            return Set.of(LlamaJsonParser.TAG);
        }

        @Override
        OutputParser parser(Set<String> tools) {
            return new LlamaJsonParser(tools);
        }
    },
    /** {@code [TOOL_CALLS]} and an array, or a name and arguments. */
    MISTRAL {
        @Override
        public Set<String> marks() {
            return Set.of(MistralParser.CALLS, MistralParser.ARGS, MistralParser.CALL_ID);
        }

        @Override
        OutputParser parser(Set<String> tools) {
            return new MistralParser();
        }
    },
    /** {@code [name(argument=…)]} as the whole output. */
    PYTHONIC {
        @Override
        public Set<String> marks() {
            return Set.of(PythonicParser.START, PythonicParser.END);
        }

        @Override
        OutputParser parser(Set<String> tools) {
            return new PythonicParser(tools);
        }
    };

    /** What the format's parser has to see, also where the model's vocabulary has it as special tokens. */
    public abstract Set<String> marks();

    /** The name in settings. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @param tools the names of those that may be called */
    abstract OutputParser parser(Set<String> tools);

    static Optional<ToolFormat> named(String name) {
        return Arrays.stream(values())
                .filter(format -> format.wireName().equals(name))
                .findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(ToolFormat::wireName).collect(Collectors.joining(", "));
    }

    /** The format that a model's chat template tells it to write; empty where it is none of these. */
    static Optional<ToolFormat> ofTemplate(String template) {
        if (!template.contains("tools")) return Optional.empty();
        if (template.contains(MistralParser.CALLS)) return Optional.of(MISTRAL);
        // Others write XML or YAML between the same marks.
        boolean writesJson = template.contains("{\"name\"") || template.contains("{\\\"name\\\"");
        if (template.contains(HermesParser.OPEN) && writesJson && !template.contains("yaml object"))
            return Optional.of(HERMES);
        if (template.contains(PythonicParser.START) || template.contains("[func_name1(params_name1="))
            return Optional.of(PYTHONIC);
        if (template.contains("<|start_header_id|>") && template.contains("\"parameters\""))
            return Optional.of(LLAMA3_JSON);
        return Optional.empty();
    }
}
