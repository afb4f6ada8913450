/**
 * The conformance kit: plain Java that takes a factory of engines and says, rule by rule, whether they keep the
 * contract. Start at {@link dev.nacelle.spi.conformance.Conformance}.
 */
@NullMarked
package dev.nacelle.spi.conformance;

import org.jspecify.annotations.NullMarked;
