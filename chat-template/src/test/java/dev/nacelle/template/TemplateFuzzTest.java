package dev.nacelle.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random templates and data, against jinja2. */
final class TemplateFuzzTest {
    /** Where Python prints an address in memory, or a type that only Python has. */
    private static final String UNCOMPARABLE = "(?s).*(object at 0x|built-in method|<function|<bound method|j\\)).*";

    private static void compare(long firstSeed, int templates) throws Exception {
        List<Oracle.Case> cases = new ArrayList<>();
        for (int i = 0; i < templates; i++) {
            var generator = new TemplateGenerator(firstSeed + i);
            String template = generator.template();
            for (int data = 0; data < 4; data++)
                cases.add(new Oracle.Case("seed " + (firstSeed + i), template, generator.context()));
        }
        Agreement agreement = Agreement.of(
                Oracle.ready(),
                cases,
                answer -> answer.text() != null && answer.text().matches(UNCOMPARABLE));
        assertThat(agreement.differences()).isEmpty();
        assertThat(agreement.texts()).isGreaterThan(cases.size() / 3);
    }

    @Test
    void randomTemplatesRenderAsJinjaRendersThem() throws Exception {
        compare(1, 100);
    }

    @Test
    @Tag("long")
    void manyRandomTemplatesRenderAsJinjaRendersThem() throws Exception {
        for (int round = 0; round < 10; round++) compare(1_000_000 + round * 1_000L, 1_000);
    }

    @Test
    void randomTextIsNeverMoreThanATemplateError() {
        String[] parts = {
            "{{", "}}", "{%", "%}", "{#", "#}", "-", "if", "for", "x", "in", "(", ")", "[", "]", "'", "\"", "|", ".",
            " ", "\n", "raw", "endraw", "set", "=", "macro", "\\", "1", "end", "else", "~", ":", ",", "is", "not"
        };
        for (int seed = 0; seed < 5_000; seed++) {
            var random = new java.util.Random(seed);
            var source = new StringBuilder();
            for (int i = random.nextInt(30); i >= 0; i--) source.append(parts[random.nextInt(parts.length)]);
            try {
                ChatTemplate.compile(source.toString()).render(Map.of("x", 1));
            } catch (TemplateException expected) {
                assertThat(expected.reason()).isNotBlank();
            }
        }
    }
}
