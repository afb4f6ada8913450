package dev.nacelle.runtime.config;

/** Where a value was written, so that a person can go there and change it. {@code toString()} is what is printed. */
public sealed interface Origin {

    /** Nobody set it: the record's own default. */
    record Default() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /**
     * A place in a file.
     *
     * @param file the file as the user named it
     * @param line from 1; 0 when the problem is the file as a whole
     * @param column from 1, in characters; 0 when the problem is the file as a whole
     */
    record File(String file, int line, int column) implements Origin {
        @Override
        public String toString() {
            return line == 0 ? file : file + ":" + line + ":" + column;
        }
    }

    /** An environment variable, by its full name. */
    record Environment(String name) implements Origin {
        @Override
        public String toString() {
            return "environment " + name;
        }
    }

    /** A {@code --set path=value} expression; only its path is kept, as the value may be a secret. */
    record SetOption(String path) implements Origin {
        @Override
        public String toString() {
            return "--set " + path;
        }
    }
}
