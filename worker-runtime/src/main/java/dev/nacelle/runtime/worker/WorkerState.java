package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.metrics.ShutdownStage;
import java.util.Optional;

/** Where a worker stands in its life. */
sealed interface WorkerState {
    /** The engine was created, and nothing of it called yet: nothing to clean up. */
    record Created() implements WorkerState {}

    /** Inside the engine's {@code start}. From here on a cleanup is owed. */
    record Starting(double progress, String message) implements WorkerState {}

    /** {@code start} returned; metrics, KV events and endpoint are being set up. */
    record Preparing() implements WorkerState {}

    record Serving() implements WorkerState {}

    /** Serving, and something is wrong. */
    record Degraded(String message) implements WorkerState {}

    /** The canary got no answer, or work stands still. */
    record Unresponsive(String message) implements WorkerState {}

    /** The engine says that it cannot serve. */
    record Down(String message) implements WorkerState {}

    record Draining(ShutdownStage stage) implements WorkerState {}

    /** A step of the start failed; the engine still has to be cleaned up. */
    record StartFailed(String message) implements WorkerState {}

    /** The engine was cleaned up, or never entered. */
    record Stopped() implements WorkerState {}

    /** The state in a word, for {@code /health}. */
    default String word() {
        return switch (this) {
            case Created _ -> "created";
            case Starting _ -> "starting";
            case Preparing _ -> "preparing";
            case Serving _ -> "serving";
            case Degraded _ -> "degraded";
            case Unresponsive _ -> "unresponsive";
            case Down _ -> "down";
            case Draining _ -> "draining";
            case StartFailed _ -> "start_failed";
            case Stopped _ -> "stopped";
        };
    }

    /** Whether requests are taken. */
    default boolean isReady() {
        return switch (this) {
            case Serving _, Degraded _ -> true;
            case Created _, Starting _, Preparing _, Unresponsive _, Down _, Draining _, StartFailed _, Stopped _ ->
                false;
        };
    }

    /** What more there is to say, for people. */
    default Optional<String> detail() {
        return switch (this) {
            case Starting starting -> Optional.of(starting.message());
            case Degraded(var message) -> Optional.of(message);
            case Unresponsive(var message) -> Optional.of(message);
            case Down(var message) -> Optional.of(message);
            case StartFailed(var message) -> Optional.of(message);
            case Draining(var stage) -> Optional.of(stage.label());
            case Created _, Preparing _, Serving _, Stopped _ -> Optional.empty();
        };
    }
}
