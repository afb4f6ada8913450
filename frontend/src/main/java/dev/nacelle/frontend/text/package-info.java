/**
 * Text to tokens and back: tokenizers, streaming detokenization, stop strings, chat formats. Pure: nothing here does
 * I/O but {@link dev.nacelle.frontend.text.Tokenizers#load loading a tokenizer}.
 */
@NullMarked
package dev.nacelle.frontend.text;

import org.jspecify.annotations.NullMarked;
