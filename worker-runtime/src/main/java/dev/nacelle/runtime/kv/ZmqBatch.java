package dev.nacelle.runtime.kv;

import dev.nacelle.runtime.kv.MsgPack.Malformed;
import dev.nacelle.spi.request.TokenIds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads vLLM's batches of KV events: {@code [timestamp, [event, …], rank?]}, each event an array that begins with its name,
 * or (newer) a map with its name under {@code type}.
 *
 * <p>Passed over are blocks that a plain prompt cannot find: those of adapters (LoRA), and those kept elsewhere than on the
 * device.
 */
final class ZmqBatch {
    private static final List<String> STORED =
            List.of("block_hashes", "parent_block_hash", "token_ids", "block_size", "lora_id", "medium", "lora_name");
    private static final List<String> REMOVED = List.of("block_hashes", "medium");

    private ZmqBatch() {}

    static List<KvEvent> read(byte[] payload) throws Malformed {
        if (!(MsgPack.read(payload) instanceof List<?> batch)
                || batch.size() < 2
                || !(batch.get(1) instanceof List<?> events))
            throw new Malformed("no batch of events, expected [timestamp, [event, …]]");
        var read = new ArrayList<KvEvent>(events.size());
        for (var event : events) event(event).ifPresent(read::add);
        return read;
    }

    private static Optional<KvEvent> event(@Nullable Object event) throws Malformed {
        var name = switch (event) {
            case List<?> list when !list.isEmpty() -> list.getFirst();
            case Map<?, ?> map -> map.get("type");
            case null, default -> null;
        };
        return switch (String.valueOf(name)) {
            case "BlockStored" -> stored(fields(event, STORED));
            case "BlockRemoved" -> removed(fields(event, REMOVED));
            case "AllBlocksCleared" -> Optional.of(new KvEvent.Cleared());
            default -> throw new Malformed("an event named '%s'".formatted(name));
        };
    }

    /** The event's fields by name; what follows those that are known is left alone. */
    private static Map<?, ?> fields(@Nullable Object event, List<String> names) {
        if (event instanceof Map<?, ?> map) return map;
        var list = (List<?>) event;
        var fields = new HashMap<String, @Nullable Object>();
        for (int i = 0; list != null && i < names.size() && i + 1 < list.size(); i++)
            fields.put(names.get(i), list.get(i + 1));
        return fields;
    }

    private static Optional<KvEvent> stored(Map<?, ?> fields) throws Malformed {
        if (fields.get("lora_id") != null || fields.get("lora_name") != null || isElsewhere(fields))
            return Optional.empty();
        var hashes = hashes(fields);
        if (!(fields.get("token_ids") instanceof List<?> ids)
                || !(fields.get("block_size") instanceof Long size)
                || size < 1
                || ids.size() != hashes.length * size)
            throw new Malformed("a BlockStored whose token_ids do not fit its %d blocks".formatted(hashes.length));
        var tokens = new int[ids.size()];
        for (int i = 0; i < tokens.length; i++) {
            if (!(ids.get(i) instanceof Long id)) throw new Malformed("a token id that is no number");
            tokens[i] = id.intValue();
        }
        var parent = fields.get("parent_block_hash");
        return Optional.of(new KvEvent.Stored(
                hashes,
                parent == null ? OptionalLong.empty() : OptionalLong.of(hash(parent)),
                TokenIds.of(tokens),
                size.intValue()));
    }

    private static Optional<KvEvent> removed(Map<?, ?> fields) throws Malformed {
        return isElsewhere(fields) ? Optional.empty() : Optional.of(new KvEvent.Removed(hashes(fields)));
    }

    private static boolean isElsewhere(Map<?, ?> fields) {
        return fields.get("medium") instanceof String medium && !medium.equalsIgnoreCase("GPU");
    }

    private static long[] hashes(Map<?, ?> fields) throws Malformed {
        if (!(fields.get("block_hashes") instanceof List<?> list)) throw new Malformed("an event without block_hashes");
        var hashes = new long[list.size()];
        for (int i = 0; i < hashes.length; i++) hashes[i] = hash(list.get(i));
        return hashes;
    }

    /** A number, or a digest, of which eight bytes tell blocks apart well enough. */
    private static long hash(@Nullable Object hash) throws Malformed {
        return switch (hash) {
            case Long number -> number;
            case byte[] digest
            when digest.length >= Long.BYTES -> ByteBuffer.wrap(digest).getLong(digest.length - Long.BYTES);
            case null, default -> throw new Malformed("a block hash that is neither a number nor a digest");
        };
    }
}
