package dev.nacelle.frontend.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class TemplateCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String input, String... arguments) {
        return new CommandLine(new TemplateCommand(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8))))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void eachLineOfInputIsRenderedToALine() throws IOException {
        Path file = write("x.jinja", "{% for m in messages %}<{{ m.content + '' }}>\n{% endfor %}");
        assertThat(run("{\"messages\": [{\"content\": \"ü\"}]}\n\n{\"messages\": [{}]}\n[]\n{\n", file.toString()))
                .isZero();
        assertThat(out.toString().lines())
                .startsWith(
                        "{\"out\":\"<ü>\\n\"}",
                        "{\"error\":\"line 1: 'dict object' has no attribute 'content'\"}",
                        "{\"error\":\"the context is no JSON object\"}")
                .hasSize(4);
    }

    @Test
    void theClockAndVariablesCanBeSet() throws IOException {
        Path file = write("x.jinja", "{{ strftime_now('%d %b %Y') }} {{ x + 1 }} {{ y }}");
        assertThat(run(
                        "{}",
                        "--set",
                        "strftime_now=2024-07-26T08:00:00",
                        "--set",
                        "x=2",
                        "--set",
                        "y=a b",
                        file.toString()))
                .isZero();
        assertThat(out).hasToString("{\"out\":\"26 Jul 2024 3 a b\"}" + System.lineSeparator());
    }

    @Test
    void aFolderHasNamedTemplatesAndSpecialTokens() throws IOException {
        write("tokenizer_config.json", """
                {"bos_token": {"content": "<s>"}, "chat_template": [
                 {"name": "default", "template": "{{ bos_token }}plain{{ eos_token }}"},
                 {"name": "tool_use", "template": "{{ bos_token }}tools"}]}""");
        write("special_tokens_map.json", "{\"eos_token\": \"</s>\", \"bos_token\": \"old\"}");
        write("additional_chat_templates/rag.jinja", "rag");
        assertThat(run("{}\n{\"tools\": [1]}\n{\"tools\": [], \"eos_token\": \"!\"}", folder.toString()))
                .isZero();
        assertThat(run("{}", "--name", "rag", folder.toString())).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "{\"out\":\"<s>plain</s>\"}",
                        "{\"out\":\"<s>tools\"}",
                        "{\"out\":\"<s>plain!\"}",
                        "{\"out\":\"rag\"}");
    }

    @Test
    void theTemplateFileWinsOverTheConfiguration() throws IOException {
        write("tokenizer_config.json", "{\"chat_template\": \"old\"}");
        write("chat_template.jinja", "new");
        assertThat(ModelTemplates.read(folder).sources()).containsEntry(ModelTemplates.DEFAULT, "new");
    }

    @Test
    void aBrokenTemplateIsToldWithItsLine() throws IOException {
        Path file = write("x.jinja", "\n{% if %}");
        assertThat(run("{}", file.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("x.jinja: line 2: Expected an expression");
    }

    @Test
    void whatIsMissingIsSaid() throws IOException {
        assertThat(run("{}", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("no chat template; it has none");
        assertThat(run("{}", folder.resolve("nowhere.jinja").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("nowhere.jinja cannot be read");
        assertThat(run("{}", "--set", "strftime_now=noon", write("x.jinja", "x").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("expected a time such as");
    }
}
