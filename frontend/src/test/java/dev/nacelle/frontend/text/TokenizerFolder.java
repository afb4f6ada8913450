package dev.nacelle.frontend.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Small tokenizers of each family, written as model folders. */
final class TokenizerFolder {
    static final Path AUSTEN = Path.of("..", "examples", "models", "austen-1.7m");

    private TokenizerFolder() {}

    static Path write(Path folder, String tokenizerJson) {
        return write(folder, Map.of("tokenizer.json", tokenizerJson));
    }

    static Path write(Path folder, Map<String, String> files) {
        try {
            for (var file : files.entrySet()) Files.writeString(folder.resolve(file.getKey()), file.getValue());
            return folder;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** As Llama 2: SentencePiece BPE with byte fallback. Ids 3–258 are the bytes. */
    static String llama() {
        return tokenizer("""
                [{"id":0,"content":"<unk>","special":true,%1$s},{"id":1,"content":"<s>","special":true,%1$s},
                 {"id":2,"content":"</s>","special":true,%1$s},{"id":273,"content":"<|im start|>","special":false,%1$s}]""".formatted(FLAGS), """
                {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},
                 {"type":"Replace","pattern":{"String":" "},"content":"▁"}]}""", "null", """
                {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
                 "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
                 "special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]}}}""", """
                {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},
                 {"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""", """
                {"type":"BPE","dropout":null,"unk_token":"<unk>","continuing_subword_prefix":null,"end_of_word_suffix":null,
                 "fuse_unk":true,"byte_fallback":true,"vocab":{%s},"merges":["▁ t","▁t he","h e"]}""".formatted(entries(llamaVocabulary())));
    }

    private static Map<String, Integer> llamaVocabulary() {
        var vocabulary = new LinkedHashMap<String, Integer>();
        for (var token : new String[] {"<unk>", "<s>", "</s>"}) vocabulary.put(token, vocabulary.size());
        for (int b = 0; b < 256; b++) vocabulary.put("<0x%02X>".formatted(b), vocabulary.size());
        for (var token : new String[] {"▁", "t", "h", "e", "he", "▁t", "▁the", "▁▁", "世", "é", "a", "b", ".", "  "})
            vocabulary.put(token, vocabulary.size());
        return vocabulary;
    }

    /** As T5: a unigram model with Metaspace. */
    static String metaspace() {
        return tokenizer(
                "[{\"id\":0,\"content\":\"<unk>\",\"special\":true,%s}]".formatted(FLAGS),
                "null",
                "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"always\",\"split\":true}",
                "null",
                "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"always\",\"split\":true}",
                """
                {"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0],["▁",-2.0],["▁he",-3.0],["llo",-3.5],["▁wor",-4.0],
                 ["ld",-4.0],["▁▁a",-5.0],["a▁b",-5.0],["世",-6.0],["é",-6.0]],"byte_fallback":false}""");
    }

    /** As BERT: continuing pieces are marked, so that a piece prints by its neighbour. */
    static String wordPiece() {
        return tokenizer(
                "[{\"id\":0,\"content\":\"[UNK]\",\"special\":true,%s}]".formatted(FLAGS),
                "null",
                "{\"type\":\"Whitespace\"}",
                "null",
                "{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}",
                """
                {"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
                 "vocab":{"[UNK]":0,"he":1,"##llo":2,"wor":3,"##ld":4,".":5,"世":6,"n":7,"##é":8}}""");
    }

    /** Whole words, no decoder at all, and ids with a gap. */
    static String wordLevel() {
        return tokenizer(
                "[]",
                "null",
                "{\"type\":\"Whitespace\"}",
                "null",
                "null",
                "{\"type\":\"WordLevel\",\"unk_token\":\"<unk>\",\"vocab\":{\"<unk>\":0,\"one\":1,\"two\":2,\"four\":4}}");
    }

    /**
     * Bytes, and added tokens of every awkward kind: that swallow spaces, stand alone only, begin or contain each other, overlap,
     * are looked for after the text was lowered, or are what other text can become.
     */
    static String awkward(String preTokenizer) {
        var added = new StringBuilder("[");
        int id = 300;
        for (var token : new String[] {
            "<|turn|>,false,false,false,false", "<|end|>,false,false,true,false", "<|left|>,false,true,false,false",
            "<|word|>,true,false,false,false", "<|turn|>x,false,false,false,false", "d|>z,false,false,false,false",
            "<|low|>,false,false,false,true", "<a>,false,false,false,false", "aa,false,false,false,false"
        }) {
            var flags = token.split(",", -1);
            added.append(id == 300 ? "" : ",")
                    .append("""
                    {"id":%d,"content":"%s","special":true,"single_word":%s,"lstrip":%s,"rstrip":%s,"normalized":%s}""".formatted(id++, flags[0], flags[1], flags[2], flags[3], flags[4]));
        }
        var vocabulary = llamaVocabulary();
        vocabulary.put("<a>", 307);
        return tokenizer(
                added + "]", "{\"type\":\"Lowercase\"}", preTokenizer, """
                {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                 {"SpecialToken":{"id":"</s>","type_id":0}}],
                 "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
                 "special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]},"</s>":{"id":"</s>","ids":[2],"tokens":["</s>"]}}}""", """
                {"type":"ByteFallback"}""", """
                {"type":"BPE","dropout":null,"unk_token":"<unk>","continuing_subword_prefix":null,"end_of_word_suffix":null,
                 "fuse_unk":true,"byte_fallback":true,"vocab":{%s},"merges":["▁ t","▁t he","h e"]}""".formatted(entries(vocabulary)));
    }

    static final String FLAGS = "\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false";

    private static String tokenizer(
            String added, String normalizer, String preTokenizer, String postProcessor, String decoder, String model) {
        return """
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":%s,"normalizer":%s,"pre_tokenizer":%s,
             "post_processor":%s,"decoder":%s,"model":%s}""".formatted(added, normalizer, preTokenizer, postProcessor, decoder, model);
    }

    private static String entries(Map<String, Integer> vocabulary) {
        return vocabulary.entrySet().stream()
                .map(entry -> "\"%s\":%d".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(","));
    }
}
