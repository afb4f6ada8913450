/**
 * Chat templates of language models: a Jinja2 interpreter with Python's semantics, as Hugging Face sets jinja2 up.
 * {@link dev.nacelle.template.ChatTemplate} is the way in.
 */
@NullMarked
package dev.nacelle.template;

import org.jspecify.annotations.NullMarked;
