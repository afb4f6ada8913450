package dev.nacelle.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** LangChain4j, against the whole frontend and an engine whose answers it knows. */
@Timeout(60)
class LangChainTest {
    private static final ToolSpecification WEATHER =
            ToolSpecification.builder().name("weather").build();

    private final FrontendFixture fixture;
    private final ScriptedEngine engine;

    LangChainTest() throws Exception {
        fixture = new FrontendFixture();
        engine = new ScriptedEngine(fixture.plane());
        fixture.whenReady();
    }

    @AfterEach
    void close() {
        engine.close();
        fixture.close();
    }

    private OpenAiChatModel model(String name) {
        return OpenAiChatModel.builder()
                .baseUrl("http://127.0.0.1:%d/v1".formatted(fixture.port()))
                .apiKey("none")
                .modelName(name)
                .maxRetries(0)
                .build();
    }

    @Test
    void itChats() {
        var answer = model(ScriptedEngine.MODEL).chat(UserMessage.from("hello"));
        assertThat(answer.aiMessage().text()).isEqualTo("Hello, world!");
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.tokenUsage().outputTokenCount()).isEqualTo(13);
    }

    @Test
    void itCallsTools() {
        var question = UserMessage.from("weather?");
        var model = model(ScriptedEngine.MODEL);
        var asked = model.chat(ChatRequest.builder()
                .messages(question)
                .toolSpecifications(WEATHER)
                .build());
        var call = asked.aiMessage().toolExecutionRequests().getFirst();
        assertThat(call.name()).isEqualTo("weather");
        assertThat(call.arguments()).isEqualTo("{\"city\": \"Bath\"}");
        var answer = model.chat(ChatRequest.builder()
                .messages(question, asked.aiMessage(), ToolExecutionResultMessage.from(call, "rain"))
                .toolSpecifications(WEATHER)
                .build());
        assertThat(answer.aiMessage().text()).isEqualTo("Take an umbrella.");
    }

    @Test
    void itAsksForJson() {
        var answer = model(ScriptedEngine.MODEL)
                .chat(ChatRequest.builder()
                        .messages(UserMessage.from("hello"))
                        .responseFormat(ResponseFormat.JSON)
                        .build());
        assertThat(answer.aiMessage().text()).isEqualTo("{\"answer\": 42}");
    }

    @Test
    void itStreams() throws Exception {
        var pieces = new StringBuilder();
        assertThat(stream("hello", pieces).get().aiMessage().text()).isEqualTo("Hello, world!");
        assertThat(pieces.toString()).isEqualTo("Hello, world!");
    }

    @Test
    void itHearsOfErrors() {
        assertThatThrownBy(() -> model("none").chat("hello"))
                .isInstanceOf(ModelNotFoundException.class)
                .cause()
                .isInstanceOfSatisfying(
                        HttpException.class, e -> assertThat(e.statusCode()).isEqualTo(404));
        assertThat(stream("fail", new StringBuilder())).failsWithin(Duration.ofSeconds(30));
    }

    private CompletableFuture<ChatResponse> stream(String question, StringBuilder pieces) {
        var whole = new CompletableFuture<ChatResponse>();
        OpenAiStreamingChatModel.builder()
                .baseUrl("http://127.0.0.1:%d/v1".formatted(fixture.port()))
                .apiKey("none")
                .modelName(ScriptedEngine.MODEL)
                .build()
                .chat(question, new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(String text) {
                        pieces.append(text);
                    }

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        whole.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        whole.completeExceptionally(error);
                    }
                });
        return whole;
    }
}
