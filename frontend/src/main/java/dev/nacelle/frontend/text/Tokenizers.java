package dev.nacelle.frontend.text;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where tokenizers come from. */
public final class Tokenizers {
    private Tokenizers() {}

    /**
     * Loads the tokenizer of a Hugging Face model folder: {@code tokenizer.json}, and beside it, where they exist,
     * {@code tokenizer_config.json} ({@code bos_token}, {@code eos_token}, {@code add_bos_token}),
     * {@code special_tokens_map.json} (for what the former leaves out) and {@code generation_config.json}
     * ({@code eos_token_id}). Reads files and native code, and opens no connection.
     *
     * @throws TokenizerException naming the file that is missing or wrong
     */
    public static Tokenizer load(Path folder) {
        if (!Files.isDirectory(folder))
            throw new TokenizerException("%s is %s, expected a model folder with tokenizer.json in it"
                    .formatted(folder, Files.exists(folder) ? "not a folder" : "missing"));
        return HuggingFaceTokenizer.load(folder);
    }

    /** The byte tokenizer: ids 0–255 are the bytes of UTF-8, 256 begins and 257 ends a text. */
    public static Tokenizer bytes() {
        return new ByteTokenizer();
    }
}
