package dev.nacelle.frontend.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.frontend.text.PrefixStore;
import dev.nacelle.runtime.plane.Lease;
import dev.nacelle.runtime.plane.LocalPlane;
import dev.nacelle.runtime.plane.WorkerCard;
import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ModelCatalogTest {
    private final LocalPlane plane = new LocalPlane();
    private final List<String> news = new ArrayList<>();
    private final ModelCatalog catalog =
            new ModelCatalog(plane.directory(), new PrefixStore(0), new ModelCatalog.Listener() {
                @Override
                public void changed(ServedModel model) {
                    news.add(
                            "%s by %d".formatted(model.name(), model.instances().size()));
                }

                @Override
                public void gone(String model) {
                    news.add(model + " gone");
                }
            });
    private long ids;

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        catalog.close();
        plane.close();
    }

    @Test
    void aModelComesWithItsFirstInstanceAndGoesWithItsLast() {
        var first = register(EngineConfig.of("m"));
        var second = register(EngineConfig.of("m"));
        assertThat(catalog.find("m").orElseThrow().instances()).hasSize(2);
        first.close();
        assertThat(catalog.find("m").orElseThrow().instances()).hasSize(1);
        second.close();
        assertThat(catalog.find("m")).isEmpty();
        assertThat(catalog.models()).isEmpty();
        assertThat(news).containsExactly("m by 1", "m by 2", "m by 1", "m gone");
    }

    @Test
    void aModelAnswersToItsServedNameItsOwnAndItsAliases() {
        register(named("real", "served", "a1", "a2"));
        for (var name : List.of("real", "served", "a1", "a2"))
            assertThat(catalog.find(name).orElseThrow().name()).isEqualTo("served");
        assertThat(catalog.find("other")).isEmpty();
        assertThat(catalog.models()).hasSize(1);
    }

    @Test
    void aServedNameGoesBeforeAnothersAlias() {
        register(named("one", "one", "two"));
        var two = register(EngineConfig.of("two"));
        assertThat(catalog.find("two").orElseThrow().name()).isEqualTo("two");
        two.close();
        assertThat(catalog.find("two").orElseThrow().name()).isEqualTo("one");
    }

    @Test
    void prefillWorkersServeNoCallers() {
        plane.register(card(EngineConfig.of("m"), Optional.empty(), Disaggregation.PREFILL), ModelCatalogTest::refuse);
        assertThat(catalog.find("m")).isEmpty();
    }

    @Test
    void modelsOfTheSameFolderShareItsTokenizer() throws Exception {
        register(EngineConfig.of("m"));
        register(EngineConfig.of("n"));
        assertThat(catalog.awaitLoaded(Deadline.in(Duration.ofSeconds(10)))).isTrue();
        assertThat(catalog.isLoaded()).isTrue();
        var text = catalog.find("m").orElseThrow().text();
        assertThat(catalog.find("n").orElseThrow().text()).isSameAs(text);
        try (var use = text.use().orElseThrow()) {
            assertThat(use.tokenizer().vocabularySize()).isEqualTo(258);
        }
    }

    @Test
    void aTokenizerLivesAsLongAsARequestUsesIt() throws Exception {
        var lease = register(EngineConfig.of("m"));
        catalog.awaitLoaded(Deadline.in(Duration.ofSeconds(10)));
        var text = catalog.find("m").orElseThrow().text();
        var use = text.use().orElseThrow();
        lease.close();
        assertThat(text.use())
                .as("the request before still uses it")
                .isPresent()
                .get()
                .satisfies(ModelText.Use::close);
        use.close();
        use.close();
        assertThat(text.use()).isEmpty();
    }

    @Test
    void aTokenizerThatCannotBeLoadedSaysSo() throws Exception {
        plane.register(
                card(EngineConfig.of("m"), Optional.of(folder), Disaggregation.AGGREGATED), ModelCatalogTest::refuse);
        catalog.awaitLoaded(Deadline.in(Duration.ofSeconds(10)));
        var text = catalog.find("m").orElseThrow().text();
        assertThat(text.use()).isEmpty();
        assertThat(text.failure()).isNotEmpty().doesNotContain(folder.toString());
    }

    private Lease register(EngineConfig config) {
        return plane.register(card(config, Optional.empty(), Disaggregation.AGGREGATED), ModelCatalogTest::refuse);
    }

    private static dev.nacelle.runtime.plane.InFlight refuse(
            dev.nacelle.spi.request.GenerateRequest request,
            dev.nacelle.runtime.plane.RequestHead head,
            dev.nacelle.runtime.plane.ResponseReceiver receiver)
            throws EngineException {
        throw new EngineException(new EngineError.Draining("%s %s %s".formatted(request, head, receiver)));
    }

    private WorkerCard card(EngineConfig config, Optional<Path> modelPath, Disaggregation part) {
        return new WorkerCard(++ids, "test", "backend", "generate", config, modelPath, part, 0);
    }

    private static EngineConfig named(String model, String served, String... aliases) {
        return new EngineConfig(
                model,
                Optional.of(served),
                List.of(aliases),
                ModelInput.TOKENS,
                Optional.empty(),
                Registration.UNKNOWN,
                Set.of(),
                "java",
                "1",
                Map.of());
    }
}
