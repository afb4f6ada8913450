package dev.nacelle.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What the index should know, said as plainly as possible: for each rank, the prefix that each engine hash stands for. */
final class NaiveIndex {
    private final int blockSize;
    private final Map<Integer, Map<Long, List<Integer>>> ranks = new HashMap<>();

    NaiveIndex(int blockSize) {
        this.blockSize = blockSize;
    }

    void stored(int rank, long[] hashes, boolean hasParent, long parent, int[] tokens) {
        var held = held(rank);
        if (hasParent && !held.containsKey(parent)) {
            removed(rank, hashes); // whatever they stand for now, it is not what they stood for
            return;
        }
        var prefix = new ArrayList<Integer>(hasParent ? held.getOrDefault(parent, List.of()) : List.of());
        for (int i = 0; i < hashes.length; i++) {
            for (int j = 0; j < blockSize; j++) prefix.add(tokens[i * blockSize + j]);
            held.put(hashes[i], List.copyOf(prefix));
        }
    }

    void removed(int rank, long... hashes) {
        for (long hash : hashes) held(rank).remove(hash);
    }

    void cleared(int rank) {
        held(rank).clear();
    }

    int depth(int rank, int[] tokens) {
        Set<List<Integer>> prefixes = held(rank).values().stream().collect(Collectors.toSet());
        var sequence = Arrays.stream(tokens).boxed().toList();
        int depth = 0;
        while ((depth + 1) * blockSize <= tokens.length
                && prefixes.contains(sequence.subList(0, (depth + 1) * blockSize))) depth++;
        return depth;
    }

    /** Events that make another index hold what this one does for a rank: each prefix from its beginning. */
    List<RandomEvents.Event> blocks(int rank) {
        var events = new ArrayList<RandomEvents.Event>();
        var held = held(rank);
        held.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getValue().size()))
                .forEach(entry -> {
                    var prefix = entry.getValue();
                    var last = prefix.subList(prefix.size() - blockSize, prefix.size());
                    var parent = prefix.subList(0, prefix.size() - blockSize);
                    var parentHash = held.entrySet().stream()
                            .filter(other -> other.getValue().equals(parent))
                            .map(Map.Entry::getKey)
                            .findAny();
                    if (!parent.isEmpty() && parentHash.isEmpty()) return; // of no use without it
                    events.add(new RandomEvents.Event.Stored(
                            rank,
                            new long[] {entry.getKey()},
                            !parent.isEmpty(),
                            parentHash.orElse(0L),
                            last.stream().mapToInt(Integer::intValue).toArray()));
                });
        return events;
    }

    int held() {
        return ranks.values().stream().mapToInt(Map::size).sum();
    }

    private Map<Long, List<Integer>> held(int rank) {
        return ranks.computeIfAbsent(rank, _ -> new HashMap<>());
    }
}
