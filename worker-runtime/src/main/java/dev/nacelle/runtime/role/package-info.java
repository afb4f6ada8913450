/** What a process does: roles, and what the host gives them. */
@NullMarked
package dev.nacelle.runtime.role;

import org.jspecify.annotations.NullMarked;
