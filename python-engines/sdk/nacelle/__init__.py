"""Write an LLM engine in Python; Nacelle serves it.

An engine is one class::

    import nacelle

    class Echo(nacelle.LLMEngine):
        async def start(self, worker_id):
            return nacelle.EngineConfig(model="echo")

        async def generate(self, request, context):
            for token in request["token_ids"]:
                yield {"token_ids": [token]}
            yield {"token_ids": [], "finish_reason": "stop"}

        async def cleanup(self):
            pass

Inheriting is optional: the host looks at the names of members, never at types. ``python -m nacelle check
module:Class`` checks a class without any host.

Submodules that are imported when they are asked for: ``nacelle.metrics`` (bridges ``prometheus_client``
registries), ``nacelle.telemetry`` (spans), ``nacelle.health_check`` (canary payloads) and ``nacelle.testing``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nacelle.engine import (
    DisaggregationMode,
    EngineConfig,
    LLMEngine,
    LlmRegistration,
    WorkerConfig,
)
from nacelle.errors import (
    Cancelled,
    CannotConnect,
    ConnectionTimeout,
    Disconnected,
    EngineError,
    EngineShutdown,
    HttpError,
    InvalidArgument,
    Overloaded,
    RouterQueueLimitExceeded,
    StreamIncomplete,
    Unknown,
    WorkerUnavailable,
)
from nacelle.host import Host, health, progress
from nacelle.publishing import (
    ComponentSnapshot,
    EngineMetrics,
    KvEventPublisher,
    KvEventSource,
    PushSource,
    SnapshotPublisher,
    ZmqSource,
)
from nacelle.request import (
    Context,
    GenerateChunk,
    GenerateRequest,
    Span,
    StopRule,
)

if TYPE_CHECKING:
    from nacelle import health_check, metrics, telemetry, testing
else:

    def __getattr__(name):
        """Imports the submodules that not every engine needs, at their first use."""
        if name not in ("health_check", "metrics", "telemetry", "testing"):
            raise AttributeError(f"module 'nacelle' has no attribute {name!r}")
        from importlib import import_module

        return import_module(f"nacelle.{name}")


#: Tells this package from others of the same import name.
DISTRIBUTION = "nacelle-engine"

__all__ = [
    "DISTRIBUTION",
    "Cancelled",
    "CannotConnect",
    "ComponentSnapshot",
    "ConnectionTimeout",
    "Context",
    "DisaggregationMode",
    "Disconnected",
    "EngineConfig",
    "EngineError",
    "EngineMetrics",
    "EngineShutdown",
    "GenerateChunk",
    "GenerateRequest",
    "Host",
    "HttpError",
    "InvalidArgument",
    "KvEventPublisher",
    "KvEventSource",
    "LLMEngine",
    "LlmRegistration",
    "Overloaded",
    "PushSource",
    "RouterQueueLimitExceeded",
    "SnapshotPublisher",
    "Span",
    "StopRule",
    "StreamIncomplete",
    "Unknown",
    "WorkerConfig",
    "WorkerUnavailable",
    "ZmqSource",
    "health",
    "health_check",
    "metrics",
    "progress",
    "telemetry",
    "testing",
]
