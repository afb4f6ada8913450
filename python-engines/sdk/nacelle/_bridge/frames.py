"""Frames: ``u32 length | u8 kind | i64 id | payload``, little-endian, the length without itself.

The kinds and payloads are described where the host has them, in ``ToPython`` and ``FromPython``.
"""

import struct
from typing import Iterator, Tuple

CALL, GENERATE, CANCEL, PAUSE, RESUME, CLOSE = range(1, 7)
(
    READY,
    TOKENS,
    CHUNK,
    END,
    DONE,
    ERROR,
    RESULT,
    TEXT,
    FIRST,
    LOG,
    PROGRESS,
    HEALTH,
    SNAPSHOT,
    KV_STORED,
    KV_REMOVED,
    KV_CLEARED,
) = range(32, 48)

_HEAD = struct.Struct("<IBq")
HEAD_SIZE = _HEAD.size
_LENGTH_SIZE = 4
_pack_head = _HEAD.pack
# One token is by far the most frequent frame.
pack_token = struct.Struct("<IBqi").pack
TOKEN_LENGTH = HEAD_SIZE - _LENGTH_SIZE + 4


def frame(kind: int, ident: int, payload: bytes = b"") -> bytes:
    return _pack_head(HEAD_SIZE - _LENGTH_SIZE + len(payload), kind, ident) + payload


def split(data: bytes) -> Iterator[Tuple[int, int, bytes]]:
    """The frames in ``data``, which holds whole ones, as kind, id and payload."""
    at = 0
    while at < len(data):
        length, kind, ident = _HEAD.unpack_from(data, at)
        end = at + _LENGTH_SIZE + length
        yield kind, ident, data[at + HEAD_SIZE : end]
        at = end
