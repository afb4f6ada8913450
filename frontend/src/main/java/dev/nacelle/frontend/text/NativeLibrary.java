package dev.nacelle.frontend.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;

/**
 * Loads the native library of Hugging Face's tokenizers, once a class loader, from a private copy in the temporary
 * folder that is unlinked at once. The system property {@value #PROPERTY} names an unpacked library to load instead
 * (where the temporary folder forbids execution, say).
 */
final class NativeLibrary {
    static final String PROPERTY = "nacelle.tokenizers.library";

    private NativeLibrary() {}

    /** @throws TokenizerException when this platform has no library, or it cannot be loaded */
    static TokenizersLibrary get() {
        Loaded.FAILURE.ifPresent(failure -> {
            throw new TokenizerException(String.valueOf(failure.getMessage()), failure);
        });
        return TokenizersLibrary.LIB;
    }

    /** A native library belongs to a class loader, so what became of it lives where the class does. */
    private static final class Loaded {
        static final Optional<TokenizerException> FAILURE = load();
    }

    private static Optional<TokenizerException> load() {
        try {
            var unpacked = System.getProperty(PROPERTY);
            if (unpacked != null) link(Path.of(unpacked).toAbsolutePath());
            else linkCopy(resource(System.getProperty("os.name"), System.getProperty("os.arch")));
            return Optional.empty();
        } catch (TokenizerException e) {
            return Optional.of(e);
        }
    }

    /** Where the jar keeps the library of a platform. */
    static String resource(String os, String architecture) {
        var processor = switch (architecture) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch64";
            default -> architecture;
        };
        return os.startsWith("Mac")
                ? "/native/lib/osx-%s/cpu/libtokenizers.dylib".formatted(processor)
                : "/native/lib/%s-%s/cpu/libtokenizers.so".formatted(os.toLowerCase(Locale.ROOT), processor);
    }

    private static void linkCopy(String resource) {
        try (InputStream library = TokenizersLibrary.class.getResourceAsStream(resource)) {
            if (library == null)
                throw new TokenizerException(
                        "no native tokenizer library for this platform (%s), expected linux-x86_64, linux-aarch64 or osx-aarch64; -D%s names one elsewhere"
                                .formatted(resource, PROPERTY));
            // Readable by this user alone, and under a name nobody can have put a library at before.
            var copy = Files.createTempFile("nacelle-tokenizers-", ".so");
            try {
                Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
                link(copy);
            } finally {
                unlink(copy);
            }
        } catch (IOException e) {
            throw new TokenizerException(
                    "cannot unpack the native tokenizer library into %s (%s): give a writable folder with -Djava.io.tmpdir, or an unpacked library with -D%s"
                            .formatted(System.getProperty("java.io.tmpdir"), e.getMessage(), PROPERTY),
                    e);
        }
    }

    @SuppressWarnings("restricted") // the one place: --enable-native-access tells the JVM that it is meant
    private static void link(Path library) {
        try {
            System.load(library.toString());
        } catch (UnsatisfiedLinkError e) {
            throw new TokenizerException(
                    "cannot load the native tokenizer library %s: %s. It needs glibc and a folder that allows execution (-Djava.io.tmpdir chooses another)"
                            .formatted(library, e.getMessage()),
                    e);
        }
    }

    private static void unlink(Path copy) {
        try {
            Files.delete(copy);
        } catch (IOException e) {
            // Some systems keep the file of a loaded library.
            copy.toFile().deleteOnExit();
        }
    }
}
