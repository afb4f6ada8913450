package dev.nacelle.template;

/** The operators that chain: {@code a < b < c}. */
enum Comparison {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    IN,
    NOT_IN;

    boolean holds(Object left, Object right) {
        return switch (this) {
            case EQUAL -> Equality.equal(left, right);
            case NOT_EQUAL -> !Equality.equal(left, right);
            case LESS -> Ordering.less(left, right, "<");
            case LESS_OR_EQUAL -> Ordering.lessOrEqual(left, right, "<=");
            case GREATER -> Ordering.less(right, left, ">");
            case GREATER_OR_EQUAL -> Ordering.lessOrEqual(right, left, ">=");
            case IN -> Containers.contains(right, left);
            case NOT_IN -> !Containers.contains(right, left);
        };
    }
}
