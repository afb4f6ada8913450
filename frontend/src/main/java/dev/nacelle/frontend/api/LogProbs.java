package dev.nacelle.frontend.api;

import dev.nacelle.frontend.text.Tokenizer;
import dev.nacelle.spi.request.TokenLogProb;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Writes log-probabilities in OpenAI's shapes. For one response: a completion's text offsets run on from call to
 * call. May allocate: they are asked for rarely.
 */
final class LogProbs {
    /** JSON has no infinity; vLLM's and OpenAI's number for it. */
    private static final double LEAST = -9999.0;

    private final Tokenizer tokenizer;
    private int textOffset;

    LogProbs(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** The shape of chats. */
    void writeChat(JsonBuffer out, List<TokenLogProb> logProbs) {
        out.raw("{\"content\":");
        writeTokens(out, logProbs);
        out.raw(",\"refusal\":null}");
    }

    /** An array with an object for each token, with the bytes it stands for. */
    void writeTokens(JsonBuffer out, List<TokenLogProb> logProbs) {
        out.raw("[");
        var separator = "";
        for (var token : logProbs) {
            out.raw(separator);
            writeToken(out, token.tokenId(), token.logProb());
            out.raw(",\"top_logprobs\":[");
            var comma = "";
            for (var candidate : token.top()) {
                out.raw(comma);
                writeToken(out, candidate.tokenId(), candidate.logProb());
                out.raw("}");
                comma = ",";
            }
            out.raw("]}");
            separator = ",";
        }
        out.raw("]");
    }

    private void writeToken(JsonBuffer out, int id, double logProb) {
        byte[] bytes = tokenizer.tokenBytes(id);
        out.raw("{\"token\":")
                .string(text(bytes))
                .raw(",\"logprob\":")
                .number(finite(logProb))
                .raw(",\"bytes\":[");
        var separator = "";
        for (byte b : bytes) {
            out.raw(separator).number(b & 0xFF);
            separator = ",";
        }
        out.raw("]");
    }

    /** The shape of completions: an array for each property, and offsets into the text so far. */
    void writeCompletion(JsonBuffer out, List<TokenLogProb> logProbs) {
        var tokens = new JsonBuffer();
        var values = new JsonBuffer();
        var top = new JsonBuffer();
        var offsets = new JsonBuffer();
        var separator = "";
        for (var token : logProbs) {
            var text = text(tokenizer.tokenBytes(token.tokenId()));
            tokens.raw(separator).string(text);
            values.raw(separator).number(finite(token.logProb()));
            top.raw(separator);
            writeTop(top, text, token);
            offsets.raw(separator).number(textOffset);
            textOffset += text.length();
            separator = ",";
        }
        out.raw("{\"tokens\":[")
                .raw(tokens.toArray())
                .raw("],\"token_logprobs\":[")
                .raw(values.toArray());
        out.raw("],\"top_logprobs\":[")
                .raw(top.toArray())
                .raw("],\"text_offset\":[")
                .raw(offsets.toArray())
                .raw("]}");
    }

    /** Tokens that print alike share a key: the likeliest has it. The chosen one is always there. */
    private void writeTop(JsonBuffer out, String text, TokenLogProb token) {
        var byText = new LinkedHashMap<String, Double>();
        for (var candidate : token.top())
            byText.putIfAbsent(text(tokenizer.tokenBytes(candidate.tokenId())), finite(candidate.logProb()));
        byText.putIfAbsent(text, finite(token.logProb()));
        out.raw("{");
        var separator = "";
        for (var entry : byText.entrySet()) {
            out.raw(separator).string(entry.getKey()).raw(":").number((double) entry.getValue());
            separator = ",";
        }
        out.raw("}");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static double finite(double logProb) {
        return logProb >= LEAST ? Math.min(logProb, Double.MAX_VALUE) : LEAST;
    }
}
