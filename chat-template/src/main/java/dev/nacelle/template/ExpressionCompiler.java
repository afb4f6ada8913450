package dev.nacelle.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns expressions into something that can be evaluated, again and again and by many threads. */
final class ExpressionCompiler {
    /** Evaluates the arguments of a call. */
    @FunctionalInterface
    interface Arguing {
        Arguments in(Frame frame);
    }

    private static final Evaluation[] NO_EVALUATIONS = {};

    private final Names names;

    ExpressionCompiler(Names names) {
        this.names = names;
    }

    Evaluation compile(Expr expression, Scope scope) {
        return switch (expression) {
            case Expr.Const constant -> {
                Object value = constant.value();
                yield _ -> value;
            }
            case Expr.Name name -> named(name, scope);
            case Expr.ListLiteral list -> {
                Evaluation[] items = all(list.items(), scope);
                yield frame -> frame.run.made(values(items, frame));
            }
            case Expr.TupleLiteral tuple -> {
                Evaluation[] items = all(tuple.items(), scope);
                yield frame -> new Tuple(values(items, frame));
            }
            case Expr.DictLiteral dict -> dict(all(dict.keysAndValues(), scope));
            case Expr.Unary unary -> unary(unary.operator(), compile(unary.operand(), scope));
            case Expr.Binary binary -> binary(binary, scope);
            case Expr.Concat concat -> new Joining.Concat(all(concat.parts(), scope));
            case Expr.Compare compare -> comparison(compare, scope);
            case Expr.Conditional conditional -> conditional(conditional, scope.softened());
            case Expr.Attribute attribute -> attribute(compile(attribute.owner(), scope), attribute.name());
            case Expr.Item item -> item(item, scope);
            case Expr.Slice slice -> throw Fault.syntax(slice.line(), "a slice cannot stand among other keys");
            case Expr.Call call -> call(call.callee(), arguments(call.passed(), scope), scope);
            case Expr.Filter filter -> filter(filter, scope, null);
            case Expr.Test test -> test(test, scope);
        };
    }

    private Evaluation named(Expr.Name name, Scope scope) {
        try {
            return names.read(name.name(), scope);
        } catch (Fault fault) {
            throw fault.at(name.line());
        }
    }

    private Evaluation[] all(List<Expr> expressions, Scope scope) {
        Evaluation[] compiled = new Evaluation[expressions.size()];
        for (int i = 0; i < compiled.length; i++) compiled[i] = compile(expressions.get(i), scope);
        return compiled;
    }

    private static List<Object> values(Evaluation[] items, Frame frame) {
        List<Object> values = new ArrayList<>(items.length);
        for (Evaluation item : items) values.add(item.in(frame));
        return values;
    }

    private static Evaluation dict(Evaluation[] keysAndValues) {
        return frame -> {
            Map<Object, Object> dict = LinkedHashMap.newLinkedHashMap(keysAndValues.length / 2);
            for (int i = 0; i < keysAndValues.length; i += 2) {
                Object key = keysAndValues[i].in(frame);
                Dict.put(dict, key, keysAndValues[i + 1].in(frame));
            }
            return dict;
        };
    }

    private static Evaluation unary(Expr.Unary.Sign operator, Evaluation operand) {
        return switch (operator) {
            case NOT -> frame -> !Types.truth(operand.in(frame));
            case NEGATIVE -> frame -> Operators.negative(operand.in(frame));
            case POSITIVE -> frame -> Operators.positive(operand.in(frame));
        };
    }

    private Evaluation binary(Expr.Binary binary, Scope scope) {
        if (binary.operator() == Expr.Binary.Operator.ADD) {
            List<Expr> summands = new ArrayList<>();
            flatten(binary, summands);
            return new Joining.Sum(all(summands, scope));
        }
        Evaluation left = compile(binary.left(), scope);
        Evaluation right = compile(binary.right(), scope);
        return switch (binary.operator()) {
            case ADD -> throw new AssertionError(binary);
            case AND ->
                frame -> {
                    Object value = left.in(frame);
                    return Types.truth(value) ? right.in(frame) : value;
                };
            case OR ->
                frame -> {
                    Object value = left.in(frame);
                    return Types.truth(value) ? value : right.in(frame);
                };
            case SUBTRACT -> frame -> Operators.subtract(left.in(frame), right.in(frame));
            case MULTIPLY -> frame -> Operators.multiply(frame.run, left.in(frame), right.in(frame));
            case DIVIDE -> frame -> Operators.divide(left.in(frame), right.in(frame));
            case FLOOR_DIVIDE -> frame -> Operators.floorDivide(left.in(frame), right.in(frame));
            case MODULO -> frame -> Operators.modulo(frame.run, left.in(frame), right.in(frame));
            case POWER -> frame -> Operators.power(left.in(frame), right.in(frame));
        };
    }

    /** {@code a + b + c} as one list: text is then joined once. */
    private static void flatten(Expr expression, List<Expr> summands) {
        Expr left = expression;
        while (left instanceof Expr.Binary binary && binary.operator() == Expr.Binary.Operator.ADD) {
            summands.addFirst(binary.right());
            left = binary.left();
        }
        summands.addFirst(left);
    }

    private Evaluation comparison(Expr.Compare compare, Scope scope) {
        Evaluation first = compile(compare.first(), scope);
        int count = compare.rest().size();
        Comparison[] operators = new Comparison[count];
        Evaluation[] operands = new Evaluation[count];
        for (int i = 0; i < count; i++) {
            operators[i] = compare.rest().get(i).operator();
            operands[i] = compile(compare.rest().get(i).operand(), scope);
        }
        if (count > 1) {
            return frame -> {
                Object left = first.in(frame);
                for (int i = 0; i < count; i++) {
                    Object right = operands[i].in(frame);
                    if (!operators[i].holds(left, right)) return false;
                    left = right;
                }
                return true;
            };
        }
        Evaluation second = operands[0];
        Comparison operator = operators[0];
        return switch (operator) {
            case EQUAL -> frame -> Equality.equal(first.in(frame), second.in(frame));
            case NOT_EQUAL -> frame -> !Equality.equal(first.in(frame), second.in(frame));
            default -> frame -> operator.holds(first.in(frame), second.in(frame));
        };
    }

    private Evaluation conditional(Expr.Conditional conditional, Scope scope) {
        Evaluation test = compile(conditional.test(), scope);
        Evaluation then = compile(conditional.then(), scope);
        int line = conditional.line();
        Evaluation otherwise = conditional
                .otherwise()
                .map(other -> compile(other, scope))
                .orElse(_ -> Undefined.because(
                        "the inline if-expression on line %d evaluated to false and no else section was defined."
                                .formatted(line)));
        return frame -> Types.truth(test.in(frame)) ? then.in(frame) : otherwise.in(frame);
    }

    private static Evaluation attribute(Evaluation owner, String name) {
        boolean plain = !Attributes.ofDict(name);
        return frame -> {
            Object value = owner.in(frame);
            if (plain && value instanceof Map<?, ?> dict) {
                Object found = dict.get(name);
                return found == null ? Undefined.of(value, name) : found;
            }
            return Attributes.attribute(value, name);
        };
    }

    private Evaluation item(Expr.Item item, Scope scope) {
        Evaluation owner = compile(item.owner(), scope);
        if (item.key() instanceof Expr.Slice slice) {
            Evaluation none = _ -> None.NONE;
            Evaluation start = slice.start().map(bound -> compile(bound, scope)).orElse(none);
            Evaluation stop = slice.stop().map(bound -> compile(bound, scope)).orElse(none);
            Evaluation step = slice.step().map(bound -> compile(bound, scope)).orElse(none);
            return frame ->
                    Containers.slice(frame.run, owner.in(frame), start.in(frame), stop.in(frame), step.in(frame));
        }
        if (item.key() instanceof Expr.Const constant && constant.value() instanceof String name) {
            return frame -> {
                Object value = owner.in(frame);
                Object found = value instanceof Map<?, ?> dict ? dict.get(name) : null;
                return found == null ? Attributes.item(value, name) : found;
            };
        }
        Evaluation key = compile(item.key(), scope);
        return frame -> Attributes.item(owner.in(frame), key.in(frame));
    }

    Evaluation call(Expr callee, Arguing arguing, Scope scope) {
        if (callee instanceof Expr.Attribute method) {
            Evaluation owner = compile(method.owner(), scope);
            String name = method.name();
            Method.@Nullable Body ofText = TextMethods.find(name);
            Method.@Nullable Body ofDict = DictMethods.find(name);
            return frame -> {
                Object value = owner.in(frame);
                if (ofText != null && value instanceof String) return ofText.call(frame.run, value, arguing.in(frame));
                if (ofDict != null && value instanceof Map<?, ?>)
                    return ofDict.call(frame.run, value, arguing.in(frame));
                return invoke(frame.run, Attributes.attribute(value, name), arguing.in(frame));
            };
        }
        Evaluation called = compile(callee, scope);
        return frame -> invoke(frame.run, called.in(frame), arguing.in(frame));
    }

    private static Object invoke(Run run, Object callee, Arguments arguments) {
        if (callee instanceof Invocable invocable) return invocable.invoke(run, arguments);
        if (callee instanceof Undefined undefined) throw undefined.fault();
        throw Fault.error("'%s' object is not callable".formatted(Types.name(callee)));
    }

    /** {@code body} is what a filter without input filters: the text of the block that it stands at. */
    Evaluation filter(Expr.Filter filter, Scope scope, @Nullable Evaluation body) {
        Evaluation input = filter.input()
                .map(inner -> inner instanceof Expr.Filter first && body != null
                        ? filter(first, scope, body)
                        : compile(inner, scope))
                .orElse(body);
        if (input == null) throw Fault.syntax(filter.line(), "a filter without anything to filter");
        Arguing arguing = arguments(filter.passed(), scope);
        String name = filter.name();
        Filter found = Filters.find(name);
        if (found == null) {
            if (!scope.soft()) throw Fault.syntax(filter.line(), "No filter named '%s'.".formatted(name));
            return _ -> {
                throw Fault.error("No filter named '%s' found.".formatted(name));
            };
        }
        return frame -> found.apply(frame.run, input.in(frame), arguing.in(frame));
    }

    private Evaluation test(Expr.Test test, Scope scope) {
        Evaluation value = compile(test.value(), scope);
        Arguing arguing = arguments(test.passed(), scope);
        String name = test.name();
        Tests.Test found = Tests.find(name);
        if (found == null) {
            if (!scope.soft()) throw Fault.syntax(test.line(), "No test named '%s'.".formatted(name));
            return _ -> {
                throw Fault.error("No test named '%s' found.".formatted(name));
            };
        }
        return frame -> found.holds(frame.run, value.in(frame), arguing.in(frame));
    }

    Arguing arguments(Expr.Passed passed, Scope scope) {
        if (passed.all().isEmpty()) return _ -> Arguments.NONE;
        Evaluation[] positional = all(passed.positional(), scope);
        List<String> keywords =
                passed.keywords().stream().map(Expr.Passed.Keyword::name).toList();
        Evaluation[] values =
                all(passed.keywords().stream().map(Expr.Passed.Keyword::value).toList(), scope);
        Evaluation[] spread = passed.spread()
                .map(expression -> all(List.of(expression), scope))
                .orElse(NO_EVALUATIONS);
        Evaluation[] spreadKeywords = passed.spreadKeywords()
                .map(expression -> all(List.of(expression), scope))
                .orElse(NO_EVALUATIONS);
        if (spread.length + spreadKeywords.length == 0) {
            return frame -> new Arguments(
                    values(positional, frame), keywords, values.length == 0 ? List.of() : values(values, frame));
        }
        return frame -> {
            List<Object> all = values(positional, frame);
            for (Evaluation more : spread) all.addAll(Containers.list(frame.run, more.in(frame)));
            List<String> allNames = new ArrayList<>(keywords);
            List<Object> allValues = values(values, frame);
            for (Evaluation more : spreadKeywords) {
                if (!(more.in(frame) instanceof Map<?, ?> dict))
                    throw Fault.error("argument after ** must be a mapping");
                dict.forEach((name, value) -> {
                    if (!(name instanceof String text)) throw Fault.error("keywords must be strings");
                    if (allNames.contains(text))
                        throw Fault.error("got multiple values for keyword argument '%s'".formatted(text));
                    allNames.add(text);
                    allValues.add(value);
                });
            }
            return new Arguments(all, allNames, allValues);
        };
    }
}
