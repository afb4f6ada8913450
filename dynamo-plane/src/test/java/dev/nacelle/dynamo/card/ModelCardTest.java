package dev.nacelle.dynamo.card;

import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.nacelle.runtime.plane.WorkerCard;
import dev.nacelle.spi.Capability;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelCardTest {
    @Test
    void aWorkerThatMakesNoTextIsNoneForThisPlane() {
        var config = EngineConfig.of("vectors").withCapabilities(Capability.EMBEDDINGS_ONLY);
        var worker =
                new WorkerCard(7, "ns", "backend", "generate", config, Optional.empty(), Disaggregation.AGGREGATED, 0);
        assertThatIOException()
                .isThrownBy(() -> ModelCard.files(worker))
                .withMessage(
                        "model 'vectors' gives embeddings alone, and this plane has no requests for them: plane: local has");
    }
}
