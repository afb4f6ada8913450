package dev.nacelle.frontend.api;

/** Whether the model may, must or must not call tools. */
public sealed interface ToolChoice {
    /** It answers with text; it is shown no tools. */
    record None() implements ToolChoice {}

    /** As it sees fit. */
    record Auto() implements ToolChoice {}

    /** It calls at least one. */
    record Required() implements ToolChoice {}

    /** It calls that one. */
    record Named(String tool) implements ToolChoice {}
}
