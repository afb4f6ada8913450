package dev.nacelle.benchmarks.simulation;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/** Two charts side by side: mean time to first token (logarithmic) and hit rate, over the load. */
final class Plot {
    record Point(double x, double y) {}

    record Line(String name, List<Point> points) {}

    /** Told apart also by those who do not see red and green (Okabe and Ito, 2008). */
    private static final List<String> COLOURS = List.of("#000000", "#E69F00", "#CC79A7", "#0072B2", "#009E73");

    /** The last lies on the one before where predictions come true: dashed, it lets that be seen. */
    private static final List<String> DASHES = List.of("none", "none", "none", "none", "6 6");

    private static final int WIDTH = 860;
    private static final int HEIGHT = 340;
    private static final int LEFT_MS = 60;
    private static final int LEFT_HITS = 490;
    private static final int SIDE = 320;
    private static final int TOP = 40;
    private static final int BOTTOM = 270;
    private static final double LOAD_MAX = 1.2;
    private static final double[] MILLIS = {10, 30, 100, 300, 1_000, 3_000};

    private final StringBuilder svg = new StringBuilder();

    private Plot() {}

    /** @param marked the load at which the modes are compared */
    static String svg(List<Line> ttftMillis, List<Line> hitRates, double marked) {
        var plot = new Plot();
        plot.add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n",
                WIDTH, HEIGHT);
        plot.add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n", WIDTH, HEIGHT);
        double span = Math.log(MILLIS[MILLIS.length - 1] / MILLIS[0]);
        plot.chart(
                "mean time to first token, ms",
                LEFT_MS,
                ttftMillis,
                marked,
                MILLIS,
                ms -> Math.log(ms / MILLIS[0]) / span);
        plot.chart(
                "share of prompt tokens found in cache",
                LEFT_HITS,
                hitRates,
                marked,
                new double[] {0, 0.2, 0.4, 0.6, 0.8, 1},
                y -> y);
        plot.legend(ttftMillis);
        plot.add("</svg>%n");
        return plot.svg.toString();
    }

    /** @param height from a value to 0 (bottom) … 1 (top) */
    private void chart(
            String title, int left, List<Line> lines, double marked, double[] ticks, DoubleUnaryOperator height) {
        text(left, TOP - 14, "start", title);
        for (double tick : ticks) {
            double y = y(height.applyAsDouble(tick));
            add("<path d=\"M%d %.1fh%d\" stroke=\"#ddd\"/>%n", left, y, SIDE);
            text(left - 6, y + 4, "end", tick >= 10 || tick == 0 ? "%.0f".formatted(tick) : "%.1f".formatted(tick));
        }
        for (double load = 0.2; load < LOAD_MAX + 0.05; load += 0.2)
            text(x(left, load), BOTTOM + 18, "middle", "%.1f".formatted(load));
        text(left + SIDE / 2.0, BOTTOM + 36, "middle", "load, as a share of what saturates round robin");
        add("<path d=\"M%.1f %dV%d\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>%n", x(left, marked), TOP, BOTTOM);
        for (int i = 0; i < lines.size(); i++) {
            var path = new StringBuilder();
            for (var point : lines.get(i).points())
                path.append(path.isEmpty() ? "M" : "L")
                        .append(number(x(left, point.x())))
                        .append(' ')
                        .append(number(y(Math.clamp(height.applyAsDouble(point.y()), 0, 1))));
            line(path.toString(), i);
        }
    }

    private void legend(List<Line> lines) {
        for (int i = 0; i < lines.size(); i++) {
            int x = LEFT_MS + 150 * i;
            line("M%d %dh22".formatted(x, HEIGHT - 14), i);
            text(x + 28, HEIGHT - 10, "start", lines.get(i).name());
        }
    }

    private void line(String path, int number) {
        add(
                "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>%n",
                path, COLOURS.get(number), DASHES.get(number));
    }

    private void text(double x, double y, String anchor, String text) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text);
    }

    private static double x(int left, double load) {
        return left + SIDE * load / LOAD_MAX;
    }

    private static double y(double height) {
        return BOTTOM - (BOTTOM - TOP) * height;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency for one method
    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
