package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ResponseHead;
import dev.nacelle.frontend.model.ModelText;
import dev.nacelle.frontend.stream.WriterThread;
import dev.nacelle.frontend.text.StopMatcher;
import dev.nacelle.frontend.text.Tokenizer.Specials;
import dev.nacelle.spi.request.GenerateRequest;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes what answers a request: from an engine's tokens to the bytes of its endpoint's format. */
final class Replies {
    private final Pipeline.Parts parts;
    private final AtomicInteger turn = new AtomicInteger();

    Replies(Pipeline.Parts parts) {
        this.parts = parts;
    }

    /**
     * The reply to a request that is about to be sent to an engine.
     *
     * @param promptTokens 0 where the engine tokenizes by itself
     */
    Reply reply(
            Endpoint endpoint,
            Asked asked,
            GenerateRequest request,
            int promptTokens,
            ModelText.Use text,
            RequestLife life) {
        var options = asked.options();
        var limits = parts.limits();
        var head = new ResponseHead(
                endpoint.responseId(life.http().id()), Instant.now().getEpochSecond(), options.model());
        var choices = List.of(choice(endpoint, asked, request, text, life));
        return options.stream()
                ? new StreamReply(
                        life,
                        choices,
                        promptTokens,
                        endpoint.renderer(head, options.includeUsage(), text.tokenizer()),
                        options.includeUsage(),
                        new StreamReply.Settings(limits.queueSlots(), limits.silence()),
                        writer())
                : new UnaryReply(
                        life,
                        choices,
                        promptTokens,
                        endpoint,
                        head,
                        request.output().logProbs().isPresent(),
                        text.tokenizer(),
                        limits.queueSlots(),
                        writer());
    }

    private ChoiceText choice(
            Endpoint endpoint, Asked asked, GenerateRequest request, ModelText.Use text, RequestLife life) {
        var specials = request.output().skipSpecialTokens() ? Specials.SKIP : Specials.KEEP;
        var meter = new DetokenizeMeter(parts.stages(), parts.http());
        life.holds(meter::close);
        var detokenizer = meter.metered(text.tokenizer().detokenizer(specials, endpoint.leadingSpace()));
        var stops = StopMatcher.of(request.stop().stopStrings(), asked.options().includeStopString());
        return new ChoiceText(detokenizer, stops, request.stop().minTokens());
    }

    private WriterThread writer() {
        var writers = parts.writers();
        return writers.get(Math.floorMod(turn.getAndIncrement(), writers.size()));
    }
}
