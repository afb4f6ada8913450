"""A thread for one plain generator."""

from __future__ import annotations

import asyncio
import threading
from queue import SimpleQueue
from typing import Any, Callable, Optional, Tuple


class Worker:
    """Runs calls one after the other, for the event loop in which it was made. A daemon: one that hangs keeps no process
    alive, as an executor's would."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._calls: SimpleQueue[Optional[Tuple[asyncio.Future[Any], Callable[[], Any]]]] = SimpleQueue()
        threading.Thread(target=self._work, name="nacelle-check", daemon=True).start()

    def run(self, call: Callable[[], Any]) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self._loop.create_future()
        self._calls.put((future, call))
        return future

    def end(self) -> None:
        self._calls.put(None)

    def _work(self) -> None:
        while (todo := self._calls.get()) is not None:
            future, call = todo
            result, error = None, None
            try:
                result = call()
            except BaseException as e:  # of any kind: it is the engine's, and the request's to report
                error = e
            try:
                self._loop.call_soon_threadsafe(_settle, future, result, error)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return


def _settle(future: asyncio.Future[Any], result: Any, error: Optional[BaseException]) -> None:
    if future.done():  # cancelled
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
