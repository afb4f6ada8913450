package dev.nacelle.runtime.engine;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles sources against the test's class path and puts them into a jar: a real engine from outside. */
public final class JarMaker {
    private final Path folder;
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> texts = new LinkedHashMap<>();

    public JarMaker(Path folder) {
        this.folder = folder;
    }

    /** A class by its full name. */
    public JarMaker source(String name, String code) {
        sources.put(name, code);
        return this;
    }

    /** A file that is no class. */
    public JarMaker text(String path, String content) {
        texts.put(path, content);
        return this;
    }

    public JarMaker provider(String className) {
        return text("META-INF/services/dev.nacelle.spi.EngineProvider", className + "\n");
    }

    public Path write(String jarName) throws IOException {
        var classes = Files.createTempDirectory(folder, "classes");
        compile(classes);
        var jar = folder.resolve(jarName);
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
                var files = Files.walk(classes)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, out);
            }
            for (var text : texts.entrySet()) {
                out.putNextEntry(new JarEntry(text.getKey()));
                out.write(text.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }

    private void compile(Path classes) throws IOException {
        if (sources.isEmpty()) return;
        var compiler = ToolProvider.getSystemJavaCompiler();
        var problems = new DiagnosticCollector<JavaFileObject>();
        var units = sources.entrySet().stream()
                .map(source -> new SourceText(source.getKey(), source.getValue()))
                .toList();
        try (var files = compiler.getStandardFileManager(problems, null, StandardCharsets.UTF_8)) {
            var options = List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none");
            if (!compiler.getTask(null, files, problems, options, null, units).call())
                throw new AssertionError(
                        problems.getDiagnostics().stream().map(Object::toString).collect(Collectors.joining("\n")));
        }
    }

    private static final class SourceText extends SimpleJavaFileObject {
        private final String code;

        SourceText(String className, String code) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.code = code;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }
}
