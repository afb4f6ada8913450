package dev.nacelle.python.graalpy.guest;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;

/** Where a thread is in Python code, asked from outside. GraalPy has no frames of other threads, but can print them. */
final class PythonStack {
    /** The event loop's own frames, which say nothing. */
    private static final Pattern MACHINERY =
            Pattern.compile(".*(/asyncio/\\w+\\.py\"|/nacelle/_bridge/\\w+\\.py\"|\"Unnamed\"), line \\d+, in .*");

    private PythonStack() {}

    /**
     * The innermost frames, those of the event loop itself left out.
     *
     * @param limit how long that may take: a thread inside one long operation of Python's lets nobody in
     * @return lines as of a traceback, none when no place was told; empty when the question is still in the context: then
     *     nobody may interrupt that
     */
    static Optional<String> of(Value transport, Thread thread, GuestOutput output, Duration limit)
            throws InterruptedException {
        output.capture();
        var asking = Thread.ofPlatform().daemon().name("graalpy-stack").start(() -> ask(transport));
        boolean left = asking.join(limit);
        var mark = "Thread[#%d,".formatted(thread.threadId());
        var printed = output.captured(mark, left ? limit : Duration.ZERO);
        return left ? Optional.of(find(printed, mark)) : Optional.empty();
    }

    /** Asks once, on the event loop's own thread: what the question needs is loaded before it is urgent. */
    static void warmUp(Value transport, GuestOutput output) throws InterruptedException {
        output.capture();
        ask(transport);
        var _ = output.captured("", Duration.ZERO);
    }

    private static void ask(Value transport) {
        try {
            transport.invokeMember("stacks");
        } catch (PolyglotException | IllegalStateException e) {
            // The context was interrupted or closed meanwhile: there is nothing to be said of it any more.
            System.getLogger(PythonStack.class.getName()).log(System.Logger.Level.DEBUG, "no stack", e);
        }
    }

    /** Each thread's part begins with the thread as Java prints it. */
    private static String find(String printed, String mark) {
        return printed.lines()
                .dropWhile(line -> !line.startsWith(mark))
                .skip(1)
                .takeWhile(line -> !line.startsWith("Thread["))
                .filter(line -> line.startsWith("  File "))
                .dropWhile(line -> MACHINERY.matcher(line).matches())
                .collect(Collectors.joining("\n"));
    }
}
