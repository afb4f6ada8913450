package dev.nacelle.frontend.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A library is loaded once a class loader: each of these has one of its own. */
class NativeLibraryTest {
    private static URLClassLoader freshLoader() {
        var classPath = System.getProperty("java.class.path").split(File.pathSeparator, -1);
        var urls = Stream.of(classPath).map(NativeLibraryTest::url).toArray(URL[]::new);
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError(entry, e);
        }
    }

    /** What the failure to load a tokenizer says, or the tokenizer's vocabulary size. */
    private static String load(ClassLoader loader) throws ReflectiveOperationException {
        try {
            var tokenizers = loader.loadClass(Tokenizers.class.getName());
            var tokenizer = tokenizers.getMethod("load", Path.class).invoke(null, TokenizerFolder.AUSTEN);
            try (var closing = (AutoCloseable) tokenizer) {
                return String.valueOf(loader.loadClass(Tokenizer.class.getName())
                        .getMethod("vocabularySize")
                        .invoke(closing));
            } catch (ReflectiveOperationException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        } catch (InvocationTargetException e) {
            return String.valueOf(e.getCause());
        }
    }

    @Test
    void twoClassLoadersOfOneJvmEachHaveALibrary() throws Exception {
        try (var first = freshLoader();
                var second = freshLoader()) {
            assertThat(load(first)).isEqualTo("2048");
            assertThat(load(second)).isEqualTo("2048");
        }
    }

    @Test
    void aLibraryThatCannotBeLoadedIsNamedEachTime() throws Exception {
        System.setProperty(NativeLibrary.PROPERTY, "no/such/library.so");
        try (var loader = freshLoader()) {
            assertThat(load(loader)).contains("TokenizerException", "no/such/library.so", "java.io.tmpdir");
            assertThat(load(loader)).contains("TokenizerException", "no/such/library.so");
        } finally {
            System.clearProperty(NativeLibrary.PROPERTY);
        }
    }
}
