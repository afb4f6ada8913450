package dev.nacelle.python.bridge;

import org.jspecify.annotations.Nullable;

/** Kinds of frames from Python; the codes are those of {@code nacelle/_bridge/frames.py}. */
enum FromPython {
    /** The bridge takes frames. Payload: JSON that describes the interpreter. */
    READY(32),
    /** Tokens of the stream's first choice. Payload: i32 each. */
    TOKENS(33),
    /** Anything richer. Payload: JSON in the shape of a chunk. */
    CHUNK(34),
    /** The stream's terminal. Payload: JSON {@code {"reason": …, "usage": …}}. */
    END(35),
    /** The generator is done; nothing more comes for this stream. No payload. */
    DONE(36),
    /** What a stream or a call failed with; with id 0, why Python cannot begin. Payload: JSON {@code {"type": …, "message": …, "traceback": …}}. */
    ERROR(37),
    /** A call's answer. Payload: JSON. */
    RESULT(38),
    /** A call's answer that is text. Payload: UTF-8. */
    TEXT(39),
    /** The engine knows of the stream's first token. No payload. */
    FIRST(40),
    /** A log line. Payload: i32 level as Python counts them, u16 length of the logger's name, the name, the text. */
    LOG(41),
    /** How far loading is. Payload: f64 fraction, text. */
    PROGRESS(42),
    /** How the engine is. Payload: u8 (0 ready, 1 degraded, 2 down), text. */
    HEALTH(43),
    /** A rank's state. Payload: i32 rank, i64 used, i64 total, f64 usage, f64 hit rate (-1: not measured). */
    SNAPSHOT(44),
    /** KV blocks stored. Payload: i32 rank, i32 blocks, i32 block size, u8 has parent, i64 parent, i64 hashes, i32 tokens. */
    KV_STORED(45),
    /** KV blocks removed. Payload: i32 rank, i64 hashes. */
    KV_REMOVED(46),
    /** A rank's KV cache emptied. Payload: i32 rank. */
    KV_CLEARED(47);

    private static final @Nullable FromPython[] BY_CODE = byCode();

    private final int code;

    FromPython(int code) {
        this.code = code;
    }

    private static @Nullable FromPython[] byCode() {
        var table = new @Nullable FromPython[Byte.MAX_VALUE];
        for (var kind : values()) table[kind.code] = kind;
        return table;
    }

    byte code() {
        return (byte) code;
    }

    /** @throws IllegalArgumentException when there is none */
    static FromPython of(byte code) {
        var kind = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        if (kind == null)
            throw new IllegalArgumentException(
                    "a frame of kind %d, which this version does not know: the Python side is of another"
                            .formatted(code));
        return kind;
    }
}
