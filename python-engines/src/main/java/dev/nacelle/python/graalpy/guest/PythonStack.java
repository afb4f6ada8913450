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
     * @return lines as of a traceback; empty when there was no answer in time
     */
    static Optional<String> of(Value transport, Thread thread, GuestOutput output, Duration limit)
            throws InterruptedException {
        output.capture();
        var asking = Thread.ofPlatform().daemon().name("graalpy-stack").start(() -> ask(transport));
        boolean _ = asking.join(limit); // what was printed until then may do
        var mark = "Thread[#%d,".formatted(thread.threadId());
        return find(output.captured(mark, limit), mark);
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
    private static Optional<String> find(String printed, String mark) {
        var frames = printed.lines()
                .dropWhile(line -> !line.startsWith(mark))
                .skip(1)
                .takeWhile(line -> !line.startsWith("Thread["))
                .filter(line -> line.startsWith("  File "))
                .dropWhile(line -> MACHINERY.matcher(line).matches())
                .collect(Collectors.joining("\n"));
        return frames.isEmpty() ? Optional.empty() : Optional.of(frames);
    }
}
