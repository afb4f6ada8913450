package dev.nacelle.examples.llama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scheduler without the engine around it: here one thread queues the requests, so that their order is known. */
class SchedulerTest {
    private static final int REQUESTS = 6;

    @TempDir
    Path folder;

    @Test
    void requestsThatWaitForBlocksProceedInTheirOrder() throws Exception {
        TinyModel.write(folder, "plain", Tensor.Type.F32);
        var config = ModelConfig.read(folder);
        var weights = Weights.read(folder, config, _ -> {});
        // Two prompts fit in beside each other; the last tokens of a request need all blocks but one.
        var pool = new BlockPool(new KvLayout(config.layers(), config.kvDim(), 4), 5);
        var ended = new ArrayList<Integer>();
        var all = new CountDownLatch(REQUESTS);
        try (var parallel = new Parallel(1)) {
            var scheduler = new Scheduler(
                    new Transformer(config, weights, parallel, 64, 8), pool, LlamaOptions.DEFAULT, _ -> {});
            for (int i : IntStream.range(0, REQUESTS).toArray()) {
                var request = Served.stopping(
                        new StopConditions(OptionalInt.of(9), 0, TokenIds.NONE, List.of(), true), 1, 3, 4, 5, 6, 7, 8);
                var call = Call.unsent(new LlamaEngine(LlamaOptions.DEFAULT), request);
                call.atEnd = () -> {
                    ended.add(i);
                    all.countDown();
                };
                var plan = Plan.of(request, config, config.contextLength(), pool.layout(), pool.total());
                scheduler.submit(new Sequence(plan, call, call, new KvBlocks(pool)));
            }
            scheduler.start();
            assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
            scheduler.stop();
        }
        assertThat(ended).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(pool.used()).isZero();
    }
}
