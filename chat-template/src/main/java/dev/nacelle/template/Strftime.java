package dev.nacelle.template;

import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** Python's {@code strftime} of a local time without a zone, in the C locale. */
final class Strftime {
    private Strftime() {}

    static String format(Clock clock, String format) {
        return format(LocalDateTime.now(clock), format);
    }

    private static String format(LocalDateTime now, String format) {
        var out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 >= format.length()) {
                out.append(c);
                continue;
            }
            int from = i;
            char flag = ' ';
            if ("-_0^#".indexOf(format.charAt(i + 1)) >= 0 && i + 2 < format.length()) flag = format.charAt(++i);
            String text = directive(now, format.charAt(++i), flag);
            out.append(
                    text == null ? format.substring(from, i + 1) : flag == '^' ? text.toUpperCase(Locale.ROOT) : text);
        }
        return out.toString();
    }

    private static @org.jspecify.annotations.Nullable String directive(LocalDateTime now, char directive, char flag) {
        int hour12 = now.get(ChronoField.CLOCK_HOUR_OF_AMPM);
        int dayOfYear = now.getDayOfYear();
        int weekday = now.getDayOfWeek().getValue();
        return switch (directive) {
            case 'Y' -> number(now.getYear(), 1, '0', flag);
            case 'C' -> number(now.getYear() / 100, 2, '0', flag);
            case 'y' -> number(now.getYear() % 100, 2, '0', flag);
            case 'm' -> number(now.getMonthValue(), 2, '0', flag);
            case 'd' -> number(now.getDayOfMonth(), 2, '0', flag);
            case 'e' -> number(now.getDayOfMonth(), 2, ' ', flag);
            case 'H' -> number(now.getHour(), 2, '0', flag);
            case 'k' -> number(now.getHour(), 2, ' ', flag);
            case 'I' -> number(hour12, 2, '0', flag);
            case 'l' -> number(hour12, 2, ' ', flag);
            case 'M' -> number(now.getMinute(), 2, '0', flag);
            case 'S' -> number(now.getSecond(), 2, '0', flag);
            case 'f' -> number(now.getNano() / 1000, 6, '0', ' ');
            case 'j' -> number(dayOfYear, 3, '0', flag);
            case 'u' -> Integer.toString(weekday);
            case 'w' -> Integer.toString(weekday % 7);
            case 'U' -> number((dayOfYear + 6 - weekday % 7) / 7, 2, '0', flag);
            case 'W' -> number((dayOfYear + 6 - (weekday + 6) % 7) / 7, 2, '0', flag);
            case 'V' -> number(now.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0', flag);
            case 'G' -> number(now.get(IsoFields.WEEK_BASED_YEAR), 1, '0', flag);
            case 'g' -> number(now.get(IsoFields.WEEK_BASED_YEAR) % 100, 2, '0', flag);
            case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' ->
                now.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH).substring(0, 3);
            case 'B' -> now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'p' -> now.getHour() < 12 ? "AM" : "PM";
            case 'P' -> now.getHour() < 12 ? "am" : "pm";
            case 'D', 'x' -> format(now, "%m/%d/%y");
            case 'F' -> format(now, "%Y-%m-%d");
            case 'T', 'X' -> format(now, "%H:%M:%S");
            case 'R' -> format(now, "%H:%M");
            case 'r' -> format(now, "%I:%M:%S %p");
            case 'c' -> format(now, "%a %b %e %H:%M:%S %Y");
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'Z', 'z' -> "";
            case '%' -> "%";
            default -> null;
        };
    }

    private static String number(int value, int width, char usual, char flag) {
        char fill = flag == '_' ? ' ' : flag == '0' ? '0' : usual;
        String digits = Integer.toString(value);
        return flag == '-' ? digits : String.valueOf(fill).repeat(Math.max(0, width - digits.length())) + digits;
    }
}
