package dev.nacelle.runtime.exposition;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which family and role a sample's name belongs to, looked up by the name's bytes without making a string. */
final class SampleNames {
    /**
     * A name that samples may bear.
     *
     * @param name its bytes
     * @param hash of these
     * @param family the family under construction that takes such samples
     * @param role what they are in it
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by hand, never shared
    record Entry(byte[] name, long hash, FamilyBuilder family, Role role) {}

    private @Nullable Entry[] table = new @Nullable Entry[128];
    private int size;

    @Nullable
    Entry find(byte[] text, int from, int to, long hash) {
        for (int i = slot(hash, table.length); ; i = (i + 1) & (table.length - 1)) {
            Entry entry = table[i];
            if (entry == null) return null;
            if (entry.hash == hash && Arrays.equals(entry.name, 0, entry.name.length, text, from, to)) return entry;
        }
    }

    /** Adds a name, or replaces what it meant. */
    Entry put(byte[] name, FamilyBuilder family, Role role) {
        if (size * 2 >= table.length) grow();
        Entry entry = new Entry(name, Keys.of(name, 0, name.length), family, role);
        insert(table, entry);
        return entry;
    }

    private void grow() {
        @Nullable Entry[] larger = new @Nullable Entry[table.length * 2];
        size = 0;
        for (Entry entry : table) if (entry != null) insert(larger, entry);
        table = larger;
    }

    private void insert(@Nullable Entry[] into, Entry entry) {
        int i = slot(entry.hash, into.length);
        for (Entry there = into[i]; there != null; there = into[i]) {
            if (there.hash == entry.hash && Arrays.equals(there.name, entry.name)) {
                into[i] = entry;
                return;
            }
            i = (i + 1) & (into.length - 1);
        }
        into[i] = entry;
        size++;
    }

    private static int slot(long hash, int length) {
        return (int) hash & (length - 1);
    }
}
