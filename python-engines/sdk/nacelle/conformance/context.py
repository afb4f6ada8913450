"""A request's context without a host."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Dict, List, Mapping, MutableMapping, Optional, Tuple

from nacelle.request import Span
from nacelle.telemetry import NO_SPAN


class FakeContext:
    """Has all that a host's context has; a test cancels with :meth:`stop`.

    :param headers: what ``trace_headers`` gives
    """

    def __init__(
        self,
        request_id: str = "test",
        *,
        metadata: Optional[Mapping[str, str]] = None,
        headers: Optional[Mapping[str, str]] = None,
    ) -> None:
        self.metadata: MutableMapping[str, str] = dict(metadata or {})
        #: How often ``notify_first_token`` was called.
        self.first_tokens = 0
        self.trace_id: Optional[str] = None
        self.span_id: Optional[str] = None
        self.parent_span_id: Optional[str] = None
        self._id = request_id
        self._headers = None if headers is None else dict(headers)
        self._stopped = False
        self._killed = False
        self._waiting: List[Tuple[asyncio.AbstractEventLoop, asyncio.Future[bool]]] = []
        self._lock = threading.Lock()

    def id(self) -> str:
        return self._id

    def is_stopped(self) -> bool:
        return self._stopped

    def is_killed(self) -> bool:
        return self._killed

    def stop(self) -> None:
        """The caller goes away. From any thread."""
        with self._lock:
            self._stopped = True
            waiting, self._waiting = self._waiting, []
        for loop, future in waiting:
            loop.call_soon_threadsafe(_complete, future)

    def kill(self) -> None:
        """The same, and without mercy."""
        self._killed = True
        self.stop()

    def stop_generating(self) -> None:
        self.stop()

    async def async_killed_or_stopped(self) -> bool:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        with self._lock:
            if self._stopped:
                return True
            self._waiting.append((loop, future))
        return await future

    def notify_first_token(self) -> None:
        self.first_tokens += 1

    def trace_headers(self) -> Optional[Dict[str, str]]:
        return None if self._headers is None else dict(self._headers)

    def current_span(self) -> Span:
        return NO_SPAN

    def start_span(self, name: str, attrs: Optional[Mapping[str, Any]] = None) -> Span:
        return NO_SPAN

    def detached(self, id: str) -> FakeContext:
        return FakeContext(id, metadata=self.metadata, headers=self._headers)


def _complete(future: asyncio.Future[bool]) -> None:
    if not future.done():  # who waited may have been cancelled
        future.set_result(True)
