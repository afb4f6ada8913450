package dev.nacelle.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettingsTableTest {
    @Test
    void everySettingHasALine() {
        assertThat(SettingsTable.markdown(SampleParts.PARTS)).isEqualTo("""
                | key | value | default | what it does |
                |---|---|---|---|
                | `roles` | list of: text | `[workers, frontend]` | What the process does |
                | `shutdown_timeout` | duration of at least 1s | `60s` | Time from the signal to the end |
                | `frontend.host` | text | `127.0.0.1` | Address to listen on |
                | `frontend.port` | a whole number from 0 to 65535 | `8000` | Port to listen on |
                | `frontend.metrics_path` | text | `/metrics` | Path of the scrape page |
                | `frontend.api_key` | text |  | Key that clients show |
                | `frontend.registry` | a URI |  | Server that knows the others |
                | `workers` | list of: section | `[]` | The workers |
                | `workers[].engine` | text | required | Name of the engine |
                | `workers[].options` | section |  |  |
                | `workers[].model.path` | a path |  | Folder of the model |
                | `workers[].model.name` | text |  |  |
                | `workers[].disaggregation` | `aggregated`, `prefill_only` | `aggregated` | Which half of the work |
                | `workers[].labels` | names and values | `{}` | Labels of the worker |
                """);
    }

    @Test
    void optionsOfAnEngineHaveATableOfTheirOwn() {
        assertThat(SettingsTable.markdown("workers[].options.", SampleParts.LlamaOptions.class))
                .isEqualTo("""
                | key | value | default | what it does |
                |---|---|---|---|
                | `workers[].options.weights` | a path | required | Folder of the weights |
                """);
    }
}
