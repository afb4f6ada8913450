package dev.nacelle.runtime.config;

import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** The parser's words for the commonest slips, said so that one knows what to change. */
final class SyntaxMessage {
    private SyntaxMessage() {}

    static String of(MarkedYamlEngineException syntax) {
        var problem = syntax.getProblem();
        if (problem.contains("\\t") || problem.contains("TAB")) {
            return "a tab; indent with spaces";
        }
        if (problem.contains("mapping values are not allowed here")) {
            return "a second \": \" in one line, or a wrong indentation; put a text that holds \": \" in quotes";
        }
        if (problem.contains("<block end>")) {
            return "something that does not belong here: a wrong indentation, or text after a value";
        }
        return "no readable YAML: " + problem;
    }
}
