package dev.nacelle.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An expression of a template, as written. */
sealed interface Expr {
    int line();

    /** The expressions right inside, in the order of evaluation. */
    List<Expr> children();

    record Const(int line, Object value) implements Expr {
        @Override
        public List<Expr> children() {
            return List.of();
        }
    }

    record Name(int line, String name) implements Expr {
        @Override
        public List<Expr> children() {
            return List.of();
        }
    }

    record ListLiteral(int line, List<Expr> items) implements Expr {
        @Override
        public List<Expr> children() {
            return items;
        }
    }

    record TupleLiteral(int line, List<Expr> items) implements Expr {
        @Override
        public List<Expr> children() {
            return items;
        }
    }

    /** Keys and values in turn. */
    record DictLiteral(int line, List<Expr> keysAndValues) implements Expr {
        @Override
        public List<Expr> children() {
            return keysAndValues;
        }
    }

    record Unary(int line, Sign operator, Expr operand) implements Expr {
        enum Sign {
            NOT,
            NEGATIVE,
            POSITIVE
        }

        @Override
        public List<Expr> children() {
            return List.of(operand);
        }
    }

    record Binary(int line, Operator operator, Expr left, Expr right) implements Expr {
        enum Operator {
            ADD,
            SUBTRACT,
            MULTIPLY,
            DIVIDE,
            FLOOR_DIVIDE,
            MODULO,
            POWER,
            AND,
            OR
        }

        @Override
        public List<Expr> children() {
            return List.of(left, right);
        }
    }

    /** {@code a ~ b ~ c}. */
    record Concat(int line, List<Expr> parts) implements Expr {
        @Override
        public List<Expr> children() {
            return parts;
        }
    }

    /** {@code a < b <= c}. */
    record Compare(int line, Expr first, List<Comparand> rest) implements Expr {
        record Comparand(Comparison operator, Expr operand) {}

        @Override
        public List<Expr> children() {
            List<Expr> all = new ArrayList<>();
            all.add(first);
            for (var comparand : rest) all.add(comparand.operand);
            return all;
        }
    }

    /** {@code then if test else otherwise}. */
    record Conditional(int line, Expr test, Expr then, Optional<Expr> otherwise) implements Expr {
        @Override
        public List<Expr> children() {
            return otherwise.map(other -> List.of(test, then, other)).orElseGet(() -> List.of(test, then));
        }
    }

    record Attribute(int line, Expr owner, String name) implements Expr {
        @Override
        public List<Expr> children() {
            return List.of(owner);
        }
    }

    record Item(int line, Expr owner, Expr key) implements Expr {
        @Override
        public List<Expr> children() {
            return List.of(owner, key);
        }
    }

    record Slice(int line, Optional<Expr> start, Optional<Expr> stop, Optional<Expr> step) implements Expr {
        @Override
        public List<Expr> children() {
            List<Expr> all = new ArrayList<>();
            start.ifPresent(all::add);
            stop.ifPresent(all::add);
            step.ifPresent(all::add);
            return all;
        }
    }

    record Call(int line, Expr callee, Passed passed) implements Expr {
        @Override
        public List<Expr> children() {
            return passed.after(callee);
        }
    }

    /** {@code input | name(…)}; without input in filter blocks and set blocks, which filter their body. */
    record Filter(int line, Optional<Expr> input, String name, Passed passed) implements Expr {
        @Override
        public List<Expr> children() {
            return input.map(passed::after).orElseGet(passed::all);
        }
    }

    /** {@code value is name(…)}. */
    record Test(int line, Expr value, String name, Passed passed) implements Expr {
        @Override
        public List<Expr> children() {
            return passed.after(value);
        }
    }

    /** What stands between the parentheses of a call. */
    record Passed(List<Expr> positional, List<Keyword> keywords, Optional<Expr> spread, Optional<Expr> spreadKeywords) {
        record Keyword(String name, Expr value) {}

        static final Passed NOTHING = new Passed(List.of(), List.of(), Optional.empty(), Optional.empty());

        List<Expr> all() {
            List<Expr> all = new ArrayList<>(positional);
            for (var keyword : keywords) all.add(keyword.value);
            spread.ifPresent(all::add);
            spreadKeywords.ifPresent(all::add);
            return all;
        }

        List<Expr> after(Expr first) {
            List<Expr> all = new ArrayList<>();
            all.add(first);
            all.addAll(all());
            return all;
        }
    }
}
