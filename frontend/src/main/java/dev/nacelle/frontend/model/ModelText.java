package dev.nacelle.frontend.model;

import dev.nacelle.frontend.parser.Dialect;
import dev.nacelle.frontend.parser.UnknownFormatException;
import dev.nacelle.frontend.template.ModelTemplates;
import dev.nacelle.frontend.template.TemplateFormat;
import dev.nacelle.frontend.text.ChatFormat;
import dev.nacelle.frontend.text.Detokenizer;
import dev.nacelle.frontend.text.MarkedDetokenizer;
import dev.nacelle.frontend.text.PrefixStore;
import dev.nacelle.frontend.text.PromptEncoder;
import dev.nacelle.frontend.text.Tokenizer;
import dev.nacelle.frontend.text.Tokenizers;
import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.template.TemplateException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokenizer and chat format of one model folder, shared by the models that name it. It is freed when no model and no
 * request uses it any more.
 */
public final class ModelText {
    private static final Logger LOG = LoggerFactory.getLogger(ModelText.class);

    /**
     * What makes a model's text what it is.
     *
     * @param folder with {@code tokenizer.json}; empty for the byte tokenizer
     * @param settings what the worker publishes beside the model: {@code chat_template}, which goes before those of the
     *     folder, {@code tool_call_parser} and {@code reasoning_parser}
     */
    record Source(Optional<Path> folder, Map<String, Object> settings) {
        private static final List<String> KEYS = List.of("chat_template", "tool_call_parser", "reasoning_parser");

        /** @param data among others the settings */
        static Source of(Optional<Path> folder, Map<String, Object> data) {
            var settings = new LinkedHashMap<String, Object>();
            for (var key : KEYS) if (data.get(key) != null) settings.put(key, data.get(key));
            return new Source(folder, settings);
        }

        Source {
            settings = Map.copyOf(settings);
        }

        Optional<String> template() {
            return settings.get("chat_template") instanceof String text ? Optional.of(text) : Optional.empty();
        }
    }

    private final Source source;
    private final CountDownLatch loaded = new CountDownLatch(1);
    private final PrefixStore prefixes;
    private volatile @Nullable Loaded ready;
    private volatile String failure = "";
    private int users = 1;

    /** @param marks ids of special tokens that mark parts of the output */
    private record Loaded(
            Tokenizer tokenizer, PromptEncoder encoder, ChatFormat format, Dialect dialect, BitSet marks) {}

    /** @param prefixes where tokenized beginnings of prompts are kept */
    ModelText(Source source, PrefixStore prefixes) {
        this.source = source;
        this.prefixes = prefixes;
    }

    /** A model's or a request's use; closing is idempotent. */
    public final class Use implements AutoCloseable {
        private final Loaded used;
        private boolean over;

        private Use(Loaded used) {
            this.used = used;
        }

        /** Tokenizes prompts, as the tokenizer does. */
        public PromptEncoder encoder() {
            return used.encoder();
        }

        public Tokenizer tokenizer() {
            return used.tokenizer();
        }

        public ChatFormat chatFormat() {
            return used.format();
        }

        /** A detokenizer for one stream, which prints no special tokens but those that mark parts of the output. */
        public Detokenizer detokenizer(Tokenizer.LeadingSpace leadingSpace) {
            return used.marks().isEmpty()
                    ? used.tokenizer().detokenizer(Tokenizer.Specials.SKIP, leadingSpace)
                    : new MarkedDetokenizer(used.tokenizer(), used.marks(), leadingSpace);
        }

        /** How the model marks what its output consists of. */
        public Dialect dialect() {
            return used.dialect();
        }

        @Override
        public void close() {
            synchronized (ModelText.this) {
                if (over) return;
                over = true;
            }
            release();
        }
    }

    /** Reads the files; blocks. What is wrong with them is logged, and told by {@link #failure}. */
    void load() {
        var what = "its chat template";
        try {
            var format = format();
            var dialect = Dialect.of(source.settings(), format.source());
            what = "its tokenizer";
            var tokenizer = source.folder().map(Tokenizers::load).orElseGet(Tokenizers::bytes);
            var encoder = new PromptEncoder(tokenizer, prefixes);
            synchronized (this) {
                if (users == 0) tokenizer.close();
                else ready = new Loaded(tokenizer, encoder, format, dialect, marks(tokenizer, dialect));
            }
        } catch (TemplateException e) {
            failed("its chat template is broken: " + e.getMessage(), e);
        } catch (UnknownFormatException e) {
            failed(e.getMessage(), e);
        } catch (IOException | RuntimeException | Error e) {
            failed(what + " cannot be loaded; the log says why", e);
        } finally {
            loaded.countDown();
        }
    }

    private static BitSet marks(Tokenizer tokenizer, Dialect dialect) {
        var marks = new BitSet();
        for (var mark : dialect.marks(true)) {
            int[] ids = tokenizer.encode(mark, Tokenizer.Specials.SKIP);
            if (ids.length == 1 && tokenizer.isSpecial(ids[0])) marks.set(ids[0]);
        }
        return marks;
    }

    private void failed(String why, Throwable cause) {
        LOG.error(
                "a model of {} cannot be used: {}",
                source.folder().map(Path::toString).orElse("bytes"),
                why,
                cause);
        failure = why;
    }

    private ChatFormat format() throws IOException {
        var found = source.folder().isPresent()
                ? ModelTemplates.read(source.folder().get())
                : new ModelTemplates(Map.of(), Map.of());
        var templates = source.template().map(found::withTemplate).orElse(found);
        return templates.sources().isEmpty() ? ChatFormat.plain() : TemplateFormat.of(templates);
    }

    /** Begins a use; empty while the files are being read, or when they cannot be: then {@link #failure} is not empty. */
    public synchronized Optional<Use> use() {
        var loadedText = ready;
        if (loadedText == null || users == 0) return Optional.empty();
        users++;
        return Optional.of(new Use(loadedText));
    }

    /** Whether there is a model folder; without one the byte tokenizer serves. */
    public boolean hasFolder() {
        return source.folder().isPresent();
    }

    /** Why the text cannot be used and never will be; empty otherwise. */
    public String failure() {
        return failure;
    }

    boolean isLoaded() {
        return loaded.getCount() == 0;
    }

    boolean awaitLoaded(Deadline deadline) throws InterruptedException {
        return loaded.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends the use of a model, or of a request. */
    synchronized void release() {
        if (--users > 0) return;
        var unused = ready;
        ready = null;
        if (unused != null) unused.tokenizer().close();
    }
}
