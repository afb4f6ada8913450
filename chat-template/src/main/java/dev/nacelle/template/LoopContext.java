package dev.nacelle.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The special variable {@code loop}. */
final class LoopContext implements Sized, Invocable {
    /** Renders the same loop over other items, one level deeper. */
    interface Recursion {
        String render(Run run, Object items, int depth);
    }

    private final @Nullable Recursion recursion;
    private final int depth0;
    private Iterator<Object> items;
    private int size;
    private int index0 = -1;
    private @Nullable Object before;
    private @Nullable Object current;
    private @Nullable Object after;
    private @Nullable List<Object> lastChanged;

    /** {@code size} is -1 when it is not known before everything was gone through. */
    LoopContext(Iterator<Object> items, int size, @Nullable Recursion recursion, int depth0) {
        this.items = items;
        this.size = size;
        this.recursion = recursion;
        this.depth0 = depth0;
    }

    /** The next item; null when there is none. */
    @Nullable
    Object advance() {
        Object next = after;
        after = null;
        if (next == null) {
            if (!items.hasNext()) return null;
            next = items.next();
        }
        index0++;
        before = current;
        current = next;
        return next;
    }

    private @Nullable Object peek() {
        if (after == null && items.hasNext()) after = items.next();
        return after;
    }

    @Override
    public int size() {
        if (size < 0) {
            List<Object> rest = new ArrayList<>();
            items.forEachRemaining(rest::add);
            items = rest.iterator();
            size = rest.size() + index() + (after == null ? 0 : 1);
        }
        return size;
    }

    int index() {
        return index0 + 1;
    }

    /** What the template gets that goes through the loop itself. */
    Iterator<Object> rest() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return peek() != null;
            }

            @Override
            public Object next() {
                Object next = advance();
                if (next == null) throw new java.util.NoSuchElementException();
                return Tuple.of(next, LoopContext.this);
            }
        };
    }

    @Nullable
    Object attribute(String name) {
        return switch (name) {
            case "index" -> (long) index();
            case "index0" -> (long) index0;
            case "first" -> index0 == 0;
            case "last" -> peek() == null;
            case "length" -> (long) size();
            case "revindex" -> (long) size() - index0;
            case "revindex0" -> (long) size() - index();
            case "depth" -> (long) depth0 + 1;
            case "depth0" -> (long) depth0;
            case "previtem" -> index0 == 0 || before == null ? Undefined.because("there is no previous item") : before;
            case "nextitem" -> {
                Object next = peek();
                yield next == null ? Undefined.because("there is no next item") : next;
            }
            case "cycle" -> (Invocable) (_, arguments) -> cycle(arguments);
            case "changed" -> (Invocable) (_, arguments) -> changed(arguments);
            default -> null;
        };
    }

    private Object cycle(Arguments arguments) {
        if (arguments.positional().isEmpty()) throw Fault.error("no items for cycling given");
        return arguments
                .positional()
                .get(Math.floorMod(index0, arguments.positional().size()));
    }

    private Object changed(Arguments arguments) {
        boolean changed = lastChanged == null || !Equality.equal(lastChanged, arguments.positional());
        lastChanged = arguments.positional();
        return changed;
    }

    @Override
    public Object invoke(Run run, Arguments arguments) {
        if (recursion == null) throw Fault.error("The loop must have the 'recursive' marker to be called recursively.");
        Object deeper = Parameters.named("loop", 1, "iterable").bind(arguments)[0];
        return recursion.render(run, java.util.Objects.requireNonNull(deeper), depth0 + 1);
    }

    @Override
    public String printed() {
        return "<LoopContext %d/%d>".formatted(index(), size());
    }
}
