package dev.nacelle.frontend.api;

import static dev.nacelle.frontend.api.Parameter.Kind.CHAT;
import static dev.nacelle.frontend.api.Parameter.Kind.COMPLETION;
import static dev.nacelle.frontend.api.Parameter.Kind.EMBEDDING;
import static dev.nacelle.frontend.api.Parameter.Kind.RESPONSE;

import dev.nacelle.frontend.api.Parameter.Kind;
import dev.nacelle.frontend.api.Parameter.Treatment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Every parameter for text and embeddings that OpenAI's API and vLLM's extensions define: the one place that says what becomes of it. */
public final class Parameters {
    private static final Set<Kind> TEXT = EnumSet.of(CHAT, COMPLETION);
    private static final Set<Kind> ALL = EnumSet.of(CHAT, COMPLETION, RESPONSE);
    private static final Set<Kind> EVERY = EnumSet.allOf(Kind.class);
    private static final Set<Kind> TALK = EnumSet.of(CHAT, RESPONSE);

    private static final String STRING = "{\"type\":\"string\"}";
    private static final String BOOL = "{\"type\":\"boolean\"}";
    private static final String INTEGER = "{\"type\":\"integer\"}";
    private static final String NUMBER = "{\"type\":\"number\"}";
    private static final String OBJECT = "{\"type\":\"object\"}";
    private static final String ARRAY = "{\"type\":\"array\",\"items\":{}}";
    private static final String ANY = "{}";

    private static final List<Parameter> TABLE = table();
    private static final Map<Kind, Map<String, Parameter>> BY_NAME = EnumSet.allOf(Kind.class).stream()
            .collect(Collectors.toUnmodifiableMap(
                    kind -> kind,
                    kind -> TABLE.stream()
                            .filter(parameter -> parameter.requests().contains(kind))
                            .collect(Collectors.toUnmodifiableMap(Parameter::name, parameter -> parameter))));

    private Parameters() {}

    /** All of them, in the order in which a page shows them. */
    public static List<Parameter> all() {
        return TABLE;
    }

    /** The parameter of that name. */
    static Optional<Parameter> find(Kind kind, String name) {
        return Optional.ofNullable(BY_NAME.getOrDefault(kind, Map.of()).get(name));
    }

    private static List<Parameter> table() {
        var table = new ArrayList<Parameter>();
        ParameterRows.addTo(table);
        return List.copyOf(table);
    }

    /** The rows. */
    private static final class ParameterRows {
        private final List<Parameter> table;

        private ParameterRows(List<Parameter> table) {
            this.table = table;
        }

        static void addTo(List<Parameter> table) {
            var rows = new ParameterRows(table);
            rows.content();
            rows.sampling();
            rows.output();
            rows.tools();
            rows.context();
            rows.unsupported();
        }

        private void content() {
            honoured("model", EVERY, STRING, "a name of `GET /v1/models`");
            honoured("messages", Set.of(CHAT), ARRAY, "text, and text parts; other parts are refused");
            honoured(
                    "prompt",
                    Set.of(COMPLETION),
                    ANY,
                    "a text or token ids, or an array of them: each has `n` choices, up to 128 in all");
            honoured("input", Set.of(RESPONSE), ANY, "a text, or items: messages, function calls and their outputs");
            honoured("input", Set.of(EMBEDDING), ANY, "a text or token ids, or an array of up to 2048 of them");
            honoured("encoding_format", Set.of(EMBEDDING), STRING, "`float` or `base64`");
            honoured(
                    "dimensions",
                    Set.of(EMBEDDING),
                    INTEGER,
                    "for the engine; 400 where its vectors are of another length");
            honoured("instructions", Set.of(RESPONSE), STRING, "a system message before the input");
            honoured("stream", ALL, BOOL, "server-sent events");
            refused("stream", Set.of(EMBEDDING), BOOL, List.of(false), "embeddings come in one piece");
            honoured("stream_options", ALL, OBJECT, "`include_usage`; `continuous_usage_stats` is refused");
            honoured("documents", Set.of(CHAT), ARRAY, "for the chat template");
            honoured("chat_template_kwargs", Set.of(CHAT), OBJECT, "variables for the chat template");
            honoured("reasoning_effort", Set.of(CHAT), STRING, "a variable for the chat template");
            honoured("reasoning", Set.of(RESPONSE), OBJECT, "`effort` as `reasoning_effort`; `summary` is ignored");
            honoured("add_generation_prompt", Set.of(CHAT), BOOL, "true unless set");
            honoured("continue_final_message", Set.of(CHAT), BOOL, "the model goes on with the last message");
            honoured(
                    "add_special_tokens",
                    Set.of(CHAT),
                    BOOL,
                    "what the tokenizer adds; open: none beside a chat template");
            honoured("add_special_tokens", Set.of(EMBEDDING), BOOL, "what the tokenizer adds; true unless set");
        }

        private void sampling() {
            honoured("max_tokens", TEXT, INTEGER, "at least 1");
            honoured("max_completion_tokens", TEXT, INTEGER, "the same");
            honoured("max_output_tokens", Set.of(RESPONSE), INTEGER, "the same");
            honoured("min_tokens", ALL, INTEGER, "before them no stop string or stop token counts");
            honoured("temperature", ALL, NUMBER, "0 to 2");
            honoured("top_p", ALL, NUMBER, "above 0, at most 1");
            honoured("top_k", ALL, INTEGER, "-1 or 0 for all");
            honoured("min_p", ALL, NUMBER, "0 to 1");
            honoured("presence_penalty", ALL, NUMBER, "-2 to 2");
            honoured("frequency_penalty", ALL, NUMBER, "-2 to 2");
            honoured("repetition_penalty", ALL, NUMBER, "above 0");
            honoured("seed", ALL, INTEGER, "64 bits");
            honoured("stop", ALL, ANY, "up to 16 texts of up to 1024 characters");
            honoured("stop_token_ids", ALL, ARRAY, "");
            honoured("ignore_eos", ALL, BOOL, "");
            honoured("include_stop_str_in_output", ALL, BOOL, "");
            capability("logit_bias", TEXT, OBJECT, "token ids and -100 to 100");
            capability("allowed_token_ids", TEXT, ARRAY, "");
            capability("bad_words", TEXT, ARRAY, "");
            honoured(
                    "n",
                    TEXT,
                    INTEGER,
                    "up to 128; `seed` and the following ones where the engine makes one at a time");
            capability(
                    "best_of",
                    TEXT,
                    INTEGER,
                    "`n` to 128: the likeliest `n` by the sum of their log-probabilities; not in a stream");
            refused("use_beam_search", TEXT, BOOL, List.of(false), "beams are not searched");
            refused("length_penalty", TEXT, NUMBER, List.of(1.0), "beams are not searched");
            refused("early_stopping", TEXT, BOOL, List.of(false), "beams are not searched");
        }

        private void output() {
            capability("logprobs", TEXT, ANY, "a chat's flag, a completion's number of candidates");
            capability("top_logprobs", Set.of(CHAT), INTEGER, "0 to 20, beside `logprobs`");
            capability("top_logprobs", Set.of(RESPONSE), INTEGER, "0 to 20, beside `include`");
            capability("include", Set.of(RESPONSE), ARRAY, "`message.output_text.logprobs`; others are refused");
            refused("prompt_logprobs", TEXT, INTEGER, List.of(), "log-probabilities of the prompt are not offered");
            honoured("echo", Set.of(COMPLETION), BOOL, "not beside `logprobs`");
            refused("suffix", Set.of(COMPLETION), STRING, List.of(""), "write the model's own marks into the prompt");
            honoured("skip_special_tokens", ALL, BOOL, "true unless set");
            capability("response_format", TEXT, OBJECT, "`text`, `json_object`, `json_schema`");
            capability("text", Set.of(RESPONSE), OBJECT, "`format` as `response_format`; `verbosity` is ignored");
            for (var name : List.of("guided_json", "guided_regex", "guided_choice", "guided_grammar"))
                capability(name, TEXT, ANY, "reaches the engine as `guided_decoding`");
            capability("structured_outputs", TEXT, OBJECT, "reaches the engine as `guided_decoding`");
            capability("guided_decoding", TEXT, OBJECT, "reaches the engine as it is");
            ignored("guided_decoding_backend", TEXT, STRING, "");
            ignored("guided_whitespace_pattern", TEXT, STRING, "");
            honoured("include_reasoning", Set.of(CHAT), BOOL, "whether `reasoning_content` is shown; true unless set");
            refused("return_tokens_as_token_ids", TEXT, BOOL, List.of(false), "tokens are shown as texts");
            refused("return_token_ids", TEXT, BOOL, List.of(false), "tokens are shown as texts");
            refused("logits_processors", TEXT, ARRAY, List.of(), "a request brings no code");
            ignored("spaces_between_special_tokens", TEXT, BOOL, "they are printed as the tokenizer does");
        }

        private void tools() {
            honoured("tools", TALK, ARRAY, "functions; needs a model whose way to write calls is known");
            honoured(
                    "tool_choice",
                    TALK,
                    ANY,
                    "`none`, `auto`; `required` and a named one with engines for guided decoding");
            honoured("parallel_tool_calls", TALK, BOOL, "false: the first call alone");
            refused("functions", Set.of(CHAT), ARRAY, List.of(), "use tools");
            refused("function_call", Set.of(CHAT), ANY, List.of("none", "auto"), "use tool_choice");
            ignored("max_tool_calls", Set.of(RESPONSE), INTEGER, "it counts built-in tools, of which there are none");
            refused("web_search_options", Set.of(CHAT), OBJECT, List.of(), "nothing is searched");
        }

        private void context() {
            honoured("user", EVERY, STRING, "");
            honoured("metadata", EVERY, OBJECT, "up to 64 texts, for the engine");
            honoured("priority", EVERY, INTEGER, "for the engine");
            honoured("data_parallel_rank", EVERY, INTEGER, "for the router");
            ignored("store", ALL, BOOL, "nothing is stored");
            for (var name : List.of("service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"))
                ignored(name, ALL, STRING, "");
            ignored("prediction", Set.of(CHAT), OBJECT, "");
            ignored("verbosity", Set.of(CHAT), STRING, "for engines that know it");
            ignored("request_id", TEXT, STRING, "use the header `X-Request-Id`");
            ignored("cache_salt", TEXT, STRING, "");
            ignored("kv_transfer_params", TEXT, OBJECT, "");
            ignored("vllm_xargs", TEXT, OBJECT, "");
        }

        private void unsupported() {
            refused("modalities", Set.of(CHAT), ARRAY, List.of(List.of("text")), "there is text alone");
            refused("audio", Set.of(CHAT), OBJECT, List.of(), "there is text alone");
            refused("chat_template", Set.of(CHAT), STRING, List.of(), "set the worker's model.chat_template");
            refused("mm_processor_kwargs", Set.of(CHAT), OBJECT, List.of(), "there is text alone");
            refused(
                    "truncate_prompt_tokens",
                    EnumSet.of(CHAT, COMPLETION, EMBEDDING),
                    INTEGER,
                    List.of(),
                    "shorten the prompt");
            refused("prompt_embeds", Set.of(COMPLETION), ANY, List.of(), "send a text or token ids");
            refused(
                    "previous_response_id",
                    Set.of(RESPONSE),
                    STRING,
                    List.of(),
                    "send the items again: none are stored");
            refused("conversation", Set.of(RESPONSE), ANY, List.of(), "send the items again: none are stored");
            refused("background", Set.of(RESPONSE), BOOL, List.of(false), "wait for the response, or stream it");
            refused("prompt", Set.of(RESPONSE), OBJECT, List.of(), "no prompts are stored");
            refused("truncation", Set.of(RESPONSE), STRING, List.of("disabled"), "shorten the input");
        }

        private void honoured(String name, Set<Kind> requests, String schema, String note) {
            table.add(new Parameter(name, requests, Treatment.HONOURED, schema, List.of(), note));
        }

        private void capability(String name, Set<Kind> requests, String schema, String note) {
            table.add(new Parameter(name, requests, Treatment.CAPABILITY, schema, List.of(), note));
        }

        private void refused(String name, Set<Kind> requests, String schema, List<Object> neutral, String note) {
            table.add(new Parameter(name, requests, Treatment.REFUSED, schema, neutral, note));
        }

        private void ignored(String name, Set<Kind> requests, String schema, String note) {
            table.add(new Parameter(name, requests, Treatment.IGNORED, schema, List.of(), note));
        }
    }
}
