package dev.nacelle.frontend.model;

import dev.nacelle.frontend.text.PrefixStore;
import dev.nacelle.runtime.plane.Directory;
import dev.nacelle.runtime.plane.Instance;
import dev.nacelle.runtime.plane.WorkerCard;
import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.ModelInput;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of a plane's directory, by name. A model comes with its first instance and goes with its last; tokenizers
 * are loaded once a folder, on threads of their own. Reading is one look at an immutable map.
 */
public final class ModelCatalog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCatalog.class);

    /** Hears of models that come and go; called by one thread at a time, must be short. */
    public interface Listener {
        void changed(ServedModel model);

        void gone(String model);
    }

    private final PrefixStore prefixes;
    private final Listener listener;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<ModelText.Source, ModelText> texts = new LinkedHashMap<>();
    private volatile Known known = new Known(List.of(), Map.of());
    private final Directory.Watch watch;

    /**
     * What is known at a time.
     *
     * @param models each once, in order of arrival
     */
    private record Known(List<ServedModel> models, Map<String, ServedModel> byName) {}

    private record Entry(List<Instance> instances, ModelText.Source text, long createdSeconds) {}

    /**
     * Watches the directory until closed.
     *
     * @param prefixes where tokenized beginnings of prompts are kept
     */
    public ModelCatalog(Directory directory, PrefixStore prefixes, Listener listener) {
        this.prefixes = prefixes;
        this.listener = listener;
        watch = directory.watch(new Directory.Listener() {
            @Override
            public void joined(Instance instance) {
                add(instance);
            }

            @Override
            public void left(Instance instance) {
                remove(instance);
            }
        });
    }

    /** The model that answers to that name. */
    public Optional<ServedModel> find(String name) {
        return Optional.ofNullable(known.byName().get(name));
    }

    /** Every model once, in order of arrival. */
    public List<ServedModel> models() {
        return known.models();
    }

    /** Whether every model's tokenizer was loaded, or cannot be. */
    public boolean isLoaded() {
        return models().stream().allMatch(model -> model.text().isLoaded());
    }

    /** Waits until the tokenizers of the models that are there now are loaded. @return false when it took too long */
    public boolean awaitLoaded(Deadline deadline) throws InterruptedException {
        for (var model : models()) if (!model.text().awaitLoaded(deadline)) return false;
        return true;
    }

    @Override
    public void close() {
        watch.close();
        synchronized (this) {
            entries.clear();
            texts.values().forEach(ModelText::release);
            texts.clear();
            known = new Known(List.of(), Map.of());
        }
    }

    private synchronized void add(Instance instance) {
        var card = instance.card();
        if (card.disaggregation() == Disaggregation.PREFILL) return;
        var name = card.config().modelName();
        var entry = entries.get(name);
        if (entry == null) {
            var text = text(card);
            entry = new Entry(new ArrayList<>(), text, Instant.now().getEpochSecond());
            entries.put(name, entry);
            share(text);
        } else if (!entry.text().equals(text(card))) {
            LOG.warn(
                    "worker {} serves {} with tokenizer and chat template of {}, others with those of {}: the latter are used for all",
                    card.instanceHex(),
                    name,
                    shown(text(card)),
                    shown(entry.text()));
        }
        entry.instances().add(instance);
        changed(name);
    }

    private synchronized void remove(Instance instance) {
        var name = instance.card().config().modelName();
        var entry = entries.get(name);
        if (entry == null || !entry.instances().remove(instance)) return;
        if (entry.instances().isEmpty()) {
            entries.remove(name);
            unshare(entry.text());
        }
        changed(name);
    }

    private void share(ModelText.Source source) {
        if (texts.containsKey(source)) return;
        var text = new ModelText(source, prefixes);
        texts.put(source, text);
        // Seconds of work for one core: not a virtual thread's.
        Thread.ofPlatform().daemon().name("tokenizer-loader").start(text::load);
    }

    private void unshare(ModelText.Source source) {
        if (entries.values().stream().anyMatch(entry -> entry.text().equals(source))) return;
        var text = texts.remove(source);
        if (text != null) text.release();
    }

    private static String shown(ModelText.Source source) {
        var folder = source.folder().map(Path::toString).orElse("bytes");
        return source.template().isPresent() ? folder + " and a template of its own" : folder;
    }

    private void changed(String name) {
        known = known();
        var model = known.byName().get(name);
        if (model != null && model.name().equals(name)) listener.changed(model);
        else listener.gone(name);
    }

    /** A model's own name goes before another's alias. */
    private Known known() {
        var found = new LinkedHashMap<String, ServedModel>();
        entries.forEach((name, entry) -> model(name, entry).ifPresent(model -> found.put(name, model)));
        var models = List.copyOf(found.values());
        for (var model : models) for (var alias : model.names()) found.putIfAbsent(alias, model);
        return new Known(models, found);
    }

    private Optional<ServedModel> model(String name, Entry entry) {
        var text = texts.get(entry.text());
        if (text == null) return Optional.empty();
        var config = entry.instances().getFirst().card().config();
        var names = new LinkedHashSet<>(List.of(name, config.model()));
        names.addAll(config.aliases());
        return Optional.of(
                new ServedModel(name, List.copyOf(names), config, entry.instances(), text, entry.createdSeconds()));
    }

    /** An engine that takes text tokenizes by itself, and its model's folder need hold no tokenizer. */
    private static ModelText.Source text(WorkerCard card) {
        var folder = card.config().input() == ModelInput.TEXT
                ? Optional.<Path>empty()
                : card.modelPath().or(() -> card.config().tokenizerPath());
        return ModelText.Source.of(folder, card.config().runtimeData());
    }
}
