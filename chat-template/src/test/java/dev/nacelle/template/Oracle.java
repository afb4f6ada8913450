package dev.nacelle.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The real jinja2 in a Python of its own, below {@code target/}. One process answers a whole batch. */
final class Oracle {
    /** A rendering to compare. */
    record Case(String name, String template, Map<String, Object> context) {}

    /** What a rendering gave: the text, or an error. */
    record Answer(@Nullable String text, @Nullable String error) {}

    /** What the oracle and every rendering to compare with it take for now. */
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T12:34:56Z"), ZoneOffset.UTC);

    private static final String JINJA = "jinja2==3.1.6";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path python;

    private Oracle(Path python) {
        this.python = python;
    }

    /** The oracle, made on first use; skips the test when this machine has no Python, or no way to install jinja2. */
    static Oracle ready() throws IOException, InterruptedException {
        Path home = Fixture.folder().resolve("jinja2");
        Path python = home.resolve("bin").resolve("python");
        Path done = home.resolve("done-3.1.6");
        if (!Files.exists(done)) {
            Fixture.require(Fixture.run("python3", "-m", "venv", home.toString()), "no Python 3 with venv here");
            Fixture.require(
                    Fixture.run(python.toString(), "-m", "pip", "install", "--quiet", JINJA),
                    "jinja2 cannot be installed here");
            Files.createFile(done);
        }
        return new Oracle(python);
    }

    List<Answer> render(List<Case> cases) throws IOException, InterruptedException {
        Path folder = Fixture.folder();
        Path script = folder.resolve("oracle.py");
        try (InputStream source = Oracle.class.getResourceAsStream("oracle.py")) {
            Files.write(script, Optional.ofNullable(source).orElseThrow().readAllBytes());
        }
        Path questions = Files.createTempFile(folder, "cases", ".jsonl");
        Path answers = Files.createTempFile(folder, "answers", ".jsonl");
        try {
            write(cases, questions);
            Process process = new ProcessBuilder(python.toString(), script.toString())
                    .redirectInput(questions.toFile())
                    .redirectOutput(answers.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (process.waitFor() != 0) throw new IllegalStateException("the oracle failed");
            List<Answer> all = new ArrayList<>();
            for (String line : Files.readAllLines(answers)) {
                JsonNode answer = JSON.readTree(line);
                all.add(new Answer(
                        answer.path("out").textValue(), answer.path("error").textValue()));
            }
            if (all.size() != cases.size())
                throw new IllegalStateException("%d answers to %d cases".formatted(all.size(), cases.size()));
            return all;
        } finally {
            Files.delete(questions);
            Files.delete(answers);
        }
    }

    private static void write(List<Case> cases, Path file) throws IOException {
        try (var out = Files.newBufferedWriter(file)) {
            String last = "";
            boolean first = true;
            for (Case one : cases) {
                var line = JSON.createObjectNode();
                if (!first && one.template.equals(last)) line.putNull("template");
                else line.put("template", one.template);
                line.set("context", JSON.valueToTree(one.context));
                out.write(JSON.writeValueAsString(line));
                out.newLine();
                last = one.template;
                first = false;
            }
        }
    }

    /** What this module makes of a case. */
    static Answer own(Case one, Map<String, Object> compiled) {
        Object template = compiled.computeIfAbsent(one.template, source -> {
            try {
                return ChatTemplate.compile(source);
            } catch (TemplateException broken) {
                return broken;
            }
        });
        if (template instanceof TemplateException broken) return new Answer(null, broken.getMessage());
        try {
            return new Answer(((ChatTemplate) template).render(one.context, CLOCK), null);
        } catch (TemplateException failed) {
            return new Answer(null, failed.getMessage());
        }
    }
}
