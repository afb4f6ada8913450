package dev.nacelle.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A compiled target of assignments. */
sealed interface Assignment {
    void set(Frame frame, Object value);

    /** What was set: the value itself, or a tuple of what it was unpacked to. */
    Object values(Frame frame, Object value);

    /** Before the value is evaluated: fails when a field of something else than a namespace would be set. */
    default void check(Frame frame) {}

    record ToVariable(int slot) implements Assignment {
        @Override
        public void set(Frame frame, Object value) {
            frame.variables[slot] = value;
        }

        @Override
        public Object values(Frame frame, Object value) {
            return value;
        }
    }

    record ToField(Evaluation namespace, String field) implements Assignment {
        @Override
        public void set(Frame frame, Object value) {
            namespace(frame).fields.put(field, value);
        }

        @Override
        public Object values(Frame frame, Object value) {
            return value;
        }

        @Override
        public void check(Frame frame) {
            namespace(frame);
        }

        private Namespace namespace(Frame frame) {
            if (namespace.in(frame) instanceof Namespace found) return found;
            throw Fault.error("cannot assign attribute on non-namespace object");
        }
    }

    record ToSeveral(List<Assignment> targets) implements Assignment {
        @Override
        public void check(Frame frame) {
            targets.forEach(target -> target.check(frame));
        }

        @Override
        public void set(Frame frame, Object value) {
            int count = targets.size();
            List<Object> unpacked = unpack(value);
            for (int i = 0; i < count; i++) targets.get(i).set(frame, unpacked.get(i));
        }

        @Override
        public Object values(Frame frame, Object value) {
            List<Object> unpacked = unpack(value);
            for (int i = 0; i < unpacked.size(); i++)
                unpacked.set(i, targets.get(i).values(frame, unpacked.get(i)));
            return new Tuple(unpacked);
        }

        private List<Object> unpack(Object value) {
            int count = targets.size();
            if (!Containers.isIterable(value))
                throw Fault.error("cannot unpack non-iterable %s object".formatted(Types.name(value)));
            Iterator<Object> items = Containers.iterate(value);
            List<Object> unpacked = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                if (!items.hasNext())
                    throw Fault.error("not enough values to unpack (expected %d, got %d)".formatted(count, i));
                unpacked.add(items.next());
            }
            if (items.hasNext()) throw Fault.error("too many values to unpack (expected %d)".formatted(count));
            return unpacked;
        }
    }
}
