"""What an engine hands over beside its answers: snapshots of its cache, KV events, a registry of its own.

The classes are plain data that the host reads by attribute. The protocols describe what the host passes in; the
engine never makes one itself (``nacelle.testing`` has recording ones for tests).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional, Protocol, Sequence, Union


@dataclass
class ComponentSnapshot:
    """What one data-parallel rank's KV cache holds at this moment.

    :param kv_used_blocks: blocks in use, which a router reads as the load
    :param kv_total_blocks: blocks there are
    :param gpu_cache_usage: share in use, 0.0 to 1.0
    :param kv_cache_hit_rate: share of prompt blocks found in the cache, 0.0 to 1.0; None while nothing was measured, or
        without a prefix cache, which is not the same as 0.0
    """

    kv_used_blocks: int
    kv_total_blocks: int
    gpu_cache_usage: float
    dp_rank: int = 0
    kv_cache_hit_rate: Optional[float] = None


class SnapshotPublisher(Protocol):
    """Takes snapshots; see ``LLMEngine.attach_snapshot_publisher``. From any thread, never blocks."""

    def publish(self, dp_rank: int, snapshot: ComponentSnapshot) -> None:
        """Shows the snapshot in the rank's gauges. An undeclared rank or a value out of range is refused and counted."""


class KvEventPublisher(Protocol):
    """Takes one rank's KV events, in order. From any thread. Hashes are signed 64-bit; the host numbers the events."""

    def publish_stored(
        self,
        token_ids: Sequence[int],
        num_block_tokens: Sequence[int],
        block_hashes: Sequence[int],
        parent_hash: Optional[int] = None,
        block_mm_infos: Optional[Sequence[Any]] = None,
        lora_name: Optional[str] = None,
        is_eagle: Optional[bool] = None,
        cache_salt: Optional[str] = None,
    ) -> None:
        """Blocks are in the cache now, the first one after ``parent_hash``.

        :param token_ids: the tokens of all the blocks, one block after the other
        :param num_block_tokens: how many of them each block holds
        """

    def publish_removed(self, block_hashes: Sequence[int]) -> None:
        """Blocks are gone."""

    def publish_batch(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Several events at once, each a dict with ``type`` (``stored`` or ``removed``) and the arguments as above."""

    def shutdown(self) -> None:
        """No more events will come."""


@dataclass(frozen=True)
class PushSource:
    """The engine pushes KV events: ``on_ready`` is called once with the publisher.

    A thread that the engine starts for that must have ended when ``cleanup`` returns.
    """

    on_ready: Callable[[KvEventPublisher], None]
    dp_rank: int = 0


@dataclass(frozen=True)
class ZmqSource:
    """The host subscribes to the ZMQ PUB socket on which the engine publishes its KV events."""

    endpoint: str
    topic: str = ""
    dp_rank: int = 0


KvEventSource = Union[PushSource, ZmqSource]


class EngineMetrics(Protocol):
    """The handle that ``register_prometheus`` gets. Use it there only, and keep what was registered, not the handle."""

    @property
    def auto_labels(self) -> Mapping[str, str]:
        """The labels of everything that this worker exports; ``nacelle.metrics`` adds them to a registry."""

    def register_prometheus_expfmt_callback(self, callback: Callable[[], str]) -> None:
        """``callback`` returns a page in text 0.0.4 or OpenMetrics, which the host merges into its own. A scrape never
        waits for it: the host calls it in the background, from any thread."""

    def register_prometheus_typed_callback(self, callback: Callable[[], Any]) -> None:
        """Accepted for engines that offer both; the text says it all."""
