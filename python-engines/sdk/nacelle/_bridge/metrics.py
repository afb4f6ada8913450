"""What an engine gets to export metrics with."""

import math
import struct
from typing import Any, Callable, Dict, List

from nacelle._bridge import frames

_SNAPSHOT = struct.Struct("<iqqdd")
_NOT_MEASURED = -1.0


class Handle:
    """Valid during ``register_prometheus`` only; the callbacks stay."""

    def __init__(self, auto_labels: Dict[str, str]) -> None:
        self.auto_labels = auto_labels
        self.callbacks: List[Callable[[], Any]] = []

    def register_prometheus_expfmt_callback(self, callback: Callable[[], Any]) -> None:
        """``callback`` returns a registry as text, Prometheus 0.0.4 or OpenMetrics; called from some other thread."""
        self.callbacks.append(callback)

    def register_prometheus_typed_callback(self, callback: Callable[[], Any]) -> None:
        """Taken and not used: the text says it all."""


class SnapshotPublisher:
    """Takes the state of the engine's ranks, from any thread."""

    def __init__(self, outbox: Any) -> None:
        self._outbox = outbox

    def publish(self, dp_rank: int, snapshot: Any) -> None:
        rate = getattr(snapshot, "kv_cache_hit_rate", None)
        self._outbox.post(
            frames.frame(
                frames.SNAPSHOT,
                0,
                _SNAPSHOT.pack(
                    int(dp_rank),
                    int(snapshot.kv_used_blocks),
                    int(snapshot.kv_total_blocks),
                    float(snapshot.gpu_cache_usage),
                    # -1 would be taken for "not measured": any other value out of range is told as such.
                    _NOT_MEASURED if rate is None else (math.nan if rate < 0 else float(rate)),
                ),
            )
        )
