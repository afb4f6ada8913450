"""The Python half of the GraalPy transport: an event loop that waits in Java, without sockets and threads."""

import asyncio
import faulthandler
import re
import sys
from typing import Any, AsyncIterator, Callable, Dict, List

from nacelle._bridge import natives, strict
from nacelle._bridge.bridge import Bridge
from nacelle._bridge.context import Context
from nacelle._bridge.outbox import Outbox
from nacelle._bridge.pump import Stream

_WARM_UP_CHUNKS = 2000


class Transport:
    """What the loop's Java thread calls, in this order: ``begin``, ``serve``, ``end``.

    :param wait: waits so many nanoseconds at most (negative: without limit) for work; gives frames, one char a byte
    :param wake: ends the wait, from any thread
    :param deliver: takes frames for the host
    :param threads: whether the sandbox allows threads
    """

    def __init__(
        self, wait: Callable[[int], str], wake: Callable[[], object], deliver: Callable[[bytes], object], threads: bool
    ) -> None:
        self._bridge = Bridge(deliver, threads)
        self._loop = JavaLoop(wait, wake, self._bridge.receive)

    def begin(self) -> None:
        natives.advise()
        # GraalPy's regular expressions are a language of their own; see natives for what its first use would wait for later.
        re.match("a.c", "abc")
        if not sys.argv:  # argparse takes a program's name for granted
            sys.argv = ["nacelle"]
        if not self._bridge.threads:
            strict.refuse_in_python()
        self._loop.run_until_complete(_warm_up(self._loop))
        self._bridge.begin(self._loop)

    def serve(self) -> None:
        """Turns the loop until the host closes it; after an interrupt and :meth:`recover` once more."""
        self._bridge.serve()

    def recover(self, message: str, stack: str) -> None:
        """The host broke into a turn of the loop: the task that ran there fails with the message."""
        torn = self._loop.torn_tasks()
        self._bridge.interrupted(torn, message, stack)
        for task in torn:
            self._loop.fail(task, RuntimeError(message))

    def stacks(self) -> None:
        """Prints where every thread is; from any thread."""
        faulthandler.dump_traceback(all_threads=True)

    def end(self) -> None:
        try:
            self._bridge.finish()
        finally:
            self._bridge.end()


async def _warm_up(loop: asyncio.AbstractEventLoop) -> None:
    """Sends some streams into the void, so that no request pays for what GraalPy has not seen of the pump yet."""
    outbox = Outbox(len)
    outbox.attach(loop)
    for size in (1, 64):
        context = Context("warm-up", {}, {}, lambda: None)
        await Stream(0, context, outbox, loop, False).run(_WarmUp(), {"size": size})


class _WarmUp:
    async def generate(self, request: Dict[str, int], context: Context) -> AsyncIterator[Dict[str, Any]]:
        tokens = list(range(request["size"]))
        for _ in range(_WARM_UP_CHUNKS):
            yield {"token_ids": tokens}
        yield {"token_ids": [], "finish_reason": "length"}


class JavaLoop(asyncio.BaseEventLoop):
    """Parks in a Java semaphore. It has no sockets, pipes, subprocesses and signals: ``trusted`` engines use threads."""

    def __init__(
        self, wait: Callable[[int], str], wake: Callable[[], object], receive: Callable[[bytes], None]
    ) -> None:
        super().__init__()
        self._selector = _Gate(wait)
        self._wake = wake
        self._receive = receive

    def torn_tasks(self) -> List["asyncio.Task[Any]"]:
        """Those that an interrupt tore out of their step: neither waiting for anything nor about to run.

        An interrupt runs some ``finally`` blocks and some not, so asyncio may or may not know that none runs now.
        """
        asyncio._set_running_loop(None)
        self._thread_id = None
        asyncio.tasks._current_tasks.pop(self, None)  # type: ignore[attr-defined]
        due = {getattr(handle._callback, "__self__", None) for handle in self._ready}  # type: ignore[attr-defined]
        return [task for task in asyncio.all_tasks(self) if task not in due and task._fut_waiter is None]  # type: ignore[attr-defined]

    def fail(self, task: Any, error: Exception) -> None:
        """Ends a task that will never be stepped again, for those who wait for it."""
        asyncio.futures._PyFuture.set_exception(task, error)  # type: ignore[attr-defined]
        task._log_traceback = False  # it was logged

    def _process_events(self, event_list: str) -> None:
        if event_list:
            self._receive(event_list.encode("latin-1"))

    def _write_to_self(self) -> None:
        self._wake()


class _Gate:
    """The selector that ``BaseEventLoop`` waits in."""

    def __init__(self, wait: Callable[[int], str]) -> None:
        self._wait = wait

    def select(self, timeout: Any = None) -> str:
        return self._wait(-1 if timeout is None else max(0, int(timeout * 1e9)))

    def close(self) -> None:
        pass
