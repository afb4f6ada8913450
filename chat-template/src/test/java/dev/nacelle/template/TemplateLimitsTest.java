package dev.nacelle.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.nacelle.template.TemplateException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No template and no conversation takes more than the limits allow: each of these ends soon, and says why. */
final class TemplateLimitsTest {
    private static final TemplateLimits SMALL = new TemplateLimits(200_000, 1 << 20, 100, 10_000);

    private static void endsAtALimit(String template, Map<String, ?> context) {
        TemplateException failure = catchThrowableOfType(
                TemplateException.class,
                () -> ChatTemplate.compile(template, SMALL).render(context));
        assertThat(failure).as(template).isNotNull();
        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}",
                "{% for a in range(90000) %}{% for b in range(90000) if false %}{% endfor %}{% endfor %}",
                "{% for a in range(90000) %}{{ range(90000) | list | length }}{% endfor %}",
                "{% for a in range(90000) %}{{ range(90000) | select('gt', 100000) | list }}{% endfor %}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f(n) %}{{ f(n) ~ f(n) }}{% endmacro %}{{ f(1) }}",
                "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(90) }}",
                "{% set l = [1] %}{% for x in l recursive %}{{ loop(l) }}{% endfor %}",
                "{% macro f() %}{{ caller() }}{% endmacro %}{% macro g() %}{% call f() %}{{ g() }}{% endcall %}{% endmacro %}{{ g() }}",
                "{{ 'a' * 10 ** 9 }}",
                "{{ 'abc' * 9223372036854775807 }}",
                "{{ 'abc' * 10 ** 30 }}",
                "{{ [1, 2] * 9223372036854775807 }}",
                "{{ (1,) * 100000 }}",
                "{% set ns = namespace(s='ab') %}{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{% set ns = namespace(s='ab') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(s='ab') %}{% for i in range(100) %}{% set ns.s = ns.s.replace('a', ns.s) %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson }}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(5000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
                "{% set a = namespace(l=[1]) %}{% set b = namespace(l=[1]) %}"
                        + "{% for i in range(60) %}{% set a.l = [a.l, a.l] %}{% set b.l = [b.l, b.l] %}{% endfor %}{{ a.l == b.l }}",
                "{{ 10 ** (10 ** 10) }}",
                "{% set ns = namespace(n=3) %}{% for i in range(100) %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
                "{{ 'a'.center(10 ** 9) }}",
                "{{ 'a' | center(10 ** 12) }}",
                "{{ 'a'.zfill(10 ** 9) }}",
                "{{ 'a'.ljust(10 ** 15) }}",
                "{{ '\\t'.expandtabs(10 ** 9) }}",
                "{{ '%1000000000d' % 1 }}",
                "{{ '%*d' % (10 ** 9, 1) }}",
                "{{ '%.999999999f' % 1 }}",
                "{{ '{:999999999}'.format(1) }}",
                "{{ '{:.999999999f}'.format(1.0) }}",
                "{{ 'a\nb' | indent(10 ** 9) }}",
                "{{ [[[1]]] | tojson(indent=10 ** 9) }}",
                "{{ range(90000) | join('x' * 1000) }}",
                "{{ ('x' * 1000).join('y' * 9000) }}",
                "{{ [1] | batch(10 ** 9, 0) | list }}",
                "{{ [1] | slice(10 ** 9) | list }}",
                "{% for i in range(90000) %}{{ 'some text that is written again and again' }}{% endfor %}",
            })
    void aHungryTemplateEndsAtALimit(String template) {
        endsAtALimit(template, Map.of());
    }

    @Test
    void deepDataEndsAtALimit() {
        Object deep = "x";
        for (int i = 0; i < 100_000; i++) deep = List.of(deep);
        endsAtALimit("{{ x }}", Map.of("x", deep));
        endsAtALimit("{{ x | tojson }}", Map.of("x", deep));
    }

    @Test
    void deepExpressionsAndBlocksDoNotCompile() {
        List<String> templates = new ArrayList<>();
        templates.add("{{ " + "(".repeat(50_000) + "1" + ")".repeat(50_000) + " }}");
        templates.add("{{ " + "[".repeat(50_000) + "]".repeat(50_000) + " }}");
        templates.add("{{ " + "not ".repeat(50_000) + "1 }}");
        templates.add("{{ " + "-".repeat(50_000) + "1 }}");
        templates.add("{{ " + "1 if 1 else ".repeat(50_000) + "1 }}");
        templates.add("{% if 1 %}".repeat(50_000) + "{% endif %}".repeat(50_000));
        for (String template : templates) {
            assertThat(catchThrowableOfType(TemplateException.class, () -> ChatTemplate.compile(template)))
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x + ", "x ~ ", "x and ", "x or ", "x | trim | ", "x - ", "x < "})
    void longChainsAreFineOrEndAtALimit(String link) {
        String template = "{{ " + link.repeat(20_000) + (link.contains("|") ? "trim" : "x") + " }}";
        try {
            ChatTemplate.compile(template).render(Map.of("x", 1));
        } catch (TemplateException failure) {
            assertThat(failure.kind()).isIn(Kind.LIMIT, Kind.SYNTAX, Kind.RENDER);
        }
    }

    @Test
    void theMessageNamesTheLimit() {
        TemplateException failure = catchThrowableOfType(
                TemplateException.class,
                () -> ChatTemplate.compile("\n{{ 'a' * 2000000 }}", SMALL).render(Map.of()));
        assertThat(failure).hasMessage("line 2: text of more than 1048576 characters");
    }

    @Test
    void limitsAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TemplateLimits(0, 1, 1, 1))
                .withMessageContaining("steps 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TemplateLimits(1, 1, 1001, 1))
                .withMessageContaining("depth 1001");
    }
}
