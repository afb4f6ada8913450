package dev.nacelle.dynamo.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.dynamo.Etcd;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EtcdStoreTest {
    private static final List<Entry> ENTRIES = List.of(
            new Entry(Entry.Bucket.INSTANCES, "n/c/e/7", "{\"a\":1}"),
            new Entry(Entry.Bucket.CARDS, "n/c/e/7", "{\"b\":\"ü\"}"));

    @Test
    void entriesAreThereUntilTheyAreRemoved(@TempDir Path folder) throws Exception {
        try (var etcd = Etcd.start(folder);
                var store = new EtcdStore(List.of(URI.create("http://127.0.0.1:1"), etcd.endpoint()))) {
            assertThat(store.list(Entry.Bucket.CARDS, "n/")).isEmpty();
            assertThat(store.renew(7, ENTRIES)).isFalse();
            store.put(7, ENTRIES);
            store.put(7, ENTRIES); // what is there is written over
            assertThat(store.renew(7, ENTRIES)).isTrue();
            assertThat(store.list(Entry.Bucket.CARDS, "n/")).containsExactly("{\"b\":\"ü\"}");
            assertThat(store.list(Entry.Bucket.CARDS, "o/")).isEmpty();
            store.remove(7, ENTRIES);
            store.remove(7, ENTRIES);
            assertThat(store.list(Entry.Bucket.INSTANCES, "n/")).isEmpty();
            assertThat(store.renew(7, ENTRIES)).isFalse();
        }
    }

    @Test
    void anEtcdThatLostEverythingIsNoticed(@TempDir Path folder) throws Exception {
        int port;
        try (var etcd = Etcd.start(folder.resolve("a"));
                var store = new EtcdStore(List.of(etcd.endpoint()))) {
            port = etcd.endpoint().getPort();
            store.put(7, ENTRIES);
            etcd.stop();
            assertThatThrownBy(() -> store.renew(7, ENTRIES))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("etcd at http://127.0.0.1:" + port);
            try (var _ = Etcd.start(folder.resolve("b"), port)) {
                assertThat(store.renew(7, ENTRIES)).isFalse();
                store.put(7, ENTRIES);
                assertThat(store.renew(7, ENTRIES)).isTrue();
            }
        }
    }
}
