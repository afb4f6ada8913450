package dev.nacelle.runtime.exposition;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Hashes of 64 bits that stand for label sets. They are keyed with a number drawn at start, so that nobody outside can
 * choose texts that collide; two of a million series then share one with a chance below 1 in 10 million, and are taken
 * for the same.
 */
final class Keys {
    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long SEED = new SecureRandom().nextLong();
    private static final long MULTIPLIER = new SecureRandom().nextLong() | 1;

    private Keys() {}

    static long of(byte[] text, int from, int to) {
        long hash = SEED ^ (to - from);
        int at = from;
        for (; at + 8 <= to; at += 8) hash = mix(hash, (long) EIGHT_BYTES.get(text, at));
        if (at < to) {
            long rest = 0;
            for (int shift = 0; at < to; at++, shift += 8) rest |= (text[at] & 0xffL) << shift;
            hash = mix(hash, rest);
        }
        return mix(hash, 0);
    }

    /** The key of one label; none for an empty value, which is the same as no label. */
    static long label(String name, String value) {
        if (value.isEmpty()) return 0;
        byte[] n = name.getBytes(StandardCharsets.UTF_8);
        byte[] v = value.getBytes(StandardCharsets.UTF_8);
        return label(of(n, 0, n.length), of(v, 0, v.length));
    }

    static long mix(long hash, long more) {
        long mixed = (hash ^ more) * MULTIPLIER;
        return mixed ^ (mixed >>> 32);
    }

    /** The key of one label; those of a set are added up, so that their order does not matter. */
    static long label(long name, long value) {
        return mix(mix(name, value), name);
    }
}
