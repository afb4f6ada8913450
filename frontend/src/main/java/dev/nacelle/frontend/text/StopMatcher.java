package dev.nacelle.frontend.text;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks for stop strings in a stream of text, wherever the pieces are cut, and cuts the stream at the match that ends
 * first; of several that end at the same place, at the one that begins first. Whatever could still become a match is
 * held back, and no character more.
 *
 * <p>For one stream and one thread at a time. Constant amortised time a character, no allocation: an Aho–Corasick
 * automaton, whose state is also the text held back.
 */
public final class StopMatcher {
    private static final int ROOT = 0;
    private static final int NONE = -1;

    private final List<String> stops;
    private final boolean includeStop;

    // A tree of all prefixes; states are numbered from 0, the empty prefix. A state has at most one child a stop
    // string.
    private final char[] label;
    private final int[] firstChild;
    private final int[] nextSibling;
    private final int[] depth;
    private final int[] stopOf; // a stop string that begins with the state's prefix
    private final int[] shorter; // the longest other state that is a suffix of this one
    private final int[] matched; // the longest stop string that is a suffix of this state, or NONE
    private int states = 1;

    private int state = ROOT;
    private @Nullable String found;

    private StopMatcher(List<String> stops, boolean includeStop) {
        this.stops = stops;
        this.includeStop = includeStop;
        int capacity = 1 + stops.stream().mapToInt(String::length).sum();
        label = new char[capacity];
        firstChild = new int[capacity];
        nextSibling = new int[capacity];
        depth = new int[capacity];
        stopOf = new int[capacity];
        shorter = new int[capacity];
        matched = new int[capacity];
        firstChild[ROOT] = NONE;
        matched[ROOT] = NONE;
        for (int i = 0; i < stops.size(); i++) insert(i);
        linkSuffixes();
    }

    /**
     * A matcher of these stop strings.
     *
     * @param stops may be none: then everything passes
     * @param includeStop let the stop string itself through as the last of the output
     * @throws IllegalArgumentException for an empty stop string
     */
    public static StopMatcher of(List<String> stops, boolean includeStop) {
        if (stops.contains(""))
            throw new IllegalArgumentException("an empty stop string, expected at least one character");
        return new StopMatcher(List.copyOf(stops), includeStop);
    }

    /** Whether there is nothing to look for: then everything passes. */
    public boolean isEmpty() {
        return stops.isEmpty();
    }

    /**
     * Takes the next piece of the stream and appends what may go out to {@code out}.
     *
     * @return true once a stop string was found: the output is complete, and whatever comes after it is ignored
     */
    public boolean append(CharSequence text, StringBuilder out) {
        if (found != null) return true;
        int end = text.length();
        int i = 0;
        while (i < end) {
            if (state == ROOT) {
                int begin = i;
                while (i < end && child(ROOT, text.charAt(i)) == NONE) i++;
                out.append(text, begin, i);
                if (i == end) return false;
            }
            if (step(text.charAt(i++), out)) return true;
        }
        return false;
    }

    /** Ends the stream: what was held back is no stop string and goes out. */
    public void flush(StringBuilder out) {
        if (found == null) emit(state, depth[state], out);
        state = ROOT;
    }

    /** The stop string that was found. */
    public Optional<String> found() {
        return Optional.ofNullable(found);
    }

    /** Moves on by one character; what cannot be part of a match any more goes out. True at a match. */
    private boolean step(char c, StringBuilder out) {
        int from = state;
        state = longest(from, c);
        int match = matched[state];
        if (match != NONE) {
            found = stops.get(match);
            // The state may be longer than the match, which then is its end.
            int before = depth[from] + 1 - found.length();
            emit(from, before, out);
            if (includeStop) out.append(found);
            return true;
        }
        int free = depth[from] + 1 - depth[state];
        emit(from, Math.min(free, depth[from]), out);
        if (free > depth[from]) out.append(c);
        return false;
    }

    /** Appends the first {@code count} characters that {@code state} stands for. */
    private void emit(int state, int count, StringBuilder out) {
        if (count > 0) out.append(stops.get(stopOf[state]), 0, count);
    }

    private int child(int parent, char c) {
        int child = firstChild[parent];
        while (child != NONE && label[child] != c) child = nextSibling[child];
        return child;
    }

    private void insert(int stop) {
        var text = stops.get(stop);
        int at = ROOT;
        for (int i = 0; i < text.length(); i++) {
            int next = child(at, text.charAt(i));
            at = next == NONE ? add(at, text.charAt(i), stop) : next;
        }
        matched[at] = stop;
    }

    private int add(int parent, char c, int stop) {
        int child = states++;
        label[child] = c;
        firstChild[child] = NONE;
        nextSibling[child] = firstChild[parent];
        firstChild[parent] = child;
        depth[child] = depth[parent] + 1;
        stopOf[child] = stop;
        matched[child] = NONE;
        return child;
    }

    /** Breadth first, as a state's suffix is shorter than the state. */
    private void linkSuffixes() {
        int[] queue = new int[states];
        int tail = 1;
        for (int head = 0; head < tail; head++) {
            int parent = queue[head];
            for (int child = firstChild[parent]; child != NONE; child = nextSibling[child]) {
                queue[tail++] = child;
                shorter[child] = parent == ROOT ? ROOT : longest(shorter[parent], label[child]);
                if (matched[child] == NONE) matched[child] = matched[shorter[child]];
            }
        }
    }

    /** The longest state that is a suffix of {@code from} followed by {@code c}. */
    private int longest(int from, char c) {
        int at = from;
        int next;
        while ((next = child(at, c)) == NONE && at != ROOT) at = shorter[at];
        return next == NONE ? ROOT : next;
    }
}
