package dev.nacelle.runtime.engine;

import dev.nacelle.runtime.role.StartException;
import dev.nacelle.spi.EngineProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/** The engine providers that one class loader finds. */
final class Providers {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]+");

    private Providers() {}

    /** @throws StartException when one of them cannot be loaded; it names the place, the provider and the reason */
    static List<EngineCatalog.Entry> load(String origin, ClassLoader loader) throws StartException {
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader); // a provider's static parts may look there
        try {
            var entries = new ArrayList<EngineCatalog.Entry>();
            for (var providers =
                            ServiceLoader.load(EngineProvider.class, loader).iterator();
                    providers.hasNext(); ) entries.add(entry(origin, providers.next()));
            return entries;
        } catch (ServiceConfigurationError e) {
            throw new StartException("%s: %s%s".formatted(origin, withoutPrefix(e), cause(e)), e);
        } catch (LinkageError e) {
            throw new StartException("%s: a class of an engine cannot be loaded: %s".formatted(origin, e), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static EngineCatalog.Entry entry(String origin, EngineProvider<?> provider) throws StartException {
        var type = provider.getClass().getName();
        String name;
        Class<? extends Record> options;
        String description;
        try {
            name = provider.name();
            options = provider.optionsType();
            description = provider.description();
        } catch (RuntimeException e) {
            throw new StartException("%s: provider %s failed: %s".formatted(origin, type, e), e);
        }
        if (name == null || !NAME.matcher(name).matches())
            throw new StartException("%s: provider %s has the name '%s', expected lower-case letters, digits, - and _"
                    .formatted(origin, type, name));
        if (options == null || !options.isRecord())
            throw new StartException(
                    "%s: provider %s has options of %s, expected a record".formatted(origin, type, options));
        return new EngineCatalog.Entry(name, String.valueOf(description), options, origin, provider);
    }

    /** The error's message begins with the service's name, which says nothing here. */
    private static String withoutPrefix(ServiceConfigurationError e) {
        var message = String.valueOf(e.getMessage());
        var prefix = EngineProvider.class.getName() + ": ";
        return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    }

    private static String cause(ServiceConfigurationError e) {
        return e.getCause() == null ? "" : ": " + e.getCause();
    }
}
