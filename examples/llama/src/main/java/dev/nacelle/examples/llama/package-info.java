/**
 * A Llama-architecture decoder in plain Java, and an example of how an engine is written.
 *
 * <p>{@link dev.nacelle.examples.llama.LlamaEngine} is the engine: it reads a model ({@code ModelConfig},
 * {@code Checkpoint}, {@code Weights}) and starts a {@code Scheduler}, whose one thread steps every running
 * {@code Sequence} together through the {@code Transformer}, with keys and values in blocks of a {@code BlockPool}.
 */
@NullMarked
package dev.nacelle.examples.llama;

import org.jspecify.annotations.NullMarked;
