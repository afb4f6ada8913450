"""An engine that exports metrics of its own, from a prometheus_client registry, beside the host's."""

import time

from echo_engine import EchoEngine
from nacelle.metrics import register_engine_registry
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class MeteredEngine(EchoEngine):
    """Echoes, and counts what it does in families that begin with ``metered_``."""

    def __init__(self, rate: float = 0.0, model: str = "python-metered") -> None:
        super().__init__(rate=rate, model=model)
        # A registry of its own: two engines in one interpreter would meet in the global one.
        self.registry = CollectorRegistry()
        self.tokens = Counter("metered_tokens", "Tokens made", registry=self.registry)
        self.running = Gauge("metered_running", "Requests at work", registry=self.registry)
        self.duration = Histogram(
            "metered_request_seconds",
            "How long requests take, by how they end",
            ["finish_reason"],
            buckets=[0.01, 0.1, 1, 10],
            registry=self.registry,
        )

    async def register_prometheus(self, metrics):
        register_engine_registry(metrics, self.registry, prefix_filters=["metered_"])

    async def generate(self, request, context):
        begin, reason = time.monotonic(), "error"
        with self.running.track_inprogress():
            try:
                async for chunk in super().generate(request, context):
                    self.tokens.inc(len(chunk["token_ids"]))
                    reason = chunk.get("finish_reason") or reason
                    yield chunk
            finally:
                reason = "cancelled" if context.is_stopped() else reason
                self.duration.labels(reason).observe(time.monotonic() - begin)
