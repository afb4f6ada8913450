package dev.nacelle.frontend.template;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.nacelle.frontend.json.JsonObject;
import dev.nacelle.frontend.json.JsonValues;
import dev.nacelle.template.TemplateException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code nacelle template}: what a model gets to see. */
@Command(
        name = "template",
        description = {
            "Renders a chat template for contexts, JSON objects one a line on standard input.",
            "Prints {\"out\": …} or {\"error\": …} for each, one a line. Special tokens of the model are there unless a context has its own."
        },
        mixinStandardHelpOptions = true)
public final class TemplateCommand implements Callable<Integer> {
    private static final String NOW = "strftime_now";
    private static final JsonFactory JSON = new JsonFactory();

    private final InputStream in;

    @Parameters(paramLabel = "FILE", description = "A .jinja file, a tokenizer_config.json, or the folder of a model.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Path file;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Which of several templates; else the one for tools when there are any.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description =
                    "strftime_now=2026-01-31T12:00:00 fixes the clock; any other name is a variable (JSON, else text).")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    /** Reads standard input. */
    public TemplateCommand() {
        this(System.in);
    }

    /** Reads contexts from {@code in}. */
    public TemplateCommand(InputStream in) {
        this.in = in;
    }

    @Override
    public Integer call() throws IOException {
        ModelTemplates templates = read();
        CompiledTemplates compiled;
        try {
            compiled = CompiledTemplates.of(templates);
        } catch (TemplateException broken) {
            spec.commandLine().getErr().printf("%s: %s%n", file, broken.getMessage());
            return 1;
        }
        Clock clock = clock();
        var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        PrintWriter out = spec.commandLine().getOut();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.isBlank()) continue;
            out.println(answer(line, compiled, clock));
            out.flush();
        }
        return 0;
    }

    private ModelTemplates read() {
        try {
            ModelTemplates templates = ModelTemplates.read(file);
            boolean found = name.map(templates.sources()::containsKey)
                    .orElse(!templates.sources().isEmpty());
            if (found) return templates;
            throw invalid("%s: no chat template%s; it has %s"
                    .formatted(
                            file,
                            name.map(" "::concat).orElse(""),
                            templates.sources().isEmpty()
                                    ? "none"
                                    : String.join(", ", templates.sources().keySet())));
        } catch (IOException e) {
            throw invalid("%s cannot be read: %s".formatted(file, e.getMessage()));
        }
    }

    private ParameterException invalid(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private Clock clock() {
        String now = settings.get(NOW);
        if (now == null) return Clock.system(ZoneId.systemDefault());
        try {
            return Clock.fixed(LocalDateTime.parse(now).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw invalid("--set %s=%s: expected a time such as 2026-01-31T12:00:00".formatted(NOW, now));
        }
    }

    private String answer(String line, CompiledTemplates compiled, Clock clock) throws IOException {
        Map<String, Object> context = new LinkedHashMap<>();
        try {
            if (!(json(line) instanceof Map<?, ?> given)) return object("error", "the context is no JSON object");
            settings.forEach((key, value) -> {
                if (!key.equals(NOW)) context.put(key, jsonOrText(value));
            });
            context.putAll(JsonObject.of(given).values());
        } catch (IOException e) {
            return object("error", "the context is no JSON: " + e.getMessage());
        }
        var template = compiled.choose(name, context);
        if (template.isEmpty()) return object("error", "no template without a name; choose one with --name");
        try {
            return object("out", compiled.render(template.get(), context, clock));
        } catch (TemplateException failed) {
            return object("error", failed.getMessage() == null ? failed.reason() : failed.getMessage());
        }
    }

    private static Object jsonOrText(String text) {
        try {
            Object value = json(text);
            return value == null ? text : value;
        } catch (IOException _) {
            return text;
        }
    }

    private static @org.jspecify.annotations.Nullable Object json(String text) throws IOException {
        try (var parser = JSON.createParser(text)) {
            parser.nextToken();
            Object value = JsonValues.read(parser);
            if (parser.nextToken() != null) throw new IOException("more follows after the value");
            return value;
        }
    }

    private static String object(String key, String value) throws IOException {
        var text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            generator.writeStartObject();
            generator.writeStringField(key, value);
            generator.writeEndObject();
        }
        return text.toString();
    }
}
