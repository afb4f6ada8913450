package dev.nacelle.template;

import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;

/**
 * A chat template: how a model wants a conversation written, in Jinja2 with Python's semantics, set up as Hugging Face's
 * transformers does. Compiled once, rendered as often as needed.
 *
 * <p>What it renders is to the byte what jinja2 renders; where jinja2 fails, it fails; and where it cannot be exact (a filter
 * that is not supported), it fails too, rather than give a model something nearly right. Immutable, safe from any thread.
 */
public final class ChatTemplate {
    private final StatementCompiler.Program program;
    private final TemplateLimits limits;

    private ChatTemplate(StatementCompiler.Program program, TemplateLimits limits) {
        this.program = program;
        this.limits = limits;
    }

    /**
     * A template with the default limits.
     *
     * @throws TemplateException with the line and reason, when the source is not valid
     */
    public static ChatTemplate compile(String source) {
        return compile(source, TemplateLimits.defaults());
    }

    /**
     * A template whose renderings keep to these limits.
     *
     * @throws TemplateException with the line and reason, when the source is not valid
     */
    public static ChatTemplate compile(String source, TemplateLimits limits) {
        try {
            return new ChatTemplate(StatementCompiler.compile(Parser.parse(source, limits)), limits);
        } catch (Fault fault) {
            throw fault.toException();
        } catch (StackOverflowError _) {
            throw Fault.limit("the template is nested too deeply").toException();
        }
    }

    /** Renders at the present time; see {@link #render(Map, Clock)}. */
    public String render(Map<String, ?> context) {
        return render(context, Clock.system(ZoneId.systemDefault()));
    }

    /**
     * Renders.
     *
     * @param context the template's variables: {@code messages}, {@code add_generation_prompt}, {@code tools}, …. Values are what
     *     JSON knows: maps (in the order in which they are printed: not {@code Map.of}), lists, texts, numbers, booleans and null.
     *     They are only read, and must not change meanwhile.
     * @param clock what {@code strftime_now} tells, in the clock's zone
     * @throws TemplateException when the template refuses the conversation, or fails on it
     */
    public String render(Map<String, ?> context, Clock clock) {
        var run = new Run(limits, context, program.globals(), clock);
        try {
            var frame = new Frame(run, null, program.size());
            program.entry().run(frame);
            program.body().run(frame);
            return run.out.toString();
        } catch (Fault fault) {
            throw fault.toException();
        } catch (StackOverflowError _) {
            throw Fault.limit("calls or data nested too deeply for the stack of this thread")
                    .toException();
        }
    }
}
