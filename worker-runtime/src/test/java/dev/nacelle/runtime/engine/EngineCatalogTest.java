package dev.nacelle.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.spi.EngineProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineCatalogTest {
    @TempDir
    private Path folder;

    @Test
    void anEngineFromAJarIsListedWithItsOptionsAndOrigin() throws Exception {
        var jar = engine("rocket", "").write("rocket.jar");
        try (var catalog = EngineCatalog.load(List.of(jar))) {
            assertThat(catalog.entries()).anySatisfy(entry -> {
                assertThat(entry.name()).isEqualTo("rocket");
                assertThat(entry.description()).isEqualTo("an engine");
                assertThat(entry.origin()).contains(jar.toString());
                assertThat(entry.optionsType().getRecordComponents()).hasSize(1);
            });
            assertThat(catalog.optionsTypes()).containsKey("rocket");
            assertThat(catalog.provider("rocket")).isInstanceOf(EngineProvider.class);
        }
    }

    @Test
    void anEnginesOwnVersionOfAHostsLibraryIsTheOneItSees() throws Exception {
        var jar = engine("rocket", "com.fasterxml.jackson.databind.ObjectMapper.whose()")
                .source("com.fasterxml.jackson.databind.ObjectMapper", """
                        package com.fasterxml.jackson.databind;
                        public class ObjectMapper { public static String whose() { return "the engine's own"; } }
                        """)
                .write("rocket.jar");
        try (var catalog = EngineCatalog.load(List.of(jar))) {
            var provider = catalog.provider("rocket");
            assertThat(provider.description()).isEqualTo("the engine's own");
            assertThat(provider.getClass().getClassLoader().loadClass(ObjectMapper.class.getName()))
                    .isNotEqualTo(ObjectMapper.class);
        }
    }

    @Test
    void anEngineSeesTheSpiAndTheJdkAndNothingElseOfTheHost() throws Exception {
        var jar = engine("rocket", "").write("rocket.jar");
        try (var catalog = EngineCatalog.load(List.of(jar))) {
            var loader = catalog.provider("rocket").getClass().getClassLoader();
            assertThat(loader.loadClass(EngineProvider.class.getName())).isEqualTo(EngineProvider.class);
            assertThat(loader.loadClass("java.sql.Connection")).isNotNull();
            assertThat(loader.getResource("org/slf4j/Logger.class")).isNull();
            assertThatExceptionOfType(ClassNotFoundException.class)
                    .isThrownBy(() -> loader.loadClass("org.slf4j.Logger"));
            assertThatExceptionOfType(ClassNotFoundException.class)
                    .isThrownBy(() -> loader.loadClass(EngineCatalog.class.getName()));
        }
    }

    @Test
    void theJarsOfAFolderSeeEachOtherAndThoseOfOtherEntriesDoNot() throws Exception {
        var lib = folder.resolve("lib");
        Files.createDirectory(lib);
        new JarMaker(lib)
                .source(
                        "lib.Word",
                        "package lib; public class Word { public static String get() { return \"shared\"; } }")
                .write("word.jar");
        engineIn(lib, "rocket", "lib.Word.get()")
                .source(
                        "lib.Word",
                        "package lib; public class Word { public static String get() { return \"shared\"; } }")
                .write("rocket.jar");
        var other = engine("sail", "").write("sail.jar");
        try (var catalog = EngineCatalog.load(List.of(lib, other))) {
            assertThat(catalog.provider("rocket").description()).isEqualTo("shared");
            var sail = catalog.provider("sail").getClass().getClassLoader();
            assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> sail.loadClass("lib.Word"));
        }
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNearestAndAllThereAre() throws Exception {
        var rocket = engine("rocket", "").write("rocket.jar");
        var sail = engine("sail", "").write("sail.jar");
        try (var catalog = EngineCatalog.load(List.of(rocket, sail))) {
            assertThatExceptionOfType(StartException.class)
                    .isThrownBy(() -> catalog.provider("rokcet"))
                    .withMessageContainingAll("'rokcet'", "Did you mean 'rocket'?", "rocket, sail");
        }
    }

    @Test
    void twoEnginesOfOneNameAreRefusedNamingBothPlaces() throws Exception {
        var one = engine("rocket", "").write("one.jar");
        var two = engine("rocket", "").write("two.jar");
        assertThat(refusal(one, two)).contains("'rocket' is there twice", "one.jar", "two.jar");
    }

    @Test
    void anEntryThatIsNotThereIsNamed() {
        assertThat(refusal(folder.resolve("nowhere"))).contains("nowhere", "no such file or folder");
    }

    @Test
    void aFolderWithoutJarsIsNamed() {
        assertThat(refusal(folder)).contains(folder.toString(), "without jars");
    }

    @Test
    void aFileThatIsNoJarIsNamed() throws IOException {
        var file = Files.writeString(folder.resolve("broken.jar"), "this is text");
        assertThat(refusal(file)).contains("broken.jar", "cannot be read as a jar");
    }

    @Test
    void aJarWithoutAProviderIsToldHowToNameOne() throws IOException {
        var jar = new JarMaker(folder).text("readme.txt", "nothing").write("empty.jar");
        assertThat(refusal(jar)).contains("empty.jar", "META-INF/services/dev.nacelle.spi.EngineProvider");
    }

    @Test
    void aProviderThatIsMissingFromItsJarIsNamed() throws IOException {
        var jar = new JarMaker(folder).provider("gone.Provider").write("gone.jar");
        assertThat(refusal(jar)).contains("gone.jar", "gone.Provider");
    }

    @Test
    void aProviderThatThrowsIsNamedWithItsReason() throws IOException {
        var jar = engine("rocket", "")
                .source("rocket.Fuel", "package rocket; class Fuel {}")
                .source("rocket.Broken", """
                        package rocket;
                        public class Broken extends Provider {
                            public Broken() { throw new IllegalStateException("no licence"); }
                        }
                        """)
                .provider("rocket.Broken")
                .write("broken.jar");
        assertThat(refusal(jar)).contains("broken.jar", "rocket.Broken", "no licence");
    }

    @Test
    void aClassThatAnEngineLacksIsNamed() throws IOException {
        // Compiles against the host's class path, which is not there when it runs.
        var jar = engine("rocket", "org.slf4j.LoggerFactory.getLogger(\"x\").getName()")
                .write("lacking.jar");
        assertThat(refusal(jar)).contains("lacking.jar", "org/slf4j/LoggerFactory");
    }

    @Test
    void aNameThatIsNoNameIsRefused() throws IOException {
        assertThat(refusal(engine("Rocket One", "").write("names.jar"))).contains("'Rocket One'", "lower-case");
    }

    private String refusal(Path... enginePath) {
        try (var catalog = EngineCatalog.load(List.of(enginePath))) {
            throw new AssertionError("loaded " + catalog.entries());
        } catch (StartException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private JarMaker engine(String name, String description) {
        return engineIn(folder, name, description);
    }

    /** @param description an expression; empty for a plain one */
    private static JarMaker engineIn(Path folder, String name, String description) {
        return new JarMaker(folder)
                .source("rocket.Provider", """
                        package rocket;
                        import dev.nacelle.spi.EngineProvider;
                        import dev.nacelle.spi.LLMEngine;
                        public class Provider implements EngineProvider<Provider.Options> {
                            public record Options(int thrust) {}
                            public String name() { return "%s"; }
                            public String description() { return %s; }
                            public Class<Options> optionsType() { return Options.class; }
                            public LLMEngine create(Options options) { throw new IllegalStateException(); }
                        }
                        """.formatted(name, description.isEmpty() ? "\"an engine\"" : description))
                .provider("rocket.Provider");
    }
}
