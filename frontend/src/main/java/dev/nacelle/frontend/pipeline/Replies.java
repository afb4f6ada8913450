package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ChatOptions;
import dev.nacelle.frontend.api.ReplyShape;
import dev.nacelle.frontend.api.ResponseHead;
import dev.nacelle.frontend.model.ModelText;
import dev.nacelle.frontend.parser.Dialect;
import dev.nacelle.frontend.stream.WriterThread;
import dev.nacelle.frontend.text.StopMatcher;
import dev.nacelle.frontend.text.Tokenizer.Specials;
import dev.nacelle.spi.request.GenerateRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes what answers a request: from an engine's tokens to the bytes of its endpoint's format. */
final class Replies {
    private static final int SLOTS_MIN = 128;
    /** One for the vector, and one for an engine that gives more than it was asked for. */
    private static final int EMBEDDING_SLOTS = 2;

    private final Pipeline.Parts parts;
    private final AtomicInteger turn = new AtomicInteger();

    Replies(Pipeline.Parts parts) {
        this.parts = parts;
    }

    /** The reply to a request that is about to be sent to an engine. */
    Reply reply(Endpoint endpoint, Asked asked, Prepared prepared, ModelText.Use text, RequestLife life) {
        var options = asked.options();
        var request = prepared.parts().getFirst().request(); // the others differ in prompt and seed
        var limits = parts.limits();
        var head = new ResponseHead(
                endpoint.responseId(life.http().id()), Instant.now().getEpochSecond(), options.model());
        var said = asked instanceof Asked.Chat chat ? chat.chat() : ChatOptions.DEFAULT;
        var dialect = asked instanceof Asked.Chat ? text.dialect() : Dialect.PLAIN;
        var best = new BestOf(options.bestOf(), options.sampling().n());
        var shape = new ReplyShape(
                head,
                text.tokenizer(),
                prepared.prompts().size() * best.shown(),
                options.includeUsage(),
                () -> dialect.parser(
                        prepared.expected(), prepared.prompts().getFirst().text()),
                said.parallelToolCalls(),
                said.includeReasoning(),
                options.echo() ? echoes(prepared, best.shown()) : List.of(),
                asked instanceof Asked.Chat chat ? chat.said() : Map.of());
        int made = prepared.prompts().size() * best.made();
        var choices = new ArrayList<ChoiceText>(made);
        for (int i = 0; i < made; i++) choices.add(choice(endpoint, asked, request, text, life));
        int slots = slots(prepared);
        return options.stream()
                ? new StreamReply(
                        life,
                        prepared.parts(),
                        choices,
                        endpoint.events(shape),
                        new StreamReply.Settings(
                                slots,
                                limits.silence(),
                                limits.idle(),
                                limits.window(),
                                parts.overload().timeouts()),
                        writer())
                : new UnaryReply(
                        life,
                        prepared.parts(),
                        choices,
                        endpoint.body(shape, asked),
                        new UnaryReply.Settings(
                                options.output().logProbs().isPresent(),
                                best,
                                slots,
                                parts.overload().timeouts()),
                        writer());
    }

    /** A choice's text begins with its prompt. */
    private static List<String> echoes(Prepared prepared, int choices) {
        return prepared.prompts().stream()
                .flatMap(prompt -> Collections.nCopies(choices, prompt.text()).stream())
                .toList();
    }

    /** What one response may queue is shared by its parts; each has enough for an engine that gives several tokens a step. */
    private int slots(Prepared prepared) {
        int most = parts.limits().queueSlots();
        if (prepared.parts().getFirst().request().isEmbedding()) return EMBEDDING_SLOTS;
        return Math.max(Math.min(most, SLOTS_MIN), most / prepared.parts().size());
    }

    private ChoiceText choice(
            Endpoint endpoint, Asked asked, GenerateRequest request, ModelText.Use text, RequestLife life) {
        var detokenizer = request.output().skipSpecialTokens()
                ? asked instanceof Asked.Chat
                        ? text.detokenizer(endpoint.leadingSpace())
                        : text.tokenizer().detokenizer(Specials.SKIP, endpoint.leadingSpace())
                : text.tokenizer().detokenizer(Specials.KEEP, endpoint.leadingSpace());
        var meter = new DetokenizeMeter(parts.stages(), parts.http(), detokenizer, System::nanoTime);
        life.holds(meter::close);
        var stops = StopMatcher.of(request.stop().stopStrings(), asked.options().includeStopString());
        return new ChoiceText(meter, stops, request.stop().minTokens());
    }

    private WriterThread writer() {
        var writers = parts.writers();
        return writers.get(Math.floorMod(turn.getAndIncrement(), writers.size()));
    }
}
