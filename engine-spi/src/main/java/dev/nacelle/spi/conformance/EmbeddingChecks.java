package dev.nacelle.spi.conformance;

import dev.nacelle.spi.Capability;
import dev.nacelle.spi.request.Embedding;
import dev.nacelle.spi.request.GenerateRequest;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An engine that gives embeddings gives them where they are asked for. */
final class EmbeddingChecks {
    private static final int REQUESTS = 3;

    private EmbeddingChecks() {}

    static boolean areDeclared(Session session) {
        return session.config().capabilities().contains(Capability.EMBEDDINGS) || isAllThereIs(session);
    }

    static boolean isAllThereIs(Session session) {
        return session.config().capabilities().contains(Capability.EMBEDDINGS_ONLY);
    }

    static void embed(Session session) throws InterruptedException {
        if (!areDeclared(session)) {
            session.findings().skipped(Rule.EMBEDDINGS, "not declared");
            return;
        }
        var vectors = new ArrayList<Embedding>();
        for (int turn = 0; turn < REQUESTS; turn++) {
            var prompt = session.bench().prompts().of(session.config().input(), turn);
            var asked = session.ask(GenerateRequest.embed(session.config().modelName(), prompt));
            var trouble = asked.trouble() == null ? trouble(asked.answer()) : asked.trouble();
            if (trouble != null) {
                session.findings().failed(Rule.EMBEDDINGS, trouble);
                return;
            }
            vectors.addAll(asked.answer().embeddings());
        }
        long lengths = vectors.stream().mapToInt(Embedding::size).distinct().count();
        session.findings()
                .judge(
                        Rule.EMBEDDINGS,
                        lengths == 1 ? Optional.empty() : Optional.of("vectors of several lengths: " + vectors),
                        "%d of length %d".formatted(REQUESTS, vectors.getFirst().size()));
    }

    private static @Nullable String trouble(Answer answer) {
        if (answer.embeddings().size() != 1)
            return "%d embeddings, expected 1".formatted(answer.embeddings().size());
        if (answer.tokens() > 0) return "%d tokens beside the embedding".formatted(answer.tokens());
        var vector = answer.embeddings().getFirst();
        if (vector.size() == 0) return "an embedding of no numbers";
        for (int i = 0; i < vector.size(); i++)
            if (!Float.isFinite(vector.at(i))) return "an embedding with %s in it".formatted(vector.at(i));
        return null;
    }
}
