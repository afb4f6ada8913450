package dev.nacelle.examples.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Model files that are whole, and what is said of those that are not. */
class CheckpointTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("model.safetensors");
    }

    @ParameterizedTest
    @EnumSource
    void valuesOfEachTypeAreRead(Tensor.Type type) throws Exception {
        float[] values = {0, 1, -2.5f, 0.001953125f, 240, -0.09375f};
        var writer = new SafetensorsWriter(type);
        writer.add("first", new float[] {9, 9, 9}, 3);
        writer.add("second", values, 2, 3);
        writer.write(file);

        try (var checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensor("second", 2, 3).toArray()).containsExactly(values);
            var row = new float[3];
            checkpoint.tensor("second", 2, 3).read(3, row);
            assertThat(row).containsExactly(Arrays.copyOfRange(values, 3, 6));
        }
    }

    @Test
    void aMissingTensorIsNamedWithItsShape() throws Exception {
        writeOneTensor();
        try (var checkpoint = Checkpoint.open(folder)) {
            assertThatThrownBy(() -> checkpoint.tensor("other", 4, 5))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContainingAll("other", "[4, 5]", folder.toString());
        }
    }

    @Test
    void anotherShapeIsNamedWithTheExpectedOne() throws Exception {
        writeOneTensor();
        try (var checkpoint = Checkpoint.open(folder)) {
            assertThatThrownBy(() -> checkpoint.tensor("weights", 3, 2))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContainingAll("weights", "[2, 3]", "expected [3, 2]");
        }
    }

    @Test
    void aTruncatedFileIsRefusedWhereverItEnds() throws Exception {
        writeOneTensor();
        var whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Checkpoint.open(folder).close())
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("model.safetensors is no whole safetensors file");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 4]}} | 8 bytes apart",
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8, 0]}} | begin and end",
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 800]}} | a ends at byte 800",
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [-4, 4]}} | none negative",
                "{\"a\": {\"dtype\": \"F32\", \"shape\": \"x\", \"data_offsets\": [0, 4]}} | shape is x",
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [4611686018427387904, 4], \"data_offsets\": [0, 4]}} | fits the file",
                "{\"a\": 7} | a is 7",
                "{\"a\": {}, \"a\": {}} | Duplicate",
                "[] | no JSON object",
                "{\"a\" | line 1",
            })
    void aHeaderThatMakesNoSenseIsRefused(String header, String why) throws Exception {
        SafetensorsWriter.write(file, header, ByteBuffer.allocate(16).position(16));

        assertThatThrownBy(() -> Checkpoint.open(folder).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll("model.safetensors", why);
    }

    @Test
    void tensorsOfOtherTypesMayStandInTheFile() throws Exception {
        var header = "{\"i\": {\"dtype\": \"I64\", \"shape\": [1], \"data_offsets\": [0, 8]}}";
        SafetensorsWriter.write(file, header, ByteBuffer.allocate(8).position(8));

        try (var checkpoint = Checkpoint.open(folder)) {
            assertThatThrownBy(() -> checkpoint.tensor("i", 1)).hasMessageContaining("of type F32, F16 or BF16");
        }
    }

    @Test
    void aFolderWithoutWeightsIsRefused() {
        assertThatThrownBy(() -> Checkpoint.open(folder).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll("model.safetensors", folder.toString());
    }

    @Test
    void aMissingShardIsNamed() throws Exception {
        TinyModel.writeSharded(folder, "plain", Tensor.Type.F32);
        Files.delete(folder.resolve("model-1.safetensors"));

        assertThatThrownBy(() -> Checkpoint.open(folder).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll("index.json names model-1.safetensors", "not there");
    }

    @Test
    void anIndexReachesNoFileOutsideItsFolder() throws Exception {
        var index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, "{\"weight_map\": {\"a\": \"../b.safetensors\"}}");

        assertThatThrownBy(() -> Checkpoint.open(folder).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll("a is ../b.safetensors", "same folder");
    }

    private void writeOneTensor() throws IOException {
        var writer = new SafetensorsWriter(Tensor.Type.F16);
        writer.add("weights", new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        writer.write(file);
    }
}
