package dev.nacelle.examples.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelConfigTest {
    private static final String PLAIN = Golden.read("plain").config();

    @TempDir
    Path folder;

    @Test
    void theModelOfTheExamplesIsRead() throws Exception {
        var config = ModelConfig.read(TinyModel.AUSTEN);

        assertThat(config.vocabSize()).isEqualTo(2048);
        assertThat(config.headDim()).isEqualTo(32);
        assertThat(config.kvDim()).isEqualTo(32);
        assertThat(config.contextLength()).isEqualTo(256);
        assertThat(config.tiedEmbeddings()).isTrue();
        assertThat(config.bosToken()).hasValue(1);
        assertThat(config.eosTokens()).containsExactly(2);
        // All but the norms' 11 vectors of 160.
        assertThat(config.parameters()).isEqualTo(1_673_440 - 11 * 160);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"LlamaForCausalLM\" | \"GPT2LMHeadModel\" | architectures is [GPT2LMHeadModel], expected [LlamaForCausalLM]",
                "\"silu\" | \"gelu\" | hidden_act is gelu, expected silu",
                "\"vocab_size\": 96, | '' | vocab_size is missing",
                "\"hidden_size\": 32 | \"hidden_size\": null | hidden_size is missing",
                "\"hidden_size\": 32 | \"hidden_size\": \"32\" | hidden_size is 32, expected a whole number",
                "\"hidden_size\": 32 | \"hidden_size\": 0 | hidden_size is 0, expected a whole number above 0",
                "\"hidden_size\": 32 | \"hidden_size\": 30 | num_attention_heads is 4, expected a divisor",
                "\"num_key_value_heads\": 2 | \"num_key_value_heads\": 3 | num_key_value_heads is 3, expected a divisor",
                "\"rms_norm_eps\": 1e-05 | \"rms_norm_eps\": -1 | rms_norm_eps is -1",
                "\"tie_word_embeddings\": false | \"tie_word_embeddings\": 1 | tie_word_embeddings is 1, expected true or false",
                "\"eos_token_id\": 2 | \"eos_token_id\": \"</s>\" | eos_token_id is </s>, expected a token id",
                "\"eos_token_id\": 2 | \"quantization_config\": {\"bits\": 4} | quantization_config",
                "\"eos_token_id\": 2 | \"head_dim\": 7 | head_dim is 7, expected an even number",
                "\"eos_token_id\": 2 | \"rope_scaling\": {\"rope_type\": \"yarn\"} | rope_type is yarn, expected default, linear or llama3",
                "\"eos_token_id\": 2 | \"rope_scaling\": {\"type\": \"dynamic\"} | type is dynamic",
                "\"eos_token_id\": 2 | \"rope_scaling\": {\"type\": \"linear\"} | factor is missing",
                "\"eos_token_id\": 2 | \"rope_scaling\": 4 | rope_scaling is 4, expected an object",
            })
    void whatTheEngineCannotRunIsRefusedByKey(String part, String replacement, String why) throws Exception {
        assertThat(PLAIN).contains(part);
        write(PLAIN.replace(part, replacement));

        assertThatThrownBy(() -> ModelConfig.read(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll("config.json", why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{} {}", "{\"a\": ", "nonsense", "{\"a\": 1, \"a\": 2}"})
    void whatIsNoJsonObjectIsRefused(String text) throws Exception {
        write(text);

        assertThatThrownBy(() -> ModelConfig.read(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("config.json");
    }

    @Test
    void aMissingFolderOrFileIsNamed() {
        assertThatThrownBy(() -> ModelConfig.read(folder.resolve("none"))).hasMessageContaining("no model folder at");
        assertThatThrownBy(() -> ModelConfig.read(folder)).hasMessageContaining("no config.json in " + folder);
    }

    @Test
    void endsOfTextComeFromBothFiles() throws Exception {
        write(PLAIN.replace("\"eos_token_id\": 2", "\"eos_token_id\": [2, 7]"));
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": 9}");

        assertThat(ModelConfig.read(folder).eosTokens()).containsExactlyInAnyOrder(2, 7, 9);
    }

    @Test
    void newerFilesKeepTheBaseOfTheRotationInRopeParameters() throws Exception {
        write(PLAIN.replace(
                "\"rope_theta\": 10000.0", "\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 16}"));

        var cos = new float[4];
        var sin = new float[4];
        ModelConfig.read(folder).rope().angles(1, cos, sin);
        assertThat(sin).containsExactly((float) Math.sin(1), (float) Math.sin(0.5), (float) Math.sin(0.25), (float)
                Math.sin(0.125));
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve("config.json"), text);
    }
}
