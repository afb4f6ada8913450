package dev.nacelle.python.bridge;

/** Carries Python's traceback into the log as the cause of an error. Has no Java stack: that says nothing of it. */
final class PythonTraceback extends Exception {
    private static final long serialVersionUID = 1L;

    PythonTraceback(String traceback) {
        super(traceback, null, false, false);
    }

    /** The traceback alone: it begins with words of its own. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the class's name before it would be the wrong one
    public String toString() {
        return String.valueOf(getMessage());
    }
}
