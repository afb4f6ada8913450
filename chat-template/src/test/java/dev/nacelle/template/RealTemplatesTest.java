package dev.nacelle.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The templates of 70 real models, each with 30 conversations, against jinja2. */
final class RealTemplatesTest {
    @Test
    void everyRealTemplateRendersWhatJinjaRendersOrFailsWhereJinjaFails() throws Exception {
        Map<String, String> templates = Fixture.realTemplates();
        assertThat(templates).hasSize(70);
        List<Oracle.Case> cases = new ArrayList<>();
        Map<String, Map<String, Object>> conversations = Fixture.conversations();
        templates.forEach((name, source) -> conversations.forEach(
                (title, context) -> cases.add(new Oracle.Case(name + " with: " + title, source, context))));

        Agreement result = Agreement.of(Oracle.ready(), cases);

        assertThat(result.differences()).isEmpty();
        assertThat(result.texts()).isGreaterThan(1_700);
        assertThat(result.errors()).isGreaterThan(200);
    }

    @Test
    void everyRealTemplateCompiles() throws Exception {
        Fixture.realTemplates()
                .forEach((name, source) ->
                        assertThat(ChatTemplate.compile(source)).as(name).isNotNull());
    }
}
