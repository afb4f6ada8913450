package dev.nacelle.runtime.exposition;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The families of one text while it is being read: what was declared, and which names their samples bear. */
final class Families {
    /** What a TYPE line came to. */
    sealed interface Declared {
        /** The family that the following samples belong to. */
        record As(FamilyBuilder family) implements Declared {}

        /** The family has that type already; the following samples are swallowed. */
        record Conflict(FamilyType type, FamilyBuilder swallowing) implements Declared {}

        /** The word is no type. */
        record NoType() implements Declared {}
    }

    /** What the lines about a family say, whether or not it has samples. */
    private static final class Metadata {
        String help = "";
        String unit = "";
        final List<String> comments = new ArrayList<>();
    }

    private final byte[] text;
    private final SourceSpec spec;
    private final boolean openMetrics;
    private final SampleNames names = new SampleNames();
    private final Map<String, FamilyBuilder> declared = new LinkedHashMap<>();
    private final Map<String, Metadata> metadata = new HashMap<>();
    private List<String> comments = new ArrayList<>();
    private boolean lateType;

    Families(byte[] text, SourceSpec spec, boolean openMetrics) {
        this.text = text;
        this.spec = spec;
        this.openMetrics = openMetrics;
    }

    SampleNames names() {
        return names;
    }

    Collection<FamilyBuilder> all() {
        return declared.values();
    }

    /** True when a TYPE line came after samples that it is about. */
    boolean lateType() {
        return lateType;
    }

    void keepTypesOnly() {
        metadata.clear();
        comments.clear();
        lateType = false;
    }

    void help(String name, String help) {
        Metadata of = of(name);
        if (of.help.isEmpty()) of.help = help;
    }

    void unit(String name, String unit) {
        Metadata of = of(name);
        if (of.unit.isEmpty()) of.unit = unit;
    }

    void comment(String comment) {
        comments.add(comment);
    }

    /**
     * Joins created times that text 0.0.4 has as a family of their own to the family that they belong to, as OpenMetrics
     * has no other place for them.
     */
    void joinCreatedTimes() {
        for (FamilyBuilder of : List.copyOf(declared.values())) {
            boolean mayHave = of.type() == FamilyType.COUNTER
                    || of.type() == FamilyType.HISTOGRAM
                    || of.type() == FamilyType.SUMMARY;
            if (!mayHave || of.size() == 0 || of.isInvalid()) continue;
            FamilyBuilder created = declared.get(of.name() + Role.CREATED.suffix());
            if (created == null || created.isInvalid() || !created.isTaken()) continue;
            if (created.type() == FamilyType.GAUGE || created.type() == FamilyType.UNKNOWN)
                of.absorb(created, Role.CREATED);
        }
    }

    ParsedFamily build(FamilyBuilder family) {
        Metadata of = of(family.declared());
        return family.build(of.help, of.unit, of.comments);
    }

    private Metadata of(String name) {
        Metadata of = metadata.computeIfAbsent(name, _ -> new Metadata());
        if (!comments.isEmpty()) {
            of.comments.addAll(comments);
            comments = new ArrayList<>();
        }
        return of;
    }

    Declared declare(String name, String word) throws TooLarge {
        FamilyType type = typeOf(name, word);
        if (type == null) return new Declared.NoType();
        of(name);
        FamilyBuilder known = declared.get(name);
        if (known == null) {
            FamilyBuilder family = family(name, baseOf(name, type), type);
            putNames(family);
            return new Declared.As(family);
        }
        if (known.isUntyped() && type != FamilyType.UNKNOWN) lateType = true;
        if (known.type() == type || (isCounter(known.type()) && isCounter(type))) {
            putNames(known);
            return new Declared.As(known);
        }
        FamilyBuilder nobody = new FamilyBuilder(text, openMetrics, name, baseOf(name, type), type, false);
        putNames(nobody);
        return new Declared.Conflict(known.type(), nobody);
    }

    /** A family that has to be left out for its declaration. */
    FamilyBuilder invalid(String name) throws TooLarge {
        FamilyBuilder known = declared.get(name);
        FamilyBuilder family = known == null ? family(name, name, FamilyType.UNKNOWN) : known;
        if (family.isTaken()) family.invalidate();
        for (Role role : Role.values()) putDerived(family.name() + role.suffix(), family, role);
        return family;
    }

    /** Finds the family of samples that no TYPE line announced, or makes one of their own. */
    SampleNames.Entry undeclared(String name) throws BadLine, TooLarge {
        if (name.endsWith("_total")) {
            // Some registries write the type under the name without the suffix in text 0.0.4 too.
            FamilyBuilder counter = declared.get(name.substring(0, name.length() - 6));
            if (counter != null
                    && isCounter(counter.type())
                    && counter.declared().equals(counter.name())
                    && counter.size() == 0) {
                counter.type(FamilyType.COUNTER);
                return names.put(bytes(name), counter, Role.TOTAL);
            }
        }
        FamilyBuilder of = declared.get(name);
        if (of != null) {
            if (of.isTaken()) of.invalidate();
            throw new BadLine("no sample of a %s is called '%s'"
                    .formatted(of.type().word(Dialect.Format.OPENMETRICS), ExpositionParser.shortened(name)));
        }
        of(name);
        FamilyBuilder family = family(name, name, FamilyType.UNKNOWN);
        family.untyped();
        return names.put(bytes(name), family, Role.VALUE);
    }

    /** Whether a sample fits its family; settles whether a counter's samples bear the suffix. */
    boolean suits(SampleNames.Entry entry, SampleScanner sample) {
        FamilyBuilder family = entry.family();
        return switch (entry.role()) {
            case TOTAL -> settle(family, FamilyType.COUNTER);
            case VALUE ->
                switch (family.type()) {
                    case COUNTER -> settle(family, FamilyType.EXACT_COUNTER);
                    case SUMMARY -> sample.specialIsNumberOrAbsent();
                    default -> true;
                };
            case BUCKET -> sample.specialIsNumberOrAbsent();
            case CREATED, COUNT, SUM, GCOUNT, GSUM, INFO -> true;
        };
    }

    private static boolean settle(FamilyBuilder counter, FamilyType type) {
        if (counter.type() == type) return true;
        if (counter.size() > 0) return false;
        counter.type(type);
        return true;
    }

    private FamilyBuilder family(String name, String base, FamilyType type) throws TooLarge {
        if (declared.size() == spec.limits().families())
            throw TooLarge.families(spec.limits().families());
        FamilyBuilder family = new FamilyBuilder(text, openMetrics, name, base, type, spec.takes(name));
        declared.put(name, family);
        return family;
    }

    private void putNames(FamilyBuilder of) {
        String base = of.name();
        switch (of.type()) {
            case COUNTER -> {
                putDerived(base + "_total", of, Role.TOTAL);
                if (openMetrics) {
                    putDerived(base + "_created", of, Role.CREATED);
                    putOwn(base, of);
                }
            }
            case EXACT_COUNTER, GAUGE, UNKNOWN, STATE_SET -> putOwn(base, of);
            case HISTOGRAM -> {
                putDerived(base + "_bucket", of, Role.BUCKET);
                putDerived(base + "_count", of, Role.COUNT);
                putDerived(base + "_sum", of, Role.SUM);
                if (openMetrics) putDerived(base + "_created", of, Role.CREATED);
            }
            case GAUGE_HISTOGRAM -> {
                putDerived(base + "_bucket", of, Role.BUCKET);
                putDerived(base + "_gcount", of, Role.GCOUNT);
                putDerived(base + "_gsum", of, Role.GSUM);
            }
            case SUMMARY -> {
                putOwn(base, of);
                putDerived(base + "_count", of, Role.COUNT);
                putDerived(base + "_sum", of, Role.SUM);
                if (openMetrics) putDerived(base + "_created", of, Role.CREATED);
            }
            case INFO -> putDerived(base + "_info", of, Role.INFO);
        }
    }

    private void putOwn(String name, FamilyBuilder family) {
        names.put(bytes(name), family, Role.VALUE);
    }

    /** Unless a family was declared under the very name. */
    private void putDerived(String name, FamilyBuilder family, Role role) {
        FamilyBuilder other = declared.get(name);
        if (other != null && other != family && !other.declared().equals(family.declared())) {
            if (!other.isUntyped()) return;
            if (other.size() > 0) lateType = true;
        }
        names.put(bytes(name), family, role);
    }

    private String baseOf(String name, FamilyType type) {
        String suffix = switch (type) {
            case COUNTER -> "_total";
            case INFO -> "_info";
            default -> "";
        };
        return !suffix.isEmpty() && name.endsWith(suffix) && name.length() > suffix.length()
                ? name.substring(0, name.length() - suffix.length())
                : name;
    }

    private @Nullable FamilyType typeOf(String name, String word) {
        return switch (word) {
            case "counter" ->
                openMetrics || (name.endsWith("_total") && name.length() > 6)
                        ? FamilyType.COUNTER
                        : FamilyType.EXACT_COUNTER;
            case "gauge" -> FamilyType.GAUGE;
            case "histogram" -> FamilyType.HISTOGRAM;
            case "gaugehistogram" -> FamilyType.GAUGE_HISTOGRAM;
            case "summary" -> FamilyType.SUMMARY;
            case "info" -> FamilyType.INFO;
            case "stateset" -> FamilyType.STATE_SET;
            case "unknown", "untyped" -> FamilyType.UNKNOWN;
            default -> null;
        };
    }

    private static boolean isCounter(FamilyType type) {
        return type == FamilyType.COUNTER || type == FamilyType.EXACT_COUNTER;
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
