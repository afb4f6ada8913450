package dev.nacelle.python.bridge;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the Python package {@code nacelle} lies that belongs to this code. */
public final class Sdk {
    private static final String FOLDER = "python";

    private Sdk() {}

    /** An entry for {@code sys.path}: a folder inside the jar, which Python imports from as it is, or a plain folder. */
    public static String folder() {
        var source = Sdk.class.getProtectionDomain().getCodeSource();
        if (source == null) throw new IllegalStateException("the Python SDK cannot be found: its code has no source");
        try {
            return Path.of(source.getLocation().toURI()).resolve(FOLDER).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the Python SDK cannot be found at " + source.getLocation(), e);
        }
    }

    /** Whether {@link #folder} lies in a jar. */
    public static boolean isInJar() {
        return !Files.isDirectory(Path.of(folder()));
    }
}
