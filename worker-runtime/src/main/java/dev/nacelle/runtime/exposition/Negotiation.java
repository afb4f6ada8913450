package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.config.EscapingScheme;
import java.util.Locale;

/**
 * What a scraper asks for in its {@code Accept} header. Of the ranges that name something we write, the one with the
 * greatest {@code q} wins, of equals the first; with none of them it is text 0.0.4, as every Prometheus reads that.
 *
 * @param kind the format
 * @param escaping how names are written that would need quotes
 * @param contentType what the answer says of itself
 */
record Negotiation(Kind kind, EscapingScheme escaping, String contentType) {
    enum Kind {
        TEXT,
        OPENMETRICS,
        PROTOBUF
    }

    /** The dialect to write, unless it is protobuf. */
    Dialect dialect() {
        return new Dialect(kind == Kind.OPENMETRICS ? Dialect.Format.OPENMETRICS : Dialect.Format.TEXT, escaping);
    }

    static Negotiation of(String accept) {
        Negotiation best = text(EscapingScheme.UNDERSCORE_ESCAPING);
        double bestQ = 0;
        for (String range : accept.split(",", 64)) {
            String[] parts = range.split(";", 16);
            double q = 1;
            String version = "";
            String proto = "";
            String encoding = "";
            EscapingScheme escaping = EscapingScheme.UNDERSCORE_ESCAPING;
            for (int i = 1; i < parts.length; i++) {
                String part = parts[i].strip();
                int equals = part.indexOf('=');
                if (equals < 0) continue;
                String value = part.substring(equals + 1).strip();
                switch (part.substring(0, equals).strip().toLowerCase(Locale.ROOT)) {
                    case "q" -> q = quality(value);
                    case "version" -> version = value;
                    case "proto" -> proto = value;
                    case "encoding" -> encoding = value;
                    case "escaping" -> escaping = escaping(value);
                    default -> {}
                }
            }
            if (q <= bestQ) continue;
            switch (parts[0].strip().toLowerCase(Locale.ROOT)) {
                case "application/openmetrics-text" -> {
                    if (!version.isEmpty() && !version.equals("1.0.0") && !version.equals("0.0.1")) continue;
                    best = openMetrics(version.equals("0.0.1") ? version : "1.0.0", escaping);
                }
                case "application/vnd.google.protobuf" -> {
                    if (!proto.equals("io.prometheus.client.MetricFamily") || !encoding.equals("delimited")) continue;
                    best = new Negotiation(
                            Kind.PROTOBUF,
                            escaping,
                            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; "
                                    + parameter(escaping));
                }
                case "text/plain" -> {
                    if (!version.isEmpty() && !version.equals("0.0.4") && !version.equals("1.0.0")) continue;
                    best = text(version.equals("1.0.0") ? escaping : EscapingScheme.UNDERSCORE_ESCAPING);
                }
                case "text/*", "*/*" -> best = text(EscapingScheme.UNDERSCORE_ESCAPING);
                default -> {
                    continue;
                }
            }
            bestQ = q;
        }
        return best;
    }

    private static Negotiation text(EscapingScheme escaping) {
        String version = escaping == EscapingScheme.ALLOW_UTF8 ? "1.0.0" : "0.0.4";
        return new Negotiation(
                Kind.TEXT, escaping, "text/plain; version=" + version + "; charset=utf-8; " + parameter(escaping));
    }

    private static Negotiation openMetrics(String version, EscapingScheme escaping) {
        return new Negotiation(
                Kind.OPENMETRICS,
                escaping,
                "application/openmetrics-text; version=" + version + "; charset=utf-8; " + parameter(escaping));
    }

    private static String parameter(EscapingScheme escaping) {
        return "escaping=" + escaping.getValue();
    }

    private static EscapingScheme escaping(String value) {
        for (EscapingScheme scheme : EscapingScheme.values())
            if (scheme.getValue().equals(value)) return scheme;
        return EscapingScheme.UNDERSCORE_ESCAPING;
    }

    private static double quality(String value) {
        try {
            double q = Double.parseDouble(value);
            return q >= 0 && q <= 1 ? q : 0;
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
