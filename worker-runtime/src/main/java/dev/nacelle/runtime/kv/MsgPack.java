package dev.nacelle.runtime.kv;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads MessagePack: integers as {@link Long} (unsigned ones by their bits), floats as {@link Double}, text as
 * {@link String}, binary as {@code byte[]}, arrays as {@link List}, maps with text keys as {@link Map}. What a size field
 * claims is never allocated before it is there.
 */
final class MsgPack {
    /** Thrown for whatever is no MessagePack, or deeper than is sensible. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    private static final int DEPTH_MAX = 16;

    private final ByteBuffer in;

    private MsgPack(byte[] bytes) {
        in = ByteBuffer.wrap(bytes);
    }

    /** The one value that {@code bytes} hold. */
    static @Nullable Object read(byte[] bytes) throws Malformed {
        var reader = new MsgPack(bytes);
        try {
            var value = reader.value(0);
            if (reader.in.hasRemaining()) throw new Malformed(reader.in.remaining() + " bytes after the value");
            return value;
        } catch (BufferUnderflowException e) {
            throw new Malformed("the value is cut off after %d bytes".formatted(bytes.length));
        }
    }

    private @Nullable Object value(int depth) throws Malformed {
        if (depth > DEPTH_MAX) throw new Malformed("nested deeper than " + DEPTH_MAX);
        int type = in.get() & 0xff;
        if (type <= 0x7f) return (long) type;
        if (type >= 0xe0) return (long) (byte) type;
        if (type <= 0x8f) return map(type & 0x0f, depth);
        if (type <= 0x9f) return array(type & 0x0f, depth);
        if (type <= 0xbf) return text(type & 0x1f);
        return switch (type) {
            case 0xc0 -> null;
            case 0xc2 -> false;
            case 0xc3 -> true;
            case 0xc4 -> bytes(in.get() & 0xff);
            case 0xc5 -> bytes(in.getShort() & 0xffff);
            case 0xc6 -> bytes(in.getInt());
            case 0xca -> (double) in.getFloat();
            case 0xcb -> in.getDouble();
            case 0xcc -> (long) (in.get() & 0xff);
            case 0xcd -> (long) (in.getShort() & 0xffff);
            case 0xce -> in.getInt() & 0xffff_ffffL;
            case 0xcf, 0xd3 -> in.getLong();
            case 0xd0 -> (long) in.get();
            case 0xd1 -> (long) in.getShort();
            case 0xd2 -> (long) in.getInt();
            case 0xd9 -> text(in.get() & 0xff);
            case 0xda -> text(in.getShort() & 0xffff);
            case 0xdb -> text(in.getInt());
            case 0xdc -> array(in.getShort() & 0xffff, depth);
            case 0xdd -> array(in.getInt(), depth);
            case 0xde -> map(in.getShort() & 0xffff, depth);
            case 0xdf -> map(in.getInt(), depth);
            default -> throw new Malformed("type byte 0x%02x, which no event uses".formatted(type));
        };
    }

    private List<@Nullable Object> array(int size, int depth) throws Malformed {
        var values = new ArrayList<@Nullable Object>(checked(size));
        for (int i = 0; i < size; i++) values.add(value(depth + 1));
        return values;
    }

    private Map<String, @Nullable Object> map(int size, int depth) throws Malformed {
        checked(size);
        var entries = new LinkedHashMap<String, @Nullable Object>();
        for (int i = 0; i < size; i++) {
            if (!(value(depth + 1) instanceof String key)) throw new Malformed("a map's key that is no text");
            entries.put(key, value(depth + 1));
        }
        return entries;
    }

    private String text(int size) throws Malformed {
        return new String(bytes(size), StandardCharsets.UTF_8);
    }

    private byte[] bytes(int size) throws Malformed {
        var bytes = new byte[checked(size)];
        in.get(bytes);
        return bytes;
    }

    /** Each element takes a byte at least. */
    private int checked(int size) throws Malformed {
        if (size < 0 || size > in.remaining())
            throw new Malformed("a size of %d with %d bytes left".formatted(size & 0xffff_ffffL, in.remaining()));
        return size;
    }
}
