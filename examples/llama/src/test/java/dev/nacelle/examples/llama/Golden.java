package dev.nacelle.examples.llama;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What another engine computed; see src/test/python/golden.py.
 *
 * @param config the model's config.json
 * @param logitStep the cases hold every so-many-th logit
 */
record Golden(String config, int logitStep, List<Case> cases) {
    /**
     * One prompt.
     *
     * @param logits after the prompt
     * @param greedy the continuation, the end of text ruled out
     * @param endsAt where in the continuation the end of text would have come; -1 if nowhere
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Case(int[] prompt, float[] logits, int[] greedy, int endsAt) {}

    static Golden read(String name) {
        var resource = "golden-" + name + ".json";
        try (var in = Objects.requireNonNull(Golden.class.getResourceAsStream(resource), resource)) {
            var text = in.readAllBytes();
            var json = JsonObject.parse(resource, text);
            var cases =
                    json.list("cases").stream().map(c -> toCase((Map<?, ?>) c)).toList();
            // The configuration stands on a line of its own.
            var config = new String(text, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("  \"config\": "))
                    .map(line -> line.substring(line.indexOf('{'), line.lastIndexOf('}') + 1))
                    .findFirst();
            return new Golden(config.orElseThrow(), json.positive("logitStep"), cases);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Case toCase(Map<?, ?> json) {
        var logits = numbers(json, "logits").mapToDouble(Number::doubleValue).toArray();
        var floats = new float[logits.length];
        for (int i = 0; i < floats.length; i++) floats[i] = (float) logits[i];
        return new Case(
                ints(json, "prompt"),
                floats,
                ints(json, "greedy"),
                ((Number) Objects.requireNonNull(json.get("endsAt"))).intValue());
    }

    private static int[] ints(Map<?, ?> json, String key) {
        return numbers(json, key).mapToInt(Number::intValue).toArray();
    }

    private static Stream<Number> numbers(Map<?, ?> json, String key) {
        return ((List<?>) Objects.requireNonNull(json.get(key))).stream().map(Number.class::cast);
    }
}
