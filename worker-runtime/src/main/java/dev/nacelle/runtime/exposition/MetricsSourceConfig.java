package dev.nacelle.runtime.exposition;

import dev.nacelle.runtime.config.ByteSize;
import dev.nacelle.runtime.config.SecretFile;
import dev.nacelle.spi.config.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A foreign registry from the configuration alone: another process's page, or a text file that a job writes. One entry
 * of {@code metrics.sources}.
 */
public record MetricsSourceConfig(
        @Setting("Name of the source, the source label of nacelle_expfmt_* metrics")
        String name,

        @Setting("Page to scrape, http or https; either this or file")
        Optional<String> url,

        @Setting("Text file to read; either this or url") Optional<Path> file,

        @Setting(value = "How often it is read while somebody scrapes", byDefault = "5s")
        Duration interval,

        @Setting(value = "How long one reading may take", byDefault = "2s")
        Duration timeout,

        @Setting(value = "Silent for longer, its series leave the page", byDefault = "60s")
        Duration maxAge,

        @Setting(value = "Request headers, such as Authorization", byDefault = "{}", secret = true)
        Map<String, String> headers,

        @Setting("File with a token for 'Authorization: Bearer', read each time, so that a rotated one is used")
        Optional<SecretFile> bearerTokenFile,

        @Setting(value = "Families to take, by the beginning of their names; all when empty", byDefault = "[]")
        List<String> prefixFilters,

        @Setting(value = "Families to leave out, by the beginning of their names", byDefault = "[]")
        List<String> excludePrefixes,

        @Setting(value = "Labels to add to each sample; labels already there win", byDefault = "{}")
        Map<String, String> labels,

        @Setting(value = "Add dynamo_namespace, the label of the process's namespace, too", byDefault = "false")
        boolean injectAutoLabels,

        @Setting(value = "Most series; a source with more is left out whole", byDefault = "100000", min = 1)
        int maxSeries,

        @Setting(value = "Most bytes of text; a source with more is left out whole", byDefault = "16MiB")
        ByteSize maxBytes) {

    public MetricsSourceConfig {
        if (url.isPresent() == file.isPresent())
            throw new IllegalArgumentException("source '%s' has %s, expected exactly one of url and file"
                    .formatted(name, url.isPresent() ? "both url and file" : "neither url nor file"));
        if (bearerTokenFile.isPresent() && url.isEmpty())
            throw new IllegalArgumentException(
                    "source '%s' has a bearer_token_file and no url, expected it with a url only".formatted(name));
        headers = Map.copyOf(headers);
        prefixFilters = List.copyOf(prefixFilters);
        excludePrefixes = List.copyOf(excludePrefixes);
        labels = Map.copyOf(labels);
    }

    /** How the source is read, with the process's own labels beside those of the configuration, which win. */
    SourceSpec spec(Map<String, String> autoLabels) {
        Map<String, String> all = new HashMap<>(injectAutoLabels ? autoLabels : Map.of());
        all.putAll(labels);
        SourceLimits limits = new SourceLimits(
                maxSeries, maxBytes.bytes(), SourceLimits.DEFAULT.families(), SourceLimits.DEFAULT.labelBytes());
        return new SourceSpec(
                name,
                SourceSpec.InputFormat.AUTO,
                interval,
                timeout,
                maxAge,
                prefixFilters,
                excludePrefixes,
                all,
                limits);
    }
}
