package dev.nacelle.template;

/** Python's {@code range}; {@code size} elements. */
record Range(long start, long stop, long step, int size) implements Sized.Indexed {
    /** As in jinja2's sandbox. */
    static final int SIZE_MAX = 100_000;

    static Range of(long start, long stop, long step) {
        if (step == 0) throw Fault.error("range() arg 3 must not be zero");
        double size = step > 0
                ? Math.ceil(((double) stop - start) / step)
                : Math.ceil(((double) start - stop) / -(double) step);
        if (size > SIZE_MAX)
            throw Fault.error(
                    "Range too big. The sandbox blocks ranges larger than MAX_RANGE (%d).".formatted(SIZE_MAX));
        return new Range(start, stop, step, (int) Math.max(0, size));
    }

    @Override
    public Object get(int index) {
        return start + index * step;
    }
}
