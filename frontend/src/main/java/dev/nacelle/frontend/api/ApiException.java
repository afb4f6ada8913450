package dev.nacelle.frontend.api;

/** A request that cannot be answered as asked. Has no stack trace: it says something of the request, not of the code. */
public final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ApiError error;

    public ApiException(ApiError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    public ApiError error() {
        return error;
    }
}
