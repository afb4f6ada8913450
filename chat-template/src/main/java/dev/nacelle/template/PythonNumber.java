package dev.nacelle.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** Python's numbers: {@code int} is a Long, or a BigInteger beyond it; {@code float} is a Double; {@code bool} counts as 0 or 1. */
final class PythonNumber {
    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);
    /** As many bits as the digits that Python prints of an int. */
    static final int BITS_MAX = 14_000;

    private PythonNumber() {}

    static Object integer(BigInteger value) {
        if (value.bitLength() > BITS_MAX) throw Fault.limit("a whole number of more than %d bits".formatted(BITS_MAX));
        return value.compareTo(LONG_MIN) >= 0 && value.compareTo(LONG_MAX) <= 0 ? (Object) value.longValue() : value;
    }

    static BigInteger big(Object value) {
        return switch (value) {
            case BigInteger big -> big;
            case Boolean truth -> truth ? BigInteger.ONE : BigInteger.ZERO;
            default -> BigInteger.valueOf((Long) value);
        };
    }

    static double real(Object value) {
        return switch (value) {
            case Double real -> real;
            case Boolean truth -> truth ? 1 : 0;
            case Long whole -> whole;
            default -> real((BigInteger) value);
        };
    }

    private static double real(BigInteger value) {
        double real = value.doubleValue();
        if (Double.isInfinite(real)) throw Fault.error("int too large to convert to float");
        return real;
    }

    /** A whole number that fits; what is larger is cut to the end of the range, as slices and repetitions do. */
    static long index(Object value) {
        return switch (value) {
            case Long whole -> whole;
            case Boolean truth -> truth ? 1 : 0;
            case BigInteger big -> big.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
            case Undefined undefined -> throw undefined.fault();
            default ->
                throw Fault.error("'%s' object cannot be interpreted as an integer".formatted(Types.name(value)));
        };
    }

    /** The size of {@code count} things of {@code size}, neither negative; what is larger is cut to the end of the range. */
    static long product(long count, int size) {
        return size > 0 && count > Long.MAX_VALUE / size ? Long.MAX_VALUE : count * size;
    }

    private static long whole(Object value) {
        return value instanceof Long whole ? whole : (Boolean) value ? 1 : 0;
    }

    private static boolean small(Object left, Object right) {
        return !(left instanceof BigInteger) && !(right instanceof BigInteger);
    }

    private static boolean real(Object left, Object right) {
        return left instanceof Double || right instanceof Double;
    }

    static Object add(Object left, Object right) {
        if (real(left, right)) return real(left) + real(right);
        if (small(left, right)) {
            long a = whole(left);
            long b = whole(right);
            long sum = a + b;
            if (((a ^ sum) & (b ^ sum)) >= 0) return sum;
        }
        return integer(big(left).add(big(right)));
    }

    static Object subtract(Object left, Object right) {
        if (real(left, right)) return real(left) - real(right);
        if (small(left, right)) {
            long a = whole(left);
            long b = whole(right);
            long difference = a - b;
            if (((a ^ b) & (a ^ difference)) >= 0) return difference;
        }
        return integer(big(left).subtract(big(right)));
    }

    static Object multiply(Object left, Object right) {
        if (real(left, right)) return real(left) * real(right);
        if (small(left, right)) {
            long a = whole(left);
            long b = whole(right);
            long high = Math.multiplyHigh(a, b);
            long low = a * b;
            if (high == low >> 63) return low;
        }
        return integer(big(left).multiply(big(right)));
    }

    static Object divide(Object left, Object right) {
        if (isZero(right)) throw Fault.error(real(left, right) ? "float division by zero" : "division by zero");
        if (real(left, right) || (isExact(left) && isExact(right))) {
            return real(left) / real(right);
        }
        // Rounded once, as Python does it: far more digits than a double has.
        double quotient = new BigDecimal(big(left))
                .divide(new BigDecimal(big(right)), java.math.MathContext.DECIMAL128)
                .doubleValue();
        if (Double.isInfinite(quotient)) throw Fault.error("integer division result too large for a float");
        return quotient;
    }

    /** Whether a double holds that whole number. */
    private static boolean isExact(Object value) {
        return !(value instanceof BigInteger) && Math.abs(whole(value)) < 1L << 53;
    }

    static Object floorDivide(Object left, Object right) {
        if (isZero(right))
            throw Fault.error(
                    real(left, right) ? "float floor division by zero" : "integer division or modulo by zero");
        if (real(left, right)) {
            return floorDivide(real(left), real(right));
        }
        if (small(left, right) && whole(right) != -1) return Math.floorDiv(whole(left), whole(right));
        BigInteger[] parts = big(left).divideAndRemainder(big(right));
        boolean down = parts[1].signum() != 0 && parts[1].signum() != big(right).signum();
        return integer(down ? parts[0].subtract(BigInteger.ONE) : parts[0]);
    }

    /** In Python's steps, as each of them rounds. */
    private static double floorDivide(double left, double right) {
        double remainder = left % right;
        double quotient = (left - remainder) / right;
        if (remainder != 0 && (right < 0) != (remainder < 0)) quotient -= 1;
        if (quotient == 0) return Math.copySign(0.0, left / right);
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    static Object modulo(Object left, Object right) {
        if (isZero(right)) throw Fault.error(real(left, right) ? "float modulo" : "integer modulo by zero");
        if (real(left, right)) return modulo(real(left), real(right));
        if (small(left, right)) return Math.floorMod(whole(left), whole(right));
        BigInteger remainder = big(left).remainder(big(right));
        boolean other =
                remainder.signum() != 0 && remainder.signum() != big(right).signum();
        return integer(other ? remainder.add(big(right)) : remainder);
    }

    private static double modulo(double left, double right) {
        double remainder = left % right;
        if (remainder == 0) return Math.copySign(0.0, right);
        return (remainder < 0) != (right < 0) ? remainder + right : remainder;
    }

    static Object power(Object left, Object right) {
        if (!real(left, right) && big(right).signum() >= 0) {
            BigInteger base = big(left);
            boolean trivial = base.bitLength() <= 1 && !base.equals(BigInteger.TWO.negate());
            long exponent = index(right);
            if (!trivial && exponent > BITS_MAX / Math.max(1, base.bitLength() - 1)) {
                throw Fault.limit("a whole number of more than %d bits".formatted(BITS_MAX));
            }
            if (trivial)
                return exponent == 0
                        ? (Object) 1L
                        : base.signum() < 0 && !big(right).testBit(0) ? (Object) 1L : integer(base);
            return integer(base.pow((int) exponent));
        }
        double base = real(left);
        double exponent = real(right);
        if (base == 0 && exponent < 0) throw Fault.error("0.0 cannot be raised to a negative power");
        if (base < 0 && exponent != Math.rint(exponent)) throw Fault.error("complex numbers are not supported");
        double power = Math.pow(base, exponent);
        if (Double.isInfinite(power) && !Double.isInfinite(base) && !Double.isInfinite(exponent)) {
            throw Fault.error("(34, 'Numerical result out of range')");
        }
        return power;
    }

    static Object negate(Object value) {
        return value instanceof Double real ? (Object) (-real) : subtract(0L, value);
    }

    static Object absolute(Object value) {
        if (value instanceof Double real) return Math.abs(real);
        return big(value).signum() < 0 ? negate(value) : add(0L, value);
    }

    static boolean isZero(Object value) {
        return value instanceof Double real ? real == 0 : big(value).signum() == 0;
    }

    static boolean equal(Object left, Object right) {
        if (real(left, right)) {
            double a = left instanceof Double real ? real : big(left).doubleValue();
            double b = right instanceof Double real ? real : big(right).doubleValue();
            if (a != b) return false;
            // Two doubles are compared; a whole number beyond 2^53 only seems equal to one.
            return (left instanceof Double && right instanceof Double)
                    || Double.isInfinite(a)
                    || compareExactly(left, right) == 0;
        }
        return small(left, right) ? whole(left) == whole(right) : big(left).equals(big(right));
    }

    /** Less than, equal or greater than 0; NaN is the caller's. */
    static int compare(Object left, Object right) {
        if (!real(left, right))
            return small(left, right)
                    ? Long.compare(whole(left), whole(right))
                    : big(left).compareTo(big(right));
        double a = left instanceof Double real ? real : big(left).doubleValue();
        double b = right instanceof Double real ? real : big(right).doubleValue();
        if (a != b || (left instanceof Double && right instanceof Double)) return a == b ? 0 : Double.compare(a, b);
        return Double.isInfinite(a) ? 0 : compareExactly(left, right);
    }

    private static int compareExactly(Object left, Object right) {
        return exactly(left).compareTo(exactly(right));
    }

    private static BigDecimal exactly(Object value) {
        return value instanceof Double real ? new BigDecimal(real) : new BigDecimal(big(value));
    }

    /** Python's {@code int(float)}. */
    static Object truncate(double value) {
        if (Double.isNaN(value)) throw Fault.error("cannot convert float NaN to integer");
        if (Double.isInfinite(value)) throw Fault.error("cannot convert float infinity to integer");
        return Math.abs(value) < 0x1p62 ? (Object) (long) value : integer(new BigDecimal(value).toBigInteger());
    }

    /** Python's {@code round}: half to even, of the exact value. */
    static Object round(Object value, long digits) {
        if (value instanceof Double real) {
            if (Double.isNaN(real) || Double.isInfinite(real) || digits > 330) return real;
            if (digits < -330) return Math.copySign(0.0, real);
            double rounded = new BigDecimal(real)
                    .setScale((int) digits, RoundingMode.HALF_EVEN)
                    .doubleValue();
            return rounded == 0 ? Math.copySign(0.0, real) : (Object) rounded;
        }
        if (digits >= 0) return add(0L, value);
        if (digits < -BITS_MAX) return 0L;
        return integer(new BigDecimal(big(value))
                .setScale((int) digits, RoundingMode.HALF_EVEN)
                .toBigInteger());
    }
}
