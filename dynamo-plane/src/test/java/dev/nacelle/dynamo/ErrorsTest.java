package dev.nacelle.dynamo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.host.Host;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import dev.nacelle.spi.error.EngineError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every error that an engine can fail with, through NVIDIA's frontend to the client, as docs/dynamo.md has them. */
@Timeout(180)
class ErrorsTest {
    private static final Pattern ROW = Pattern.compile("\\| (`\\w+`(?:, `\\w+`)*) \\| `\\w+` \\| (\\d{3}) \\|");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Dynamo dynamo;

    @SuppressWarnings("NullAway.Init")
    private static Host host;

    @BeforeAll
    static void start() throws Exception {
        dynamo = Dynamo.frontend();
        host = Nacelle.start(
                HostConfig.ofYaml("""
                roles: [workers]
                plane: dynamo
                system: {port: 0}
                dynamo: {root: %s}
                workers:
                  - engine: scripted
                    router_grace: 0s
                    model: {path: %s, name: m}
                """.formatted(dynamo.root(), Dynamo.model(folder.resolve("model"))), folder));
        dynamo.awaitModel("m");
    }

    @AfterAll
    static void stop() throws Exception {
        if (host != null) host.close();
        if (dynamo != null) dynamo.close();
    }

    private static Map<String, Integer> documented() throws IOException {
        var statuses = new HashMap<String, Integer>();
        var rows = ROW.matcher(Files.readString(Path.of("..", "docs", "dynamo.md")));
        while (rows.find())
            for (var name : rows.group(1).split(", ", -1))
                statuses.put(name.replace("`", ""), Integer.valueOf(rows.group(2)));
        return statuses;
    }

    /** The status that the page has for an error. */
    static int documented(EngineError error) throws IOException {
        // 418 is none of Dynamo's: that the request is at fault is all that can be said of it.
        if (error instanceof EngineError.HttpError) return 400;
        return Objects.requireNonNull(documented().get(error.getClass().getSimpleName()));
    }

    static IntStream errors() {
        return IntStream.range(0, ScriptedEngine.ERRORS.size());
    }

    @Test
    void thePageHasEveryErrorWithItsStatus() throws Exception {
        var all = Arrays.stream(EngineError.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .toList();
        assertThat(ScriptedEngine.ERRORS)
                .extracting(error -> error.getClass().getSimpleName())
                .containsExactlyInAnyOrderElementsOf(all);
        // This one has a status of its own.
        assertThat(documented().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        all.stream().filter(name -> !name.equals("HttpError")).toList());
    }

    @ParameterizedTest
    @MethodSource("errors")
    void anErrorHasTheStatusThatThePageSaysAndItsMessage(int index) throws Exception {
        var error = ScriptedEngine.ERRORS.get(index);
        var answer = dynamo.send("m", ",\"seed\":" + (ScriptedEngine.FIRST_ERROR + index));
        assertThat(answer.body()).contains(said(error.message(), error instanceof EngineError.Cancelled));
        assertThat(answer.statusCode()).isEqualTo(documented(error));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 408, 409, 413, 415, 429, 499, 501, 503, 504, 529})
    void aStatusOfTheEnginesOwnIsKept(int status) throws Exception {
        var answer = dynamo.send("m", ",\"seed\":" + status);
        assertThat(answer.body()).contains(said("scripted " + status, status == 499));
        assertThat(answer.statusCode()).isEqualTo(status == 408 ? 504 : status);
    }

    /** For a cancellation, whose client is not there to read it, the frontend has words of its own. */
    private static String said(String message, boolean isCancellation) {
        return isCancellation ? "Request cancelled" : message;
    }
}
