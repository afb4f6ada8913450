"""One request to an engine, pumped as a host pumps it."""

from __future__ import annotations

import asyncio
import copy
import inspect
import sys
from dataclasses import dataclass
from typing import Any, AsyncGenerator, Dict, Optional, Union

from nacelle.conformance import calls
from nacelle.conformance.limits import Limits
from nacelle.conformance.reader import Answer, Reader, Violated
from nacelle.conformance.report import Findings
from nacelle.conformance.rules import Rule
from nacelle.conformance.watchdog import HeldLoop
from nacelle.conformance.worker import Worker
from nacelle.conformance.context import FakeContext

#: For readers that are never behind.
UNBOUNDED = sys.maxsize
_END = object()


@dataclass(frozen=True)
class Finished:
    reason: str


@dataclass(frozen=True)
class Raised:
    error: BaseException


@dataclass(frozen=True)
class CutOff:
    """The host's cancellation ended the generator where it awaited or yielded."""


@dataclass(frozen=True)
class Unfinished:
    """The generator ended without a terminal, which another rule has already said."""


@dataclass(frozen=True)
class Hangs:
    where: str


Ending = Union[Finished, Raised, CutOff, Unfinished, Hangs]


def shown(ending: Ending) -> str:
    """For a sentence."""
    if isinstance(ending, Finished):
        return f"ended as {ending.reason}"
    if isinstance(ending, Raised):
        return f"raised {calls.text(ending.error)}"
    if isinstance(ending, CutOff):
        return "ended by the cancellation"
    return ending.where if isinstance(ending, Hangs) else "ended without a chunk with finish_reason"


def trouble(ending: Ending) -> Optional[str]:
    """What is wrong with it as the end of a request that should be answered; None when nothing is."""
    if isinstance(ending, Unfinished) or (isinstance(ending, Finished) and ending.reason not in ("cancelled", "error")):
        return None
    return shown(ending) + (", expected stop or length" if isinstance(ending, Finished) else "")


def is_named(error: BaseException, *names: str) -> bool:
    """Errors are recognised by class name, along the method resolution order, from whichever module they come."""
    return any(base.__name__ in names for base in type(error).__mro__)


class Exchange:
    """A request that is at work from its construction on.

    :param capacity: how many chunks are pulled before the reader is behind; :meth:`read_on` lifts that
    """

    def __init__(
        self,
        engine: Any,
        request: Dict[str, Any],
        request_id: str,
        capacity: int,
        limits: Limits,
        findings: Findings,
        *,
        cancelled: bool = False,
    ) -> None:
        self.id = request_id
        self.request = request
        self.context = FakeContext(request_id)
        if cancelled:
            self.context.stop()
        self._engine = engine
        self._limits = limits
        self._findings = findings
        self._reader = Reader(request, self._violated)
        self._capacity = capacity
        self._moved = asyncio.Condition()
        self._stream: Any = None
        self._ending: Optional[Ending] = None
        self._task = asyncio.ensure_future(self._run())

    @property
    def answer(self) -> Answer:
        return self._reader.answer

    @property
    def done(self) -> bool:
        return self._task.done()

    def where(self) -> str:
        return calls.where(self._stream)

    async def await_items(self, count: int, limit: float) -> None:
        """Waits for so many chunks or the end, and no longer than ``limit``."""

        async def come() -> None:
            async with self._moved:
                await self._moved.wait_for(lambda: self.answer.items >= count or self._ending is not None)

        try:
            await asyncio.wait_for(come(), limit)
        except asyncio.TimeoutError:
            pass  # the checks that follow say what is missing

    async def read_on(self) -> None:
        async with self._moved:
            self._capacity = UNBOUNDED
            self._moved.notify_all()

    async def await_end(self, limit: float) -> bool:
        await asyncio.wait({self._task}, timeout=limit)
        return self.done

    async def ending(self) -> Ending:
        """Waits the limit for an answer out."""
        if not await self.await_end(self._limits.answer):
            return Hangs(
                f"had not ended after {self._limits.answer:g} s and {self.answer.items} chunks; it was {self.where()}"
            )
        assert self._ending is not None
        return self._ending

    async def cancel(self) -> None:
        """Gives all signals in the host's order: the context's, ``abort``, then the generator is cancelled where it is."""
        self.context.stop()
        abort = getattr(self._engine, "abort", None)
        if abort is not None:
            wrong = await calls.trouble(self._limits.call, lambda: abort(self.context))
            self._findings.judge(Rule.ABORT, wrong and f"request {self.id}: abort {wrong}", "returned")
        if not inspect.isgenerator(self._stream):  # one on a thread has the context alone
            self._task.cancel()

    def _violated(self, rule: Rule, seen: str) -> None:
        self._findings.failed(rule, f"request {self.id}: {seen}")

    async def _run(self) -> None:
        try:
            ending = await self._pump()
        except asyncio.CancelledError as e:
            ending = CutOff() if self.context.is_stopped() else Raised(e)
        except HeldLoop:
            ending = Hangs("held the event loop")
        except (Exception, SystemExit, GeneratorExit) as e:
            ending = self._raised(e)
        async with self._moved:
            self._ending = ending
            self._moved.notify_all()

    def _raised(self, error: BaseException) -> Ending:
        before = self.answer.reason
        if before is None:
            return Raised(error)
        if not self.context.is_stopped():
            self._violated(Rule.ONE_TERMINAL, f"raised {calls.text(error)} after finish_reason {before!r}")
        return Finished(before)

    async def _pump(self) -> Ending:
        self._stream = self._engine.generate(copy.deepcopy(self.request), self.context)  # its to change
        items = _items(self._stream)
        try:
            async for chunk in items:
                stopped = self.context.is_stopped()
                self._reader.take(chunk, stopped)
                if stopped and self.answer.reason is None:
                    return CutOff()
                await self._room()
        finally:
            await items.aclose()
        if self.answer.reason is not None:
            return Finished(self.answer.reason)
        self._violated(Rule.ONE_TERMINAL, "ended without a chunk with finish_reason")
        return Unfinished()

    async def _room(self) -> None:
        async with self._moved:
            self._moved.notify_all()
            await self._moved.wait_for(lambda: self.answer.items < self._capacity)
        await asyncio.sleep(0)  # a generator that never awaits lets the others have their turn here


async def _items(stream: Any) -> AsyncGenerator[Any, None]:
    """The chunks of a generator of either kind, closed in the end."""
    if hasattr(stream, "__aiter__"):
        try:
            async for chunk in stream:
                yield chunk
        finally:
            if hasattr(stream, "aclose"):
                await stream.aclose()
    elif inspect.isgenerator(stream):
        thread = Worker()
        try:
            while (chunk := await thread.run(lambda: next(stream, _END))) is not _END:
                yield chunk
        finally:
            await thread.run(stream.close)
            thread.end()
    else:
        if inspect.iscoroutine(stream):
            stream.close()
        raise TypeError(f"generate returned a {type(stream).__name__}, expected a generator: it must yield its chunks")
