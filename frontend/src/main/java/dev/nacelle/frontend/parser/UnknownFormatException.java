package dev.nacelle.frontend.parser;

/** There is no parser of the name that a setting has. */
public final class UnknownFormatException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnknownFormatException(String setting, Object found, String expected) {
        super("%s: found '%s', expected %s".formatted(setting, found, expected));
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
