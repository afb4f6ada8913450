"""Notices an event loop that does not turn, and sets it free."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import Callable, Optional, Type

_BEAT_S = 0.05
#: Python code is interrupted at its next line; what goes on for longer is native.
_INTERRUPT_S = 1.0
_OWN = os.path.dirname(__file__)


class HeldLoop(BaseException):
    """Raised in the code that holds the loop; what it would do next does not matter any more."""


class Watchdog:
    """Looks at a loop from a thread of its own. Where the loop stands still for longer than the limit, ``on_held`` hears where,
    and the code there is interrupted; when that does not help (a call into native code), ``on_stuck`` is called, once."""

    def __init__(
        self, limit: float, on_held: Callable[[str], None], on_stuck: Callable[[], None]
    ) -> None:
        self._limit = limit
        self._on_held = on_held
        self._on_stuck = on_stuck
        self._beat = time.monotonic()
        self._over = threading.Event()
        self._loop_thread = threading.get_ident()
        self._handle: Optional[asyncio.Handle] = None
        self._thread = threading.Thread(target=self._watch, name="nacelle-check-watchdog", daemon=True)

    def __enter__(self) -> Watchdog:
        self._turn()
        self._thread.start()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._over.set()
        if self._handle is not None:
            self._handle.cancel()
        self._thread.join()

    def allow(self, seconds: float) -> float:
        """Sets the limit, and returns the one before."""
        before, self._limit = self._limit, seconds
        return before

    def _turn(self) -> None:
        self._beat = time.monotonic()
        self._handle = asyncio.get_running_loop().call_later(_BEAT_S, self._turn)

    def _watch(self) -> None:
        while not self._over.wait(_BEAT_S):
            beat = self._beat
            if time.monotonic() - beat <= self._limit:
                continue
            if _waits(self._loop_thread):  # it is the machine that is late
                continue
            self._on_held(where_is(self._loop_thread))
            _interrupt(self._loop_thread)
            given_up = time.monotonic() + _INTERRUPT_S
            while self._beat == beat and not self._over.wait(_BEAT_S):
                if time.monotonic() > given_up:
                    self._on_stuck()
                    return


def where_is(thread: int) -> str:
    """The innermost line of code of a thread that is not the kit's own: ``in step (engine.py:12)``."""
    frame: Optional[FrameType] = sys._current_frames().get(thread)
    while frame is not None and is_own(frame):
        frame = frame.f_back
    return "nowhere" if frame is None else shown(frame)


def _waits(thread: int) -> bool:
    """Whether a loop has nothing to do."""
    frame = sys._current_frames().get(thread)
    return frame is not None and os.path.basename(frame.f_code.co_filename) == "selectors.py"


def is_own(frame: FrameType) -> bool:
    """Whether the code is the kit's."""
    return os.path.dirname(frame.f_code.co_filename) == _OWN


def shown(frame: FrameType) -> str:
    code = frame.f_code
    return f"in {code.co_name} ({os.path.basename(code.co_filename)}:{frame.f_lineno})"


def _interrupt(thread: int) -> None:
    try:
        from ctypes import c_ulong, py_object, pythonapi
    except ImportError:  # an interpreter without the C API: on_stuck has the last word
        return
    pythonapi.PyThreadState_SetAsyncExc(c_ulong(thread), py_object(HeldLoop))
