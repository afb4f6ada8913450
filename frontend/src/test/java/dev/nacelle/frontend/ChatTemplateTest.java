package dev.nacelle.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.frontend.template.TemplateCommand;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Chat templates on their way from a model's folder to what an engine gets. */
@Timeout(60)
class ChatTemplateTest {
    private static final String TEMPLATE = """
            {%- if tools %}<tools>{{ tools | tojson }}</tools>
            {% endif %}
            {%- for m in messages %}
            {%- if m.role == 'tool' %}{{ raise_exception('no "tool" here') }}{% endif %}
            [{{ m.role }}] {{ m.content }}{{ eos_token }}
            {%- endfor %}
            {%- if add_generation_prompt %}
            [assistant]{% if not (thinking | default(true)) %} <think></think>{% endif %}
            {%- endif %}""";

    private static final String MESSAGES = "\"messages\":[{\"role\":\"system\",\"content\":\"Be \\\"brief\\\"\"},"
            + "{\"role\":\"user\",\"content\":\"Grüße 🎉\"}]";

    @TempDir
    Path folder;

    private String promptOf(FrontendFixture fixture, DrivenEngine engine, String body) throws Exception {
        var answer = fixture.client().sendAsync(fixture.post("/v1/chat/completions", body), BodyHandlers.ofString());
        var call = engine.take();
        call.finish(FinishReason.STOP, new Usage(1, 0));
        assertThat(answer.get().statusCode()).isEqualTo(200);
        return call.prompt();
    }

    @Test
    void whatTheModelGetsIsWhatTheCommandPrints() throws Exception {
        Path file = Files.writeString(folder.resolve("t.jinja"), TEMPLATE);
        var variables = ",\"tools\":null,\"documents\":null,\"add_generation_prompt\":true,\"thinking\":false";
        var out = new StringWriter();
        var context = ("{" + MESSAGES + variables + "}").getBytes(StandardCharsets.UTF_8);
        new CommandLine(new TemplateCommand(new ByteArrayInputStream(context)))
                .setOut(new PrintWriter(out))
                .execute(file.toString());
        try (var fixture = new FrontendFixture()) {
            var engine = fixture.engine(Engines.withRuntimeData(Map.of("chat_template", TEMPLATE)));
            fixture.whenReady();
            var prompt = promptOf(
                    fixture,
                    engine,
                    "{\"model\":\"model\"," + MESSAGES + ",\"chat_template_kwargs\":{\"thinking\":false}}");
            assertThat(prompt).isEqualTo("[system] Be \"brief\"[user] Grüße 🎉[assistant] <think></think>");
            assertThat(out.toString().strip())
                    .isEqualTo("{\"out\":\"" + prompt.replace("\"", "\\\"").replace("\n", "\\n") + "\"}");
        }
    }

    @Test
    void aConversationThatTheTemplateRefusesIsTheCallersMistake() throws Exception {
        try (var fixture = new FrontendFixture()) {
            fixture.engine(Engines.withRuntimeData(Map.of("chat_template", TEMPLATE)));
            fixture.whenReady();
            var refused = fixture.send(fixture.post(
                    "/v1/chat/completions",
                    "{\"model\":\"model\",\"messages\":[{\"role\":\"tool\",\"content\":\"4\"}]}"));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("no \\\"tool\\\" here").contains("\"type\":\"invalid_request_error\"");
        }
    }

    @Test
    void aTemplatesVariablesAreChecked() throws Exception {
        try (var fixture = new FrontendFixture()) {
            fixture.engine(Engines.withRuntimeData(Map.of("chat_template", TEMPLATE)));
            fixture.whenReady();
            var refused = fixture.chat("hi", ",\"chat_template_kwargs\":{\"messages\":[]}");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("\"param\":\"chat_template_kwargs.messages\"");
        }
    }

    @Test
    void aBrokenTemplateFailsTheStartWithLineAndReason() throws Exception {
        var file = Files.writeString(folder.resolve("broken.jinja"), "fine\n{% if %}");
        assertThatThrownBy(() -> start("{chat_template: %s}".formatted(file)))
                .hasMessageContaining("its chat template is broken: line 2: Expected an expression");
        assertThatThrownBy(() -> start("{chat_template: %s}".formatted(folder.resolve("none.jinja"))))
                .hasMessageContaining("workers[0].model.chat_template")
                .hasMessageContaining("expected a file that is there");
    }

    private static void start(String model) throws Exception {
        Nacelle.start(HostConfig.ofYaml("""
                        workers: [{engine: paced, model: %s}]
                        frontend: {port: 0}
                        system: {port: 0}
                        metrics: {jvm: false}
                        """.formatted(model), Path.of(""))).close();
    }
}
