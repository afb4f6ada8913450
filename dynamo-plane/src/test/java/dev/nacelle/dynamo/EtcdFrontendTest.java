package dev.nacelle.dynamo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** NVIDIA's frontend and a worker of ours that meet in an etcd, which is restarted under them. */
@Timeout(240)
class EtcdFrontendTest {
    @Test
    void aWorkerIsFoundThroughEtcdAlsoWhenThatHasForgottenIt(@TempDir Path folder) throws Exception {
        var etcd = Etcd.start(folder.resolve("etcd"));
        int port = etcd.endpoint().getPort();
        var variables = Map.of(
                "DYN_DISCOVERY_BACKEND",
                "etcd",
                "ETCD_ENDPOINTS",
                etcd.endpoint().toString());
        try (var dynamo = Dynamo.start(variables, "--discovery-backend", "etcd")) {
            var config =
                    HostConfig.ofYaml("""
                    roles: [workers]
                    plane: dynamo
                    system: {port: 0}
                    dynamo: {discovery: etcd, endpoints: ["%s"], source_path: m}
                    workers:
                      - engine: scripted
                        router_grace: 0s
                        model: {path: %s, name: m}
                    """.formatted(etcd.endpoint(), Dynamo.model(folder.resolve("model"))), folder);
            try (var _ = Nacelle.start(config)) {
                dynamo.awaitModel("m");
                assertThat(dynamo.send("m", ",\"max_tokens\":3").statusCode()).isEqualTo(200);
                etcd.stop();
                etcd = Etcd.start(folder.resolve("another"), port);
                awaitAnswer(dynamo);
            }
            Await.until("the worker's leaving", () -> {
                try {
                    return dynamo.models().isEmpty();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        } finally {
            etcd.stop();
        }
    }

    private static void awaitAnswer(Dynamo dynamo) {
        Await.until("an answer after etcd's restart", () -> {
            try {
                return dynamo.models().contains("m")
                        && dynamo.send("m", ",\"max_tokens\":3").statusCode() == 200;
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }
}
