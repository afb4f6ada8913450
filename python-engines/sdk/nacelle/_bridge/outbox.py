"""Frames on their way out: gathered while the event loop turns, and sent together."""

import threading
import time
from asyncio import AbstractEventLoop
from typing import Callable, List, Optional

_RECORDS_MAX = 512
#: A loop that turns faster gathers for so long: the host's threads sleep, and to wake one costs more than many tokens do.
_GATHER_S = 0.0002


class Outbox:
    """
    :param deliver: takes whole frames, one after the other; called by one thread at a time, never blocks for long
    :param clock: in seconds
    """

    def __init__(self, deliver: Callable[[bytes], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._deliver = deliver
        self._clock = clock
        #: What waits. Never replaced: whoever may append to it may keep it.
        self.records: List[bytes] = []
        # Reentrant: a finalizer that logs may run in the middle of a flush.
        self._lock = threading.RLock()
        self._loop: Optional[AbstractEventLoop] = None
        #: Whether what waits goes out by itself; else who appends calls :meth:`schedule`.
        self.scheduled = False
        self._woken = False
        #: Counts turns of the loop in which something waited: a pump sees by it whether the loop has turned.
        self.turns = 0
        self._waited = 0
        self._gather_until = 0.0

    def attach(self, loop: AbstractEventLoop) -> None:
        self._loop = loop

    def put(self, record: bytes) -> None:
        """On the event loop's thread: out when the loop has turned, or a few of its turns later while they are short."""
        records = self.records
        records.append(record)
        if not self.scheduled:
            self.schedule()
        elif len(records) >= _RECORDS_MAX:
            self.flush()

    def schedule(self) -> None:
        """On the event loop's thread."""
        self.scheduled = True
        self._loop.call_soon(self._turn)  # type: ignore[union-attr]

    def post(self, record: bytes) -> None:
        """From any thread: out when the loop turns next."""
        self.records.append(record)
        if self._woken:
            return
        self._woken = True
        try:
            self._loop.call_soon_threadsafe(self._wake)  # type: ignore[union-attr]
        except (RuntimeError, AttributeError):  # no loop any more, or not yet
            self._woken = False
            self.flush()

    def send(self, record: bytes) -> None:
        """From any thread: out at once, after what was put before."""
        self.records.append(record)
        self.flush()

    def flush(self) -> None:
        with self._lock:
            batch = self.records[:]
            if batch:
                del self.records[: len(batch)]
                self._deliver(batch[0] if len(batch) == 1 else b"".join(batch))

    def _turn(self) -> None:
        self.turns += 1
        waiting = len(self.records)
        now = self._clock()
        # Nothing waits for a token that may not come: a turn that brought none was the last.
        if now < self._gather_until and self._waited < waiting < _RECORDS_MAX:
            self._waited = waiting
            self._loop.call_soon(self._turn)  # type: ignore[union-attr]
            return
        self._waited = 0
        self._gather_until = now + _GATHER_S
        self.scheduled = False
        self.flush()

    def _wake(self) -> None:
        self._woken = False
        self.flush()
