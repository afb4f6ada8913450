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
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Makes what answers a request: from an engine's tokens to the bytes of its endpoint's format. */
final class Replies {
    private final Pipeline.Parts parts;
    private final AtomicInteger turn = new AtomicInteger();

    Replies(Pipeline.Parts parts) {
        this.parts = parts;
    }

    /** The reply to a request that is about to be sent to an engine. */
    Reply reply(Endpoint endpoint, Asked asked, Prepared prepared, ModelText.Use text, RequestLife life) {
        var options = asked.options();
        var request = prepared.request();
        var limits = parts.limits();
        var head = new ResponseHead(
                endpoint.responseId(life.http().id()), Instant.now().getEpochSecond(), options.model());
        var said = asked instanceof Asked.Chat chat ? chat.chat() : ChatOptions.DEFAULT;
        var dialect = asked instanceof Asked.Chat ? text.dialect() : Dialect.PLAIN;
        var shape = new ReplyShape(
                head,
                text.tokenizer(),
                request.sampling().n(),
                options.includeUsage(),
                () -> dialect.parser(prepared.expected(), prepared.prompt()),
                said.parallelToolCalls(),
                said.includeReasoning(),
                options.echo() ? prepared.prompt() : "",
                asked instanceof Asked.Chat chat ? chat.said() : Map.of());
        var choices = IntStream.range(0, shape.choices())
                .mapToObj(_ -> choice(endpoint, asked, request, text, life))
                .toList();
        return options.stream()
                ? new StreamReply(
                        life,
                        choices,
                        prepared.promptTokens(),
                        endpoint.events(shape),
                        new StreamReply.Settings(
                                limits.queueSlots(),
                                limits.silence(),
                                limits.idle(),
                                limits.window(),
                                parts.overload().timeouts()),
                        writer())
                : new UnaryReply(
                        life,
                        choices,
                        prepared.promptTokens(),
                        endpoint.body(shape),
                        request.output().logProbs().isPresent(),
                        limits.queueSlots(),
                        parts.overload().timeouts(),
                        writer());
    }

    private ChoiceText choice(
            Endpoint endpoint, Asked asked, GenerateRequest request, ModelText.Use text, RequestLife life) {
        var meter = new DetokenizeMeter(parts.stages(), parts.http());
        life.holds(meter::close);
        var detokenizer = request.output().skipSpecialTokens()
                ? asked instanceof Asked.Chat
                        ? text.detokenizer(endpoint.leadingSpace())
                        : text.tokenizer().detokenizer(Specials.SKIP, endpoint.leadingSpace())
                : text.tokenizer().detokenizer(Specials.KEEP, endpoint.leadingSpace());
        var stops = StopMatcher.of(request.stop().stopStrings(), asked.options().includeStopString());
        return new ChoiceText(meter.metered(detokenizer), stops, request.stop().minTokens());
    }

    private WriterThread writer() {
        var writers = parts.writers();
        return writers.get(Math.floorMod(turn.getAndIncrement(), writers.size()));
    }
}
