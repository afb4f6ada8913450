package dev.nacelle.benchmarks.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page whose tables a benchmark writes: each from {@code <!-- name: begin -->} to {@code <!-- name: end -->}. */
record Page(Path file) {
    /** Prints the text, and puts it in the place of what stood between the marks. */
    void write(String name, String text) throws IOException {
        System.out.println(text);
        var page = Files.readString(file);
        var begin = "<!-- %s: begin -->\n".formatted(name);
        int from = page.indexOf(begin);
        int to = page.indexOf("<!-- %s: end -->".formatted(name));
        if (from < 0 || to < from) throw new IOException("%s has no marks of '%s'".formatted(file, name));
        Files.writeString(file, page.substring(0, from + begin.length()) + text + page.substring(to));
    }
}
