package dev.nacelle.frontend;

import dev.nacelle.spi.Capability;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.Registration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What engines say of themselves, in tests. */
final class Engines {
    private Engines() {}

    /** A token engine that serves {@code model} and publishes this beside it. */
    static EngineConfig withRuntimeData(Map<String, Object> data, Capability... capabilities) {
        return new EngineConfig(
                "model",
                Optional.empty(),
                List.of(),
                ModelInput.TOKENS,
                Optional.empty(),
                Registration.ofContext(10_000),
                Set.of(capabilities),
                "java",
                "1",
                data);
    }
}
