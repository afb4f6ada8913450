package dev.nacelle.examples.simulated.core;

/** A prompt's blocks on their way from one worker to another. */
record Transfer(Way way, long nanos) {
    enum Way {
        NOWHERE,
        /** To a decode worker, once the prompt is computed. */
        OUT,
        /** From a prefill worker, before anything else. */
        IN
    }

    static final Transfer NONE = new Transfer(Way.NOWHERE, 0);

    Transfer {
        if (nanos < 0) throw new IllegalArgumentException("a transfer of %d ns, expected 0 or more".formatted(nanos));
    }
}
