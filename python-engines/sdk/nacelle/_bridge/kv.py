"""KV-cache events on their way to the host."""

import logging
import struct
from typing import Any, Iterable, List, Optional, Sequence

from nacelle._bridge import frames

_LOG = logging.getLogger("nacelle")
_STORED = struct.Struct("<iiiBq")
_RANK = struct.Struct("<i")


class Publisher:
    """One rank's events, in the order of the calls; from any thread. Hashes are 64-bit: signed or not.

    :param block_size: tokens per block where the engine said so, else 0: then the first event tells
    """

    def __init__(self, outbox: Any, dp_rank: int, block_size: int) -> None:
        self._outbox = outbox
        self._rank = dp_rank
        self._block_size = block_size
        self._complained: List[str] = []
        self._closed = False

    def publish_stored(
        self,
        token_ids: Sequence[int],
        num_block_tokens: Sequence[int],
        block_hashes: Sequence[int],
        parent_hash: Optional[int] = None,
        block_mm_infos: Any = None,
        lora_name: Optional[str] = None,
        is_eagle: Optional[bool] = None,
        cache_salt: Optional[str] = None,
    ) -> None:
        if self._closed or not block_hashes:
            return
        if lora_name or cache_salt or any(block_mm_infos or ()):
            # The same tokens mean another block there: a router must not send plain prompts after them.
            self._complain("blocks of a LoRA, a cache salt or of images are not told to routers")
            return
        if not self._block_size:
            self._block_size = int(num_block_tokens[0])
        full = 0
        for size in num_block_tokens[: len(block_hashes)]:
            if size != self._block_size:
                self._complain(f"a block of {size} tokens, expected {self._block_size}: it and what follows are left out")
                break
            full += 1
        tokens = [int(token) for token in token_ids[: full * self._block_size]]
        if not full:
            return
        if len(tokens) != full * self._block_size:
            raise ValueError(f"{len(tokens)} tokens for {full} blocks, expected {full * self._block_size}")
        payload = (
            _STORED.pack(
                self._rank,
                full,
                self._block_size,
                parent_hash is not None,
                _signed(parent_hash or 0),
            )
            + _hashes(block_hashes[:full])
            + struct.pack("<%di" % len(tokens), *tokens)
        )
        self._outbox.post(frames.frame(frames.KV_STORED, 0, payload))

    def publish_removed(self, block_hashes: Sequence[int]) -> None:
        if block_hashes and not self._closed:
            self._outbox.post(frames.frame(frames.KV_REMOVED, 0, _RANK.pack(self._rank) + _hashes(block_hashes)))

    def publish_cleared(self) -> None:
        if not self._closed:
            self._outbox.post(frames.frame(frames.KV_CLEARED, 0, _RANK.pack(self._rank)))

    def publish_batch(self, events: Iterable[Any]) -> None:
        """Events as dicts or objects: ``kind`` (or ``type``) is ``stored``, ``removed`` or ``cleared``; the rest as above."""
        for event in events:
            fields = dict(event) if isinstance(event, dict) else dict(vars(event))
            kind = str(fields.pop("kind", None) or fields.pop("type", "")).lower()
            if "stored" in kind:
                self.publish_stored(**fields)
            elif "removed" in kind:
                self.publish_removed(**fields)
            elif "cleared" in kind:
                self.publish_cleared()
            else:
                raise ValueError(f"a KV event of kind {kind!r}, expected stored, removed or cleared")

    def shutdown(self) -> None:
        """What is published from now on goes nowhere."""
        self._closed = True

    def _complain(self, what: str) -> None:
        if what not in self._complained:
            self._complained.append(what)
            _LOG.warning("KV events of rank %d: %s", self._rank, what)


def _signed(value: int) -> int:
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def _hashes(values: Sequence[int]) -> bytes:
    return struct.pack("<%dq" % len(values), *map(_signed, values))
