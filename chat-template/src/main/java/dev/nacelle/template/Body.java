package dev.nacelle.template;

/** Statements one after the other; knows the line of each, for errors. */
final class Body implements Action {
    private final Action[] actions;
    private final int[] lines;

    Body(Action[] actions, int[] lines) {
        this.actions = actions;
        this.lines = lines;
    }

    @Override
    public Flow run(Frame frame) {
        int i = 0;
        try {
            for (; i < actions.length; i++) {
                frame.run.step();
                Flow flow = actions[i].run(frame);
                if (flow != Flow.ON) return flow;
            }
            return Flow.ON;
        } catch (Fault fault) {
            throw fault.at(lines[i]);
        }
    }
}
