package dev.nacelle.dynamo;

import dev.nacelle.dynamo.card.ModelCard;
import dev.nacelle.dynamo.discovery.Place;
import dev.nacelle.runtime.system.FileBoard;
import dev.nacelle.runtime.system.HealthBoard;
import java.util.ArrayList;
import java.util.List;

/**
 * A worker's model files on the system port.
 *
 * @param path the folder that they seem to be in
 */
record ServedFiles(String path, List<HealthBoard.Entry> entries) implements AutoCloseable {
    static ServedFiles of(ModelCard.Files files, Place place, FileBoard board) {
        var path = "/v1/metadata/" + place.key();
        var entries = new ArrayList<HealthBoard.Entry>();
        files.paths().forEach((name, file) -> entries.add(board.serve(path + "/" + name, file)));
        return new ServedFiles(path, entries);
    }

    @Override
    public void close() {
        entries.forEach(HealthBoard.Entry::close);
    }
}
