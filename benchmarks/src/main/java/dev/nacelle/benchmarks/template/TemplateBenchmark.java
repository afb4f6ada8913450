package dev.nacelle.benchmarks.template;

import dev.nacelle.template.ChatTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A conversation of ten turns and a tool, in the manner of the larger templates; the baseline is the same written by hand. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class TemplateBenchmark {
    private static final String SOURCE = """
            {%- macro content_of(message) -%}
                {%- if message.content is string -%}{{ message.content | trim }}
                {%- else -%}{%- for part in message.content if part.type == 'text' -%}{{ part.text }}{%- endfor -%}{%- endif -%}
            {%- endmacro -%}
            {%- set ns = namespace(last_user=0) -%}
            {%- for message in messages -%}
                {%- if message.role == 'user' -%}{%- set ns.last_user = loop.index0 -%}{%- endif -%}
            {%- endfor -%}
            {%- if tools -%}
                {{- '<|im_start|>system\\n# Tools\\n' -}}
                {%- for tool in tools -%}{{- tool | tojson + '\\n' -}}{%- endfor -%}
                {{- '<|im_end|>\\n' -}}
            {%- endif -%}
            {%- for message in messages -%}
                {%- set content = content_of(message) -%}
                {%- if message.role == 'assistant' and '</think>' in content and loop.index0 < ns.last_user -%}
                    {%- set content = content.split('</think>')[-1].lstrip('\\n') -%}
                {%- endif -%}
                {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>\\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}
            """;

    private final ChatTemplate template = ChatTemplate.compile(SOURCE);
    private final List<Map<String, String>> messages = messages();
    private final Map<String, Object> context = Map.of(
            "messages",
            messages,
            "tools",
            List.of(Map.of(
                    "type",
                    "function",
                    "function",
                    Map.of("name", "weather", "description", "The weather of a place"))),
            "add_generation_prompt",
            true);

    private static List<Map<String, String>> messages() {
        List<Map<String, String>> messages = new ArrayList<>();
        messages.add(Map.of("role", "system", "content", "You are a patient teacher."));
        for (int i = 0; i < 10; i++) {
            messages.add(
                    Map.of("role", "user", "content", "Question " + i + ": why is the sky blue, and why not green?"));
            messages.add(Map.of(
                    "role",
                    "assistant",
                    "content",
                    "<think>\nLight again.\n</think>\n\nBecause of scattering, which prefers short waves."));
        }
        messages.removeLast();
        return messages;
    }

    @Benchmark
    public String baseline() {
        var out = new StringBuilder();
        out.append("<|im_start|>system\n# Tools\n")
                .append(
                        "{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"description\": \"The weather of a place\"}}\n")
                .append("<|im_end|>\n");
        for (Map<String, String> message : messages) {
            String content = message.getOrDefault("content", "").strip();
            int thought = content.lastIndexOf("</think>");
            if (thought >= 0) content = content.substring(thought + 8).stripLeading();
            out.append("<|im_start|>")
                    .append(message.get("role"))
                    .append('\n')
                    .append(content)
                    .append("<|im_end|>\n");
        }
        return out.append("<|im_start|>assistant\n").toString();
    }

    @Benchmark
    public String interpreted() {
        return template.render(context);
    }

    @Benchmark
    public ChatTemplate compiled() {
        return ChatTemplate.compile(SOURCE);
    }
}
