"""Publishers and a metrics handle that keep what they are given."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Callable, List, Mapping, Optional, Sequence, Tuple

from nacelle.publishing import ComponentSnapshot

#: Of the form that a host gives.
AUTO_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "dynamo_namespace": "dynamo",
        "dynamo_component": "backend",
        "dynamo_endpoint": "generate",
        "worker_id": "1",
        "model": "test",
        "model_name": "test",
    }
)


class RecordingMetrics:
    """The handle of ``register_prometheus``."""

    def __init__(self, auto_labels: Mapping[str, str] = AUTO_LABELS) -> None:
        self.auto_labels: Mapping[str, str] = MappingProxyType(dict(auto_labels))
        self.callbacks: List[Callable[[], str]] = []

    def register_prometheus_expfmt_callback(self, callback: Callable[[], str]) -> None:
        self.callbacks.append(callback)

    def register_prometheus_typed_callback(self, callback: Callable[[], Any]) -> None:
        pass

    def render(self) -> str:
        """All registries' pages, one after the other: for a test to look into, no page that a host would show."""
        return "".join(callback() for callback in self.callbacks)


@dataclass
class RecordingSnapshots:
    """The publisher of ``attach_snapshot_publisher``."""

    published: List[Tuple[int, ComponentSnapshot]] = field(default_factory=list)

    def publish(self, dp_rank: int, snapshot: ComponentSnapshot) -> None:
        self.published.append((dp_rank, snapshot))

    def last(self, dp_rank: int = 0) -> ComponentSnapshot:
        """:raises LookupError: when the rank has published nothing"""
        for rank, snapshot in reversed(self.published):
            if rank == dp_rank:
                return snapshot
        raise LookupError(f"no snapshot of rank {dp_rank}")


@dataclass
class RecordingKvEvents:
    """The publisher of a ``PushSource``: (``stored`` or ``removed``, block hashes), in order."""

    events: List[Tuple[str, List[int]]] = field(default_factory=list)
    is_shut_down: bool = False

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
        self.events.append(("stored", list(block_hashes)))

    def publish_removed(self, block_hashes: Sequence[int]) -> None:
        self.events.append(("removed", list(block_hashes)))

    def publish_batch(self, events: Sequence[Mapping[str, Any]]) -> None:
        for event in events:
            arguments = {key: value for key, value in event.items() if key != "type"}
            if event["type"] == "stored":
                self.publish_stored(**arguments)
            elif event["type"] == "removed":
                self.publish_removed(**arguments)
            else:
                raise ValueError(f"an event of type {event['type']!r}, expected stored or removed")

    def shutdown(self) -> None:
        self.is_shut_down = True
