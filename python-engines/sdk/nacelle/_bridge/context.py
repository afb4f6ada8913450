"""What an engine gets beside a request."""

import asyncio
from typing import Any, Callable, Dict, Mapping, Optional

from nacelle.telemetry import NO_SPAN


class Context:
    """Answers on the Python side what an engine asks on every token. From any thread, but for the awaitable."""

    __slots__ = ("_id", "_stopped", "_event", "_headers", "_notify_first", "metadata")

    def __init__(
        self, ident: str, metadata: Dict[str, str], headers: Dict[str, str], notify_first: Callable[[], None]
    ) -> None:
        self._id = ident
        self._stopped = False
        self._event: Optional[asyncio.Event] = None
        self._headers = headers
        self._notify_first = notify_first
        self.metadata = metadata

    def id(self) -> str:
        return self._id

    def is_stopped(self) -> bool:
        return self._stopped

    def is_killed(self) -> bool:
        return self._stopped

    def stop_generating(self) -> None:
        """The engine stops its own request; on the event loop's thread."""
        self._stopped = True
        if self._event is not None:
            self._event.set()

    async def async_killed_or_stopped(self) -> bool:
        if not self._stopped:
            if self._event is None:
                self._event = asyncio.Event()
            await self._event.wait()
        return True

    def notify_first_token(self) -> None:
        self._notify_first()

    @property
    def trace_id(self) -> Optional[str]:
        return self._parent(1)

    @property
    def span_id(self) -> Optional[str]:
        return self._parent(2)

    @property
    def parent_span_id(self) -> Optional[str]:
        return self._parent(2)

    def trace_headers(self) -> Optional[Dict[str, str]]:
        # A caller's request id alone is no trace.
        return dict(self._headers) if "traceparent" in self._headers else None

    def current_span(self) -> Any:
        return NO_SPAN

    def start_span(self, name: str, attrs: Optional[Mapping[str, Any]] = None) -> Any:
        return NO_SPAN

    def detached(self, ident: str) -> "Context":
        """For work that outlives the request: another id, never stopped by the host."""
        return Context(ident, dict(self.metadata), dict(self._headers), lambda: None)

    def _parent(self, part: int) -> Optional[str]:
        # traceparent: version-trace_id-span_id-flags
        parts = self._headers.get("traceparent", "").split("-")
        return parts[part] if len(parts) == 4 else None
