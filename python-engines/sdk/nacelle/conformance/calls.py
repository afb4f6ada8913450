"""Calls of an engine's members, which may fail in any way."""

from __future__ import annotations

import asyncio
import inspect
import traceback
from dataclasses import dataclass
from types import FrameType
from typing import Any, Callable, Optional, Union

from nacelle.conformance.watchdog import HeldLoop, is_own, shown

#: For a call that is given up to let go.
_CANCEL_S = 2.0


@dataclass(frozen=True)
class Returned:
    value: Any


@dataclass(frozen=True)
class Raised:
    error: BaseException


@dataclass(frozen=True)
class Hangs:
    """:param where: a sentence's end: ``had not returned after 5 s; it was in load (engine.py:12)``"""

    where: str


Called = Union[Returned, Raised, Hangs]


async def within(limit: float, call: Callable[[], Any]) -> Called:
    """Calls, awaits what comes back if that can be awaited, and gives up after ``limit`` seconds."""

    async def run() -> Called:
        try:
            value = call()
            return Returned(await value if inspect.isawaitable(value) else value)
        except (Exception, SystemExit, asyncio.CancelledError) as e:
            return Raised(e)
        except HeldLoop:
            return Hangs("held the event loop")

    task = asyncio.ensure_future(run())
    done, _ = await asyncio.wait({task}, timeout=limit)
    if done:
        return task.result()
    hangs = Hangs(f"had not returned after {limit:g} s; it was {where(task.get_coro())}")
    task.cancel()
    await asyncio.wait({task}, timeout=min(limit, _CANCEL_S))
    return hangs


async def trouble(limit: float, call: Callable[[], Any]) -> Optional[str]:
    """What is wrong with a call whose result does not matter; None when nothing is."""
    return trouble_of(await within(limit, call))


def trouble_of(called: Called) -> Optional[str]:
    if isinstance(called, Returned):
        return None
    return f"raised {text(called.error)}" if isinstance(called, Raised) else called.where


def text(error: BaseException) -> str:
    """One line: class, message, and where it was raised."""
    message = " ".join(str(error).split())
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if not is_own(frame)]
    at = f" {shown(frames[-1])}" if frames else ""
    return type(error).__name__ + (f": {message}" if message else "") + at


def where(awaiting: Any) -> str:
    """The innermost line at which a coroutine or a generator awaits, or yields."""
    frame: Optional[FrameType] = None
    while awaiting is not None:
        frame = _any(awaiting, "cr_frame", "ag_frame", "gi_frame") or frame
        awaiting = _any(awaiting, "cr_await", "ag_await", "gi_yieldfrom")
    return "nowhere" if frame is None else shown(frame)


def _any(of: Any, *names: str) -> Any:
    return next((value for name in names if (value := getattr(of, name, None)) is not None), None)
