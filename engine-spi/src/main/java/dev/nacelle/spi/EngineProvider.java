package dev.nacelle.spi;

/**
 * Makes engines of one kind; found through {@link java.util.ServiceLoader}. The host reads the worker's {@code options}
 * into the record {@code O}, whose components carry {@link dev.nacelle.spi.config.Setting} annotations, so that unknown
 * or ill-typed options fail before {@link #create}, naming the option.
 *
 * @param <O> the options
 */
public interface EngineProvider<O extends Record> {
    /** What the configuration's {@code engine} key names: lower case, digits, {@code -} and {@code _}. */
    String name();

    /** One line for {@code nacelle engines}. */
    String description();

    /** The class of the options. */
    Class<O> optionsType();

    /**
     * A new engine, not started; allocates nothing heavy.
     *
     * @throws IllegalArgumentException when the options do not go together; the message names the option
     */
    LLMEngine create(O options);
}
