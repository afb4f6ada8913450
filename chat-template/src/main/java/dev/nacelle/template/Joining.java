package dev.nacelle.template;

/** What joins text: most of what templates do. When the result is printed, its parts go straight to the output. */
final class Joining {
    private Joining() {}

    /** {@code a ~ b ~ c}. */
    static final class Concat implements Evaluation {
        private final Evaluation[] parts;

        Concat(Evaluation[] parts) {
            this.parts = parts;
        }

        @Override
        public Object in(Frame frame) {
            var text = new StringBuilder();
            for (Evaluation part : parts) {
                text.append(frame.run.str(part.in(frame)));
                frame.run.checkText(text.length());
            }
            return frame.run.made(text.toString());
        }

        @Override
        public void print(Frame frame) {
            for (Evaluation part : parts) part.print(frame);
        }
    }

    /** {@code a + b + c}, text or not, from left to right. */
    static final class Sum implements Evaluation {
        private final Evaluation[] parts;

        Sum(Evaluation[] parts) {
            this.parts = parts;
        }

        @Override
        public Object in(Frame frame) {
            return rest(frame, parts[0].in(frame), 1);
        }

        private Object rest(Frame frame, Object first, int from) {
            Object sum = first;
            int i = from;
            while (i < parts.length) {
                Object next = parts[i++].in(frame);
                if (i == parts.length || !(sum instanceof String && next instanceof String)) {
                    sum = Operators.add(frame.run, sum, next);
                    continue;
                }
                var text = new StringBuilder((String) sum);
                while (next instanceof String more) {
                    text.append(more);
                    frame.run.checkText(text.length());
                    if (i == parts.length) return frame.run.made(text.toString());
                    next = parts[i++].in(frame);
                }
                sum = Operators.add(frame.run, frame.run.made(text.toString()), next);
            }
            return sum;
        }

        @Override
        public void print(Frame frame) {
            Run run = frame.run;
            int from = run.out.length();
            for (int i = 0; i < parts.length; i++) {
                Object value = parts[i].in(frame);
                if (value instanceof String text) {
                    run.write(text);
                    continue;
                }
                // No text after all: take back what is there, and add like everybody else.
                Object sum = i == 0 ? value : Operators.add(run, run.takeFrom(from), value);
                run.write(run.str(rest(frame, sum, i + 1)));
                return;
            }
        }
    }
}
