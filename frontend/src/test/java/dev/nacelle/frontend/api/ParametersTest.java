package dev.nacelle.frontend.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.nacelle.frontend.api.Parameter.Kind;
import dev.nacelle.frontend.api.Parameter.Treatment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ParametersTest {
    private static final Path PAGE = Path.of("..", "docs", "openai-api.md");
    private static final String BEGIN = "<!-- parameters: begin -->\n";
    private static final String END = "<!-- parameters: end -->\n";

    /** What each kind of request needs besides. */
    private static String needed(Kind kind) {
        return switch (kind) {
            case CHAT -> "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";
            case COMPLETION -> "\"prompt\":\"x\"";
            case EMBEDDING, RESPONSE -> "\"input\":\"x\"";
        };
    }

    private final RequestParser parser = new RequestParser();

    /** {@code -Ddocs.update=true} writes the page. */
    @Test
    void thePageListsEveryParameter() throws IOException {
        var page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        if (Boolean.getBoolean("docs.update"))
            Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end));
        else assertThat(page.substring(begin, end)).isEqualTo(table());
    }

    private static String table() {
        var lines = new StringBuilder("| parameter | of | what becomes of it | |\n|---|---|---|---|\n");
        for (var parameter : Parameters.all()) {
            var kinds = parameter.requests().stream()
                    .sorted()
                    .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
            lines.append("| `%s` | %s | %s | %s |\n"
                    .formatted(parameter.name(), kinds, said(parameter.treatment()), parameter.note()));
        }
        return lines.toString();
    }

    private static String said(Treatment treatment) {
        return switch (treatment) {
            case HONOURED -> "honoured";
            case CAPABILITY -> "honoured where the engine can, else 400";
            case REFUSED -> "400 unless it changes nothing";
            case IGNORED -> "ignored here; the engine gets it";
        };
    }

    @Test
    void whatIsRefusedIsRefusedByNameAndWhatChangesNothingIsNot() throws ApiException {
        for (var parameter : Parameters.all()) {
            if (parameter.treatment() != Treatment.REFUSED) continue;
            for (var kind : parameter.requests()) {
                var name = parameter.name();
                var error = catchThrowableOfType(ApiException.class, () -> parse(kind, name, "[\"something\"]"))
                        .error();
                assertThat(error.status()).isEqualTo(400);
                assertThat(error.param()).as(name).hasValue(name);
                assertThat(error.message()).contains(name).contains(parameter.note());
                parse(kind, name, "null");
                for (var neutral : parameter.neutral())
                    parse(kind, name, new JsonBuffer().value(neutral).toString());
            }
        }
    }

    @Test
    void whatIsIgnoredIsPassedOn() throws ApiException {
        for (var parameter : Parameters.all())
            if (parameter.treatment() == Treatment.IGNORED)
                for (var kind : parameter.requests())
                    assertThat(parse(kind, parameter.name(), "\"anything\"").extras())
                            .containsEntry(parameter.name(), "anything");
    }

    /** A value of no type that any parameter takes: whoever reads it says so. */
    @Test
    void whatIsHonouredIsRead() {
        var unread = new ArrayList<String>();
        for (var parameter : Parameters.all()) {
            if (parameter.treatment() == Treatment.IGNORED || parameter.treatment() == Treatment.REFUSED) continue;
            for (var kind : parameter.requests()) {
                if (needed(kind).startsWith("\"" + parameter.name() + "\"")
                        || parameter.name().equals("model")) continue;
                // Engines alone know these.
                if (parameter.note().contains("as it is") || parameter.schema().contains("items") || isFree(parameter))
                    continue;
                try {
                    parse(kind, parameter.name(), "[[{}]]");
                    unread.add(kind + " " + parameter.name());
                } catch (ApiException e) {
                    assertThat(e.error().param().orElseThrow()).startsWith(parameter.name());
                }
            }
        }
        assertThat(unread).isEmpty();
    }

    private static boolean isFree(Parameter parameter) {
        return parameter.name().equals("guided_json");
    }

    private RequestOptions parse(Kind kind, String name, String value) throws ApiException {
        var body = "{\"model\":\"m\",%s,\"%s\":%s}"
                .formatted(needed(kind), name, value)
                .getBytes(UTF_8);
        return switch (kind) {
            case CHAT -> parser.chat(body).options();
            case COMPLETION -> parser.completion(body).options();
            case EMBEDDING -> parser.embedding(body).options();
            case RESPONSE -> parser.response(body).chat().options();
        };
    }
}
