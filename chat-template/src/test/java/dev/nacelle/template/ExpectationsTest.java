package dev.nacelle.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Some 740 small templates, by topic, with what jinja2 makes of them; they need no Python. */
final class ExpectationsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Expectation(String topic, String template, Oracle.Answer answer) {}

    private record Expectations(Map<String, Object> context, List<Expectation> all) {}

    @TestFactory
    Stream<DynamicContainer> everyExpectationHolds() throws IOException {
        Expectations expectations = read();
        Map<String, List<DynamicTest>> topics = new java.util.LinkedHashMap<>();
        for (Expectation one : expectations.all) {
            topics.computeIfAbsent(one.topic, _ -> new ArrayList<>())
                    .add(DynamicTest.dynamicTest(one.template, () -> check(one, expectations.context)));
        }
        return topics.entrySet().stream()
                .map(topic -> DynamicContainer.dynamicContainer(topic.getKey(), topic.getValue()));
    }

    private static void check(Expectation one, Map<String, Object> context) {
        Oracle.Answer own = Oracle.own(new Oracle.Case(one.topic, one.template, context), new HashMap<>());
        if (one.answer.text() != null) assertThat(own).isEqualTo(one.answer);
        else assertThat(own.error()).as("jinja2 fails: " + one.answer.error()).isNotNull();
    }

    @Test
    void theExpectationsAreWhatJinjaSays() throws Exception {
        Expectations expectations = read();
        List<Oracle.Case> cases = expectations.all.stream()
                .map(one -> new Oracle.Case(one.topic, one.template, expectations.context))
                .toList();
        List<Oracle.Answer> answers = Oracle.ready().render(cases);
        for (int i = 0; i < cases.size(); i++) {
            assertThat(answers.get(i).text())
                    .as(cases.get(i).template())
                    .isEqualTo(expectations.all.get(i).answer.text());
        }
    }

    private static Expectations read() throws IOException {
        var source = Objects.requireNonNull(ExpectationsTest.class.getResourceAsStream("expectations.jsonl"));
        try (var lines = new BufferedReader(new InputStreamReader(source, StandardCharsets.UTF_8))) {
            JsonNode head = JSON.readTree(lines.readLine());
            Map<String, Object> context = JSON.convertValue(head.get("context"), new TypeReference<>() {});
            List<Expectation> all = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode one = JSON.readTree(line);
                var answer = new Oracle.Answer(
                        one.path("out").textValue(), one.path("error").textValue());
                all.add(new Expectation(
                        one.get("topic").asText(), one.get("template").asText(), answer));
            }
            return new Expectations(context, all);
        }
    }
}
