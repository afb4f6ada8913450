package dev.nacelle.runtime.exposition;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What our parser makes of an exposition: what {@code nacelle metrics} prints.
 *
 * @param format {@code OpenMetrics 1.0} or {@code text 0.0.4}
 * @param families in the order of the text
 * @param series samples in them
 * @param complaints everything that is wrong, in the order of its lines
 * @param refusal why the text cannot be taken at all; empty when it can
 */
public record ExpositionReport(
        String format, List<Family> families, int series, List<Complaint> complaints, Optional<String> refusal) {

    /**
     * A family.
     *
     * @param name as its TYPE line says it
     * @param type as OpenMetrics calls it
     * @param series how many samples it has
     * @param help empty when there is none
     */
    public record Family(String name, String type, int series, String help) {}

    public ExpositionReport {
        families = List.copyOf(families);
        complaints = List.copyOf(complaints);
    }

    /** Reads an exposition, whatever its size. */
    public static ExpositionReport of(byte[] text) {
        SourceLimits wide = new SourceLimits(Integer.MAX_VALUE, 1L << 30, Integer.MAX_VALUE, Integer.MAX_VALUE);
        String format =
                ExpositionParser.isOpenMetrics(text, SourceSpec.InputFormat.AUTO) ? "OpenMetrics 1.0" : "text 0.0.4";
        try {
            ParsedPage page =
                    ExpositionParser.parse(text, SourceSpec.named("file").limited(wide), Integer.MAX_VALUE);
            List<Family> families = new ArrayList<>();
            List<Complaint> complaints = new ArrayList<>(page.complaints());
            int[] newlines =
                    IntStream.range(0, text.length).filter(i -> text[i] == '\n').toArray();
            for (ParsedFamily family : page.families()) {
                families.add(new Family(family.textName(), family.type().toString(), family.size(), family.help()));
                if (OpenMetricsRules.order(family).isEmpty())
                    complaints.add(new Complaint(
                            lineOf(family.offset(0, ParsedFamily.START), newlines),
                            Complaint.Kind.NOTE,
                            "family '%s' is no proper %s (buckets, counts, signs or timestamps): OpenMetrics and protobuf show it as unknown"
                                    .formatted(family.textName(), family.type())));
            }
            complaints.sort(Comparator.comparingInt(Complaint::line));
            return new ExpositionReport(format, families, page.series(), complaints, Optional.empty());
        } catch (TooLarge | BadLine e) {
            return new ExpositionReport(format, List.of(), 0, List.of(), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    /** The line of a place in a text, from 1, by where its newlines are. */
    private static int lineOf(int offset, int[] newlines) {
        // None stands at the place itself, so that what is found is where one would go.
        return -Arrays.binarySearch(newlines, offset);
    }

    /**
     * Reads an exposition from a file or, when the place begins with {@code http://} or {@code https://}, from another
     * process.
     */
    public static ExpositionReport read(String place) throws IOException, InterruptedException {
        if (!place.matches("https?://.*")) return of(Files.readAllBytes(Path.of(place)));
        SourceLimits wide = new SourceLimits(1, 1L << 30, 1, 1);
        try (UrlReader reader = new UrlReader(URI.create(place), Map.of(), Optional.empty(), Duration.ofSeconds(30))) {
            return of(reader.read(wide));
        } catch (TooLarge e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** True when everything could be taken as it stands. */
    public boolean isClean() {
        return refusal.isEmpty() && complaints.isEmpty();
    }

    /** For people: a table of the families, then the complaints. */
    public String toText() {
        StringBuilder text = new StringBuilder();
        int width = families.stream().mapToInt(f -> f.name().length()).max().orElse(0);
        for (Family family : families)
            text.append(String.format(
                    Locale.ROOT,
                    "%-" + Math.max(width, 1) + "s  %-14s %8d  %s%n",
                    family.name(),
                    family.type(),
                    family.series(),
                    ExpositionParser.shortened(family.help().replace('\n', ' '))));
        for (Complaint complaint : complaints) text.append(complaint).append(System.lineSeparator());
        refusal.ifPresent(reason -> text.append(reason).append(System.lineSeparator()));
        return text.append(String.format(
                        Locale.ROOT,
                        "%s: %d families, %d series, %d complaints%n",
                        format,
                        families.size(),
                        series,
                        complaints.size() + (refusal.isPresent() ? 1 : 0)))
                .toString();
    }
}
