package dev.nacelle.python;

import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.python.graalpy.Jit;
import dev.nacelle.python.graalpy.Sandbox;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Options and requests for the engines under {@code src/test/python}. */
public final class Python {
    /** Where they lie. */
    public static final Path FOLDER = Path.of("src", "test", "python").toAbsolutePath();

    private Python() {}

    public static PythonOptions options(PythonOptions.Isolation isolation, String className, Object args) {
        return options(isolation, className, args, Optional.empty(), EventLoop.ASYNCIO);
    }

    public static PythonOptions options(
            PythonOptions.Isolation isolation, String className, Object args, Optional<Path> python, EventLoop loop) {
        return new PythonOptions(
                className,
                List.of(FOLDER),
                PythonOptions.Interpreter.CPYTHON,
                isolation,
                python,
                loop,
                Sandbox.STRICT,
                Jit.AUTO,
                Duration.ofSeconds(30),
                args);
    }

    public static GenerateRequest request(int maxTokens, String mode) {
        return request(maxTokens, Map.of("mode", mode));
    }

    /**
     * A request for so many tokens.
     *
     * @param extras keys of the request's own, in no order
     */
    public static GenerateRequest request(int maxTokens, Map<String, Object> extras) {
        return with(GenerateRequest.of("probe", new Prompt.Tokens(1, 2, 3), maxTokens), extras);
    }

    static GenerateRequest with(GenerateRequest plain, Map<String, Object> extras) {
        return new GenerateRequest(
                plain.model(),
                plain.task(),
                plain.prompt(),
                plain.sampling(),
                plain.stop(),
                plain.output(),
                plain.dpRank(),
                plain.prefillResult(),
                plain.healthCheck(),
                plain.priority(),
                plain.deadline(),
                new LinkedHashMap<>(extras));
    }
}
