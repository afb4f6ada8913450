package dev.nacelle.runtime.exposition;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Makes expositions at random: valid ones, and from these broken ones. */
final class PageGenerator {
    private static final String[] VALUES = {
        "a", "b c", "quo\\\"te", "back\\\\slash", "new\\nline", "ünïcode ☃", "{}", "x=\\\"1\\\",y", "#", " "
    };
    private static final String[] NUMBERS = {
        "0", "1", "-1", "1.5", "1e3", "1E-7", "+Inf", "-Inf", "NaN", "12345678901234567890", "0.1", ".5", "5.", "1e22"
    };
    private static final String[] COUNTS = {"0", "1", "2.5", "1e3", "17", "123456789", "+Inf"};

    private final SplittableRandom random;
    private final boolean openMetrics;
    private final StringBuilder page = new StringBuilder();

    private PageGenerator(SplittableRandom random, boolean openMetrics) {
        this.random = random;
        this.openMetrics = openMetrics;
    }

    /** A page that is right by the rules of its format. */
    static byte[] valid(SplittableRandom random, boolean openMetrics) {
        PageGenerator generator = new PageGenerator(random, openMetrics);
        int families = random.nextInt(1, 8);
        for (int i = 0; i < families; i++) generator.family("f" + i + (random.nextInt(4) == 0 ? "_x:y" : ""));
        if (openMetrics) generator.page.append("# EOF\n");
        return generator.page.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The same, damaged in some places. */
    static byte[] broken(SplittableRandom random, boolean openMetrics) {
        byte[] page = valid(random, openMetrics);
        for (int damage = random.nextInt(1, 5); damage > 0; damage--) page = damaged(random, page);
        return page;
    }

    private static byte[] damaged(SplittableRandom random, byte[] page) {
        if (page.length < 2) return page;
        byte[] result = page.clone();
        int at = random.nextInt(page.length);
        int to = at + random.nextInt(Math.min(40, page.length - at) + 1);
        switch (random.nextInt(8)) {
            case 0 -> result[at] = (byte) random.nextInt(256);
            case 1 -> result[at] = (byte) "{}\",=# \n\\\t\r+-.".charAt(random.nextInt(14));
            case 2 -> result = concat(Arrays.copyOf(page, at), Arrays.copyOfRange(page, to, page.length));
            case 3 -> result = concat(Arrays.copyOf(page, to), Arrays.copyOfRange(page, at, page.length));
            case 4 -> result = Arrays.copyOf(page, at);
            case 5 -> {
                List<String> lines = new ArrayList<>(
                        new String(page, StandardCharsets.UTF_8).lines().toList());
                java.util.Collections.swap(lines, random.nextInt(lines.size()), random.nextInt(lines.size()));
                result = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
            }
            case 6 -> {
                List<String> lines = new ArrayList<>(
                        new String(page, StandardCharsets.UTF_8).lines().toList());
                lines.add(random.nextInt(lines.size() + 1), lines.get(random.nextInt(lines.size())));
                result = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
            }
            default ->
                result = new String(page, StandardCharsets.UTF_8)
                        .replace(
                                random.nextBoolean() ? "counter" : "gauge",
                                random.nextBoolean() ? "histogram" : "summary")
                        .getBytes(StandardCharsets.UTF_8);
        }
        return result;
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private void family(String name) {
        List<Consumer<String>> kinds = openMetrics
                ? List.of(
                        this::gauge,
                        this::counter,
                        this::histogram,
                        this::summary,
                        this::info,
                        this::states,
                        this::gaugeHistogram,
                        this::unknown)
                : List.of(
                        this::gauge,
                        this::counter,
                        this::histogram,
                        this::summary,
                        this::exactCounter,
                        this::untyped,
                        this::bare);
        kinds.get(random.nextInt(kinds.size())).accept(name);
    }

    private void head(String name, String type) {
        boolean help = random.nextBoolean();
        if (help && !openMetrics) page.append("# HELP ").append(name).append(" Some help, with \\\\ and \\n.\n");
        page.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        if (help && openMetrics) page.append("# HELP ").append(name).append(" Some \\\"help\\\", with \\\\ and \\n.\n");
        if (!openMetrics && random.nextInt(5) == 0) page.append("# a comment\n");
    }

    private void gauge(String name) {
        head(name, "gauge");
        series(labels -> sample(name, labels, number(), time()));
    }

    private void unknown(String name) {
        head(name, "unknown");
        series(labels -> sample(name, labels, number(), time()));
    }

    private void untyped(String name) {
        head(name, "untyped");
        series(labels -> sample(name, labels, number(), time()));
    }

    private void bare(String name) {
        series(labels -> sample(name, labels, number(), time()));
    }

    private void exactCounter(String name) {
        head(name, "counter");
        series(labels -> sample(name, labels, count(), time()));
    }

    private void counter(String name) {
        head(openMetrics ? name : name + "_total", "counter");
        series(labels -> {
            String time = time();
            sample(name + "_total", labels, count(), time + exemplar());
            if (openMetrics && random.nextInt(3) == 0) sample(name + "_created", labels, "1700000000.25", time);
        });
    }

    private void histogram(String name) {
        head(name, "histogram");
        series(labels -> {
            String time = time();
            long total = 0;
            for (String bound : List.of("0.1", "1", "2.5e1", "+Inf")) {
                total += random.nextInt(5);
                sample(name + "_bucket", with(labels, "le", bound), Long.toString(total), time + exemplar());
            }
            sample(name + "_count", labels, Long.toString(total), time);
            sample(name + "_sum", labels, "3.5", time);
            if (openMetrics && random.nextInt(3) == 0) sample(name + "_created", labels, "1700000000.25", time);
        });
    }

    private void gaugeHistogram(String name) {
        head(name, "gaugehistogram");
        series(labels -> {
            sample(name + "_bucket", with(labels, "le", "1"), "1", "");
            sample(name + "_bucket", with(labels, "le", "+Inf"), "2", "");
            sample(name + "_gcount", labels, "2", "");
            sample(name + "_gsum", labels, "0.5", "");
        });
    }

    private void summary(String name) {
        head(name, "summary");
        series(labels -> {
            String time = time();
            for (String quantile : List.of("0.5", "0.99"))
                sample(name, with(labels, "quantile", quantile), random.nextBoolean() ? "NaN" : "1.5", time);
            sample(name + "_count", labels, "7", time);
            sample(name + "_sum", labels, "3.5", time);
        });
    }

    private void info(String name) {
        head(name, "info");
        series(labels -> sample(name + "_info", labels, "1", ""));
    }

    private void states(String ofAny) {
        // It is a label's name, too, and these have no colons.
        String name = ofAny.replace(':', '_');
        head(name, "stateset");
        series(labels -> {
            sample(name, with(labels, name, "on"), "1", "");
            sample(name, with(labels, name, "off"), "0", "");
        });
    }

    private void series(Consumer<String> write) {
        int count = random.nextInt(1, 4);
        boolean bare = count == 1 && random.nextBoolean();
        for (int i = 0; i < count; i++)
            write.accept(bare ? "" : "i=\"" + i + "\"" + (random.nextBoolean() ? ",l=\"" + pick(VALUES) + "\"" : ""));
    }

    private static String with(String labels, String name, String value) {
        return labels + (labels.isEmpty() ? "" : ",") + name + "=\"" + value + "\"";
    }

    private void sample(String name, String labels, String value, String rest) {
        page.append(name);
        if (!labels.isEmpty()) page.append('{').append(labels).append('}');
        page.append(' ').append(value).append(rest).append('\n');
    }

    private String number() {
        return pick(NUMBERS);
    }

    private String count() {
        return pick(COUNTS);
    }

    private String time() {
        if (random.nextInt(4) > 0) return "";
        return openMetrics ? " 1700000000." + random.nextInt(100, 999) : " 1700000000" + random.nextInt(100, 999);
    }

    private String exemplar() {
        return openMetrics && random.nextInt(4) == 0
                ? " # {trace_id=\"" + random.nextInt(1000) + "\"} 0.5" + (random.nextBoolean() ? " 1700000000.5" : "")
                : "";
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }
}
