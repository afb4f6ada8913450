package dev.nacelle.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A macro, or the body of a call block, together with the variables around it. */
record Macro(Code code, Frame around) implements Invocable {
    /**
     * The compiled part.
     *
     * @param caller where {@code caller} is kept, or -1 when the body does not use it as more than a parameter; likewise the others
     */
    record Code(
            @Nullable String name,
            Symbols.Unit unit,
            List<Parameter> parameters,
            int caller,
            int keywords,
            int rest,
            Action entry,
            Action body) {
        /** The position of the parameter of that name; -1 when there is none. */
        private int indexOf(String name) {
            for (int i = 0; i < parameters.size(); i++) {
                if (parameters.get(i).name.equals(name)) return i;
            }
            return -1;
        }
    }

    /**
     * A parameter.
     *
     * @param slot where it is kept
     * @param fallback its default; null when it has none
     */
    record Parameter(String name, int slot, @Nullable Evaluation fallback) {}

    @Override
    public Object invoke(Run run, Arguments arguments) {
        int from = run.out.length();
        render(run, arguments);
        return run.takeFrom(from);
    }

    /** Writes what the macro gives. */
    void render(Run run, Arguments arguments) {
        run.enterCall();
        Frame frame = new Frame(run, around, code.unit.size());
        pass(arguments, frame.variables);
        code.entry.run(frame);
        for (Parameter parameter : code.parameters) {
            if (frame.variables[parameter.slot] != null) continue;
            frame.variables[parameter.slot] = parameter.fallback == null
                    ? Undefined.because("parameter '%s' was not provided".formatted(parameter.name))
                    : parameter.fallback.in(frame);
        }
        code.body.run(frame);
        run.leaveCall();
    }

    private void pass(Arguments arguments, @Nullable Object[] variables) {
        List<Object> positional = arguments.positional();
        int count = Math.min(positional.size(), code.parameters.size());
        for (int i = 0; i < count; i++) variables[code.parameters.get(i).slot] = positional.get(i);
        Map<Object, Object> keywords = new LinkedHashMap<>();
        boolean callerFound = count == code.parameters.size() && code.indexOf("caller") >= 0;
        for (int i = 0; i < arguments.names().size(); i++) {
            String name = arguments.names().get(i);
            int index = code.indexOf(name);
            if (index >= count)
                variables[code.parameters.get(index).slot] = arguments.values().get(i);
            else keywords.put(name, arguments.values().get(i));
        }
        callerFound |= code.indexOf("caller") >= count;
        if (code.caller >= 0 && !callerFound) {
            Object caller = keywords.remove("caller");
            variables[code.caller] =
                    caller == null || caller == None.NONE ? Undefined.because("No caller defined") : caller;
        }
        if (code.keywords >= 0) variables[code.keywords] = keywords;
        else if (!keywords.isEmpty()) {
            throw Fault.error("macro %s takes no keyword argument '%s'"
                    .formatted(quotedName(), keywords.keySet().iterator().next()));
        }
        if (code.rest >= 0) {
            variables[code.rest] = new Tuple(new ArrayList<>(positional.subList(count, positional.size())));
        } else if (positional.size() > code.parameters.size()) {
            throw Fault.error(
                    "macro %s takes not more than %d argument(s)".formatted(quotedName(), code.parameters.size()));
        }
    }

    private String quotedName() {
        return code.name == null ? "None" : "'%s'".formatted(code.name);
    }

    @Override
    public String printed() {
        return "<Macro %s>".formatted(code.name == null ? "anonymous" : quotedName());
    }
}
