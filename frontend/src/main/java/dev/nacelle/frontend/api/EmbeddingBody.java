package dev.nacelle.frontend.api;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Embedding;
import dev.nacelle.spi.request.Usage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/** Writes the body that {@code /v1/embeddings} answers with. */
public final class EmbeddingBody {
    private EmbeddingBody() {}

    /**
     * A response.
     *
     * @throws ApiException when the engine did not give what was asked for
     */
    public static void render(
            JsonBuffer out,
            ResponseHead head,
            EmbeddingOptions options,
            List<ResponseBodies.Choice> choices,
            Usage usage)
            throws ApiException {
        out.raw("{\"object\":\"list\",\"data\":[");
        for (int i = 0; i < choices.size(); i++) {
            var embedding = checked(i, choices.get(i), options, head);
            out.raw(i == 0 ? "{" : ",{")
                    .raw("\"object\":\"embedding\",\"index\":")
                    .number(i);
            out.raw(",\"embedding\":");
            switch (options.format()) {
                case FLOAT -> writeNumbers(out, embedding);
                case BASE64 -> out.raw("\"").raw(base64(embedding)).raw("\"");
            }
            out.raw("}");
        }
        out.raw("],\"model\":").string(head.model());
        out.raw(",\"usage\":{\"prompt_tokens\":").number(usage.promptTokens());
        out.raw(",\"total_tokens\":").number(usage.promptTokens()).raw("}}");
    }

    private static Embedding checked(
            int index, ResponseBodies.Choice choice, EmbeddingOptions options, ResponseHead head) throws ApiException {
        var embedding = choice.embedding()
                .orElseThrow(() -> new ApiException(ApiError.of(new EngineError.StreamIncomplete(
                        "the engine ended without the embedding of input %d".formatted(index)))));
        var dimensions = options.dimensions();
        if (dimensions.isPresent() && dimensions.getAsInt() != embedding.size())
            throw new ApiException(ApiError.invalid(
                    "dimensions",
                    "dimensions: found %d, and model '%s' gives vectors of %d: leave it out"
                            .formatted(dimensions.getAsInt(), head.model(), embedding.size())));
        for (int i = 0; i < embedding.size(); i++)
            if (!Float.isFinite(embedding.at(i)))
                throw new ApiException(ApiError.of(new EngineError.Unknown(
                        "the engine gave an embedding of input %d that is no vector of numbers".formatted(index))));
        return embedding;
    }

    private static void writeNumbers(JsonBuffer out, Embedding embedding) {
        for (int i = 0; i < embedding.size(); i++) out.raw(i == 0 ? "[" : ",").raw(Float.toString(embedding.at(i)));
        out.raw(embedding.size() == 0 ? "[]" : "]");
    }

    private static byte[] base64(Embedding embedding) {
        var bytes = ByteBuffer.allocate(embedding.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < embedding.size(); i++) bytes.putFloat(embedding.at(i));
        return Base64.getEncoder().encode(bytes.array());
    }
}
