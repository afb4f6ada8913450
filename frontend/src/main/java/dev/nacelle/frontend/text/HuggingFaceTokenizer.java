package dev.nacelle.frontend.text;

import dev.nacelle.spi.request.TokenIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of a Hugging Face model folder. Encoding is Hugging Face's own; printing needs no call into it where the
 * vocabulary allows a table.
 */
final class HuggingFaceTokenizer implements Tokenizer {
    private static final System.Logger LOG = System.getLogger(HuggingFaceTokenizer.class.getName());
    private static final BitSet NONE = new BitSet();
    private static final byte[] REPLACEMENT = "\uFFFD".getBytes(StandardCharsets.UTF_8);

    private final NativeTokenizer encoder;
    private final Optional<TableDetokenizer.Vocabulary> vocabulary;
    private final BitSet known;
    private final BitSet special;
    private final OptionalInt bosId;
    private final TokenIds eosIds;
    private final boolean addsBos;
    private final BorderTokens borders;

    private HuggingFaceTokenizer(NativeTokenizer encoder, TokenizerJson json, ModelFiles files) {
        this.encoder = encoder;
        var tokens = json.tokens();
        this.known = new BitSet(tokens.length);
        for (int id = 0; id < tokens.length; id++) known.set(id, tokens[id] != null);
        this.vocabulary = DecoderRule.of(json.decoder()).map(rule -> {
            var later = TokenTable.of(tokens, rule, false);
            return new TableDetokenizer.Vocabulary(
                    rule, rule.firstDiffers() ? TokenTable.of(tokens, rule, true) : later, later);
        });
        this.bosId = idOf(tokens, "bos_token", files.bosToken());
        this.eosIds = TokenIds.of(IntStream.concat(
                        idOf(tokens, "eos_token", files.eosToken()).stream(),
                        files.eosIds().stream().mapToInt(Integer::intValue))
                .distinct()
                .toArray());
        this.borders = BorderTokens.among(json.rawAdded());
        this.special = json.special();
        bosId.ifPresent(special::set);
        eosIds.stream().forEach(special::set);
        // Without a post-processor nobody else begins the text, and a model that names a beginning was trained with
        // one.
        this.addsBos = bosId.isPresent() && files.addBosToken().orElse(!json.hasPostProcessor());
    }

    static HuggingFaceTokenizer load(Path folder) {
        var file = folder.resolve("tokenizer.json");
        try {
            byte[] bytes = Files.readAllBytes(file);
            var json = TokenizerJson.parse(bytes);
            var files = ModelFiles.read(folder);
            return new HuggingFaceTokenizer(parse(file, new String(bytes, StandardCharsets.UTF_8)), json, files);
        } catch (NoSuchFileException e) {
            throw new TokenizerException(
                    "%s does not exist: expected a model folder with tokenizer.json (Hugging Face's fast tokenizer) in it"
                            .formatted(file),
                    e);
        } catch (IOException e) {
            throw new TokenizerException("%s cannot be read as a tokenizer: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static NativeTokenizer parse(Path file, String json) {
        try {
            return NativeTokenizer.parse(json);
        } catch (TokenizerException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new TokenizerException(
                    "%s is not a tokenizer that Hugging Face's tokenizers 0.21 understands: %s"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static OptionalInt idOf(@Nullable String[] tokens, String key, Optional<String> content) {
        if (content.isEmpty()) return OptionalInt.empty();
        var id = IntStream.range(0, tokens.length)
                .filter(i -> content.get().equals(tokens[i]))
                .findFirst();
        if (id.isEmpty())
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} ''{1}'' is not in the vocabulary and is ignored",
                    key,
                    content.get());
        return id;
    }

    /** Where texts may be cut before they are tokenized. */
    BorderTokens borders() {
        return borders;
    }

    @Override
    public int[] encode(String text, Specials specials) {
        boolean add = specials == Specials.KEEP;
        int[] ids = encoder.encode(Surrogates.paired(text), add);
        boolean begun = ids.length > 0 && bosId.isPresent() && ids[0] == bosId.getAsInt();
        if (!add || !addsBos || begun) return ids;
        int[] withBos = new int[ids.length + 1];
        withBos[0] = bosId.getAsInt();
        System.arraycopy(ids, 0, withBos, 1, ids.length);
        return withBos;
    }

    @Override
    public Detokenizer detokenizer(Specials specials, LeadingSpace leadingSpace) {
        var skipped = specials == Specials.SKIP ? special : NONE;
        return vocabulary
                .<Detokenizer>map(table -> new TableDetokenizer(table, skipped, leadingSpace))
                .orElseGet(() -> new WindowDetokenizer(encoder, known, skipped));
    }

    @Override
    public byte[] tokenBytes(int id) {
        if (vocabulary.isPresent()) return vocabulary.get().later().bytes(id);
        return id >= 0 && known.get(id) ? encoder.decode(id).getBytes(StandardCharsets.UTF_8) : REPLACEMENT.clone();
    }

    @Override
    public int vocabularySize() {
        return known.length();
    }

    @Override
    public boolean isSpecial(int id) {
        return id >= 0 && special.get(id);
    }

    @Override
    public OptionalInt bosId() {
        return bosId;
    }

    @Override
    public TokenIds eosIds() {
        return eosIds;
    }

    @Override
    public void close() {
        encoder.close();
    }
}
