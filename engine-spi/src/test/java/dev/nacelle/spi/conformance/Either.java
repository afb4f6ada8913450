package dev.nacelle.spi.conformance;

import dev.nacelle.spi.request.GenerateContext;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A context that is cancelled for a second reason too. */
record Either(GenerateContext context, BooleanSupplier orElse) implements GenerateContext {
    @Override
    public String id() {
        return context.id();
    }

    @Override
    public boolean isCancelled() {
        return context.isCancelled() || orElse.getAsBoolean();
    }

    @Override
    public void onCancel(Runnable action) {
        context.onCancel(action);
    }

    @Override
    public void notifyFirstToken() {
        context.notifyFirstToken();
    }

    @Override
    public Map<String, String> metadata() {
        return context.metadata();
    }

    @Override
    public Map<String, String> traceHeaders() {
        return context.traceHeaders();
    }
}
