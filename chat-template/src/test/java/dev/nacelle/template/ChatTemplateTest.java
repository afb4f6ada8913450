package dev.nacelle.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.nacelle.template.TemplateException.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class ChatTemplateTest {
    private static final String CHATML = """
            {%- for message in messages %}
            {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
            """;

    private static final Map<String, Object> CONVERSATION = Map.of(
            "messages",
            List.of(Map.of("role", "system", "content", "Be kind."), Map.of("role", "user", "content", "Hi")),
            "add_generation_prompt",
            true);

    private static TemplateException failure(String template, Map<String, ?> context) {
        return catchThrowableOfType(
                TemplateException.class, () -> ChatTemplate.compile(template).render(context));
    }

    @Test
    void aConversationIsWrittenAsTheModelWantsIt() {
        assertThat(ChatTemplate.compile(CHATML).render(CONVERSATION)).isEqualTo("""
                <|im_start|>system
                Be kind.<|im_end|>
                <|im_start|>user
                Hi<|im_end|>
                <|im_start|>assistant
                """);
    }

    @Test
    void anErrorInTheTemplateTellsLineAndReason() {
        TemplateException failure = catchThrowableOfType(
                TemplateException.class, () -> ChatTemplate.compile("a\n{% if x %}\n{{ y | nope }}\n{% for %}"));
        assertThat(failure.kind()).isEqualTo(Kind.SYNTAX);
        assertThat(failure.line()).isEqualTo(4);
        assertThat(failure).hasMessage("line 4: Expected an expression, got 'end of statement block'");
    }

    @Test
    void anUnknownFilterIsFoundWhenTheTemplateIsCompiled() {
        TemplateException failure =
                catchThrowableOfType(TemplateException.class, () -> ChatTemplate.compile("\n{{ x | nope }}"));
        assertThat(failure).hasMessage("line 2: No filter named 'nope'.");
    }

    @Test
    void anErrorInsideOfAMacroTellsTheLineWhereItHappened() {
        TemplateException failure = failure("{% macro f(x) %}\n{{ x.y.z }}\n{% endmacro %}\n\n{{ f({}) }}", Map.of());
        assertThat(failure.kind()).isEqualTo(Kind.RENDER);
        assertThat(failure).hasMessage("line 2: 'dict object' has no attribute 'y'");
    }

    @Test
    void whatATemplateRaisesCanBeToldApart() {
        TemplateException failure =
                failure("{% if not messages %}\n{{ raise_exception('No ' ~ 'messages') }}{% endif %}", Map.of());
        assertThat(failure.kind()).isEqualTo(Kind.RAISED);
        assertThat(failure.line()).isEqualTo(2);
        assertThat(failure.reason()).isEqualTo("No messages");
    }

    @Test
    void everyKindOfNumberIsUnderstood() {
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("int", 1);
        numbers.put("short", (short) 2);
        numbers.put("byte", (byte) 3);
        numbers.put("long", 4L);
        numbers.put("float", 0.5f);
        numbers.put("double", 6.0);
        numbers.put("decimal", new BigDecimal("7.25"));
        numbers.put("big", BigInteger.TWO.pow(70));
        numbers.put("small", BigInteger.TEN);
        assertThat(ChatTemplate.compile("{{ x.values() | list }} {{ x.int + x.small }} {{ x.int == 1.0 }}")
                        .render(Map.of("x", numbers)))
                .isEqualTo("[1, 2, 3, 4, 0.5, 6.0, 7.25, 1180591620717411303424, 10] 11 True");
    }

    @Test
    void aNullIsNoneWhereverItStands() {
        Map<String, Object> context = new HashMap<>();
        context.put("n", null);
        context.put("list", Arrays.asList(1, null, "x"));
        context.put("dict", Collections.singletonMap("k", null));
        assertThat(ChatTemplate.compile(
                                "{{ n }} {{ list }} {{ dict }} {{ dict.k is none }} {{ dict.z is undefined }} {{ dict | tojson }}")
                        .render(context))
                .isEqualTo("None [1, None, 'x'] {'k': None} True True {\"k\": null}");
    }

    @Test
    void theCallersDataIsNeverChanged() {
        List<Object> list = new ArrayList<>(Arrays.asList(1, null, new ArrayList<>(List.of(2))));
        Map<String, Object> context = new TreeMap<>(Map.of("list", list));
        List<Object> before = new ArrayList<>(list);
        ChatTemplate.compile("{% set list = list + [3] %}{{ list[2] | sort(reverse=true) }}{{ list | reverse | list }}")
                .render(context);
        assertThat(list).isEqualTo(before);
        assertThat(context).containsOnlyKeys("list");
    }

    @Test
    void aSortedMapCanBeAskedForKeysOfEveryType() {
        Map<String, Object> sorted = new TreeMap<>(Map.of("a", 1));
        assertThat(ChatTemplate.compile("{{ d[1] is defined }} {{ 2 in d }} {{ d }}")
                        .render(Map.of("d", sorted)))
                .isEqualTo("False False {'a': 1}");
    }

    @Test
    void dataOfAnotherTypeIsRefusedWhenTheTemplateReadsIt() {
        var template = ChatTemplate.compile("{% if use %}{{ x }}{% endif %}");
        assertThat(template.render(Map.of("x", new Object(), "use", false))).isEmpty();
        TemplateException failure = catchThrowableOfType(
                TemplateException.class, () -> template.render(Map.of("x", Instant.EPOCH, "use", true)));
        assertThat(failure).hasMessageContaining("data of type java.time.Instant");
    }

    @Test
    void theContextHidesTheFunctionsOfJinja() {
        assertThat(ChatTemplate.compile("{{ range }}").render(Map.of("range", "mine")))
                .isEqualTo("mine");
    }

    @Test
    void timeIsTheOneOfTheClockInItsZone() {
        var clock = Clock.fixed(Instant.parse("2024-02-29T23:30:00Z"), ZoneId.of("Asia/Tokyo"));
        assertThat(ChatTemplate.compile("{{ strftime_now('%d %b %Y %H:%M') }}").render(Map.of(), clock))
                .isEqualTo("01 Mar 2024 08:30");
    }

    @Test
    void oneTemplateServesManyThreads() throws Exception {
        var template = ChatTemplate.compile(
                "{% macro f(n) %}{% if n %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{% set ns = namespace(s=0) %}"
                        + "{% for x in range(n) %}{% set ns.s = ns.s + x %}{% endfor %}{{ ns.s }} {{ f(n) }}");
        List<Callable<String>> tasks = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            int n = i % 16;
            tasks.add(() -> template.render(Map.of("n", n)));
        }
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Future<String>> results = threads.invokeAll(tasks);
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).isEqualTo(template.render(Map.of("n", i % 16)));
            }
        }
    }

    @Test
    void whatIsNotSupportedFailsInsteadOfGuessing() {
        assertThat(failure("{{ 'a b' | wordwrap(3) }}", Map.of()))
                .hasMessage("line 1: the filter 'wordwrap' is not supported");
        assertThat(failure("{{ lipsum() }}", Map.of())).hasMessage("line 1: the function 'lipsum' is not supported");
        assertThat(failure("{% block x %}{% endblock %}", Map.of()).kind()).isEqualTo(Kind.SYNTAX);
        assertThat(failure("{% autoescape true %}{% endautoescape %}", Map.of()).kind())
                .isEqualTo(Kind.SYNTAX);
        assertThat(failure("{{ (-8) ** 0.5 }}", Map.of())).hasMessage("line 1: complex numbers are not supported");
    }
}
