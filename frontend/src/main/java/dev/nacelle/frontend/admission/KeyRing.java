package dev.nacelle.frontend.admission;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys of those who may ask. Only their hashes are kept, and each is compared, in constant time. From any thread. */
public final class KeyRing {
    private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);
    private static final String BEARER = "bearer ";

    /** What becomes of a request, by its key. */
    public sealed interface Verdict {
        record Allowed() implements Verdict {}

        record Unknown() implements Verdict {}

        record TooOften(Duration retryAfter) implements Verdict {}
    }

    private final ApiKeysConfig config;
    private final Optional<String> ofEnvironment;
    private volatile List<ApiKey> keys = List.of();
    private Optional<FileTime> modified = Optional.empty();

    /**
     * Reads the keys.
     *
     * @throws IOException when they cannot be read, or there are none where there should be; the message says which setting
     */
    public KeyRing(ApiKeysConfig config, Map<String, String> environment) throws IOException {
        this.config = config;
        ofEnvironment = config.environment().map(name -> environment.getOrDefault(name, ""));
        try {
            if (config.file().isPresent())
                modified = Optional.of(Files.getLastModifiedTime(config.file().get()));
            keys = read();
        } catch (IOException e) {
            throw new IOException("frontend.api_keys.file: the keys cannot be read: " + e.getMessage(), e);
        }
        if (isOn() && keys.isEmpty())
            throw new IOException("frontend.api_keys: found no key, expected at least one: nobody could ask");
    }

    private boolean isOn() {
        return config.file().isPresent() || ofEnvironment.isPresent();
    }

    /**
     * Judges a request, which counts as a use of its key.
     *
     * @param authorization the header of that name
     */
    public Verdict judge(Optional<String> authorization) {
        if (!isOn()) return new Verdict.Allowed();
        if (authorization.isEmpty() || !authorization.get().regionMatches(true, 0, BEARER, 0, BEARER.length()))
            return new Verdict.Unknown();
        var hash = KeyFile.sha256(authorization.get().substring(BEARER.length()).strip());
        ApiKey found = null;
        // All of them, so that the time tells nothing.
        for (var key : keys) if (MessageDigest.isEqual(key.sha256(), hash)) found = key;
        if (found == null) return new Verdict.Unknown();
        return found.use(System.nanoTime()).<Verdict>map(Verdict.TooOften::new).orElseGet(Verdict.Allowed::new);
    }

    /** Reads the file again if it has changed; what cannot be read is reported, and the keys stay as they were. By one thread. */
    public void reload() {
        if (config.file().isEmpty()) return;
        Path file = config.file().get();
        try {
            var now = Optional.of(Files.getLastModifiedTime(file));
            if (modified.equals(now)) return;
            // Noted before it is read: what is wrong with a file is said once.
            modified = now;
            var known = keys;
            keys = read().stream().map(key -> like(key, known)).toList();
            LOG.info("{}: {} API keys", file, keys.size());
        } catch (NoSuchFileException e) {
            if (modified.isPresent()) LOG.error("{} is gone, the API keys from before stay", file, e);
            modified = Optional.empty();
        } catch (IOException e) {
            LOG.error("API keys cannot be read, those from before stay: {}", e.getMessage(), e);
        }
    }

    /** A key that stays keeps its count. */
    private static ApiKey like(ApiKey key, List<ApiKey> known) {
        return known.stream().filter(key::isLike).findFirst().orElse(key);
    }

    private List<ApiKey> read() throws IOException {
        var all = new ArrayList<ApiKey>();
        if (config.file().isPresent()) all.addAll(KeyFile.read(config.file().get(), config.requestsPerMinute()));
        ofEnvironment.ifPresent(text -> all.addAll(KeyFile.ofText(text, config.requestsPerMinute())));
        return List.copyOf(all);
    }
}
