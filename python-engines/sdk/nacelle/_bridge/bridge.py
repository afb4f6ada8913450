"""The bridge itself: takes the host's frames apart and answers them, on the engine's event loop.

A transport makes one bridge per engine::

    bridge = Bridge(deliver)                 # deliver(bytes): whole frames for the host
    bridge.run(loop, before=…)               # blocks; before() runs on the loop's thread, before its first turn
    bridge.receive(data)                     # whole frames from the host; on the loop's thread, while it turns

``run`` returns after the host's CLOSE frame.
"""

import asyncio
import json
import logging
import platform
import struct
import sys
from typing import Any, Callable, Dict, List, Optional

from nacelle import host as nacelle_host
from nacelle._bridge import errors, frames, logs
from nacelle._bridge.calls import Calls
from nacelle._bridge.context import Context
from nacelle._bridge.outbox import Outbox
from nacelle._bridge.plain import plain
from nacelle._bridge.pump import Stream

_LOG = logging.getLogger("nacelle")
_CLOSE_LIMIT_S = 2.0
_DOUBLE = struct.Struct("<d")


class Bridge:
    """Also the engine's way to the host (``nacelle.host.Host``): what it has for that is safe from any thread.

    :param deliver: see :class:`Outbox`
    :param threads: whether this Python can start threads
    """

    def __init__(self, deliver: Callable[[bytes], object], threads: bool = True) -> None:
        self.outbox = Outbox(deliver)
        self.threads = threads
        self._streams: Dict[int, Stream] = {}
        #: With the id of the call that each answers, or 0.
        self._tasks: Dict["asyncio.Task[Any]", int] = {}
        self._calls = Calls(self)
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._bound: Any = None
        self._closing = False
        self._health_said = (0, "")

    def run(self, loop: asyncio.AbstractEventLoop, before: Callable[[], None] = lambda: None) -> None:
        """Runs the event loop until the host closes it."""
        try:
            self.begin(loop, before)
            self.serve()
            self.finish()
        finally:
            self.end()

    def begin(self, loop: asyncio.AbstractEventLoop, before: Callable[[], None] = lambda: None) -> None:
        """The first part of :meth:`run`."""
        self._loop = loop
        asyncio.set_event_loop(loop)
        self.outbox.attach(loop)
        self._bound = nacelle_host.bind(self)
        logs.install(self)
        before()
        self.outbox.send(frames.frame(frames.READY, 0, _json(_interpreter(loop))))

    def serve(self) -> None:
        """The middle part: returns when the host has closed; can be entered again after :meth:`interrupted`."""
        loop = self._loop
        while not self._closing:
            try:
                loop.run_forever()  # type: ignore[union-attr]
            except (SystemExit, KeyboardInterrupt) as error:  # from a task or callback of the engine's own
                _LOG.error("engine code asked for the end of the process, which goes on: %s", errors.last_line(error))

    def interrupted(self, tasks: List["asyncio.Task[Any]"], message: str, stack: str) -> None:
        """The host broke into a turn of the loop. What ran there is over and fails with the message.

        :param tasks: none when it was a callback
        """
        _LOG.error("%s; interrupted", message)
        fields = {"type": "Unknown", "message": message, "traceback": stack}
        for task in tasks:
            for stream in self._streams.values():
                if stream.runs_in(task):
                    stream.abandon(fields)
            call = self._tasks.get(task, 0)
            if call:
                self.outbox.put(frames.frame(frames.ERROR, call, _json(fields)))

    def end(self) -> None:
        """The last part of :meth:`run`, also after what went wrong before."""
        logs.uninstall(self)
        if self._bound is not None:
            nacelle_host.unbind(self._bound)
            self._bound = None
        asyncio.set_event_loop(None)
        if self._loop is not None:
            self._loop.close()

    def receive(self, data: bytes) -> None:
        for kind, ident, payload in frames.split(data):
            if kind == frames.GENERATE:
                self._generate(ident, payload)
            elif kind == frames.CALL:
                self._begin(self._call(ident, payload), ident)
            elif kind == frames.CANCEL:
                stream = self._streams.get(ident)
                if stream is not None:
                    self._begin(stream.stop(self._calls.engine))
            elif kind == frames.PAUSE:
                stream = self._streams.get(ident)
                if stream is not None:
                    stream.pause()
            elif kind == frames.RESUME:
                stream = self._streams.get(ident)
                if stream is not None:
                    stream.resume()
            elif kind == frames.CLOSE:
                self._close()

    def progress(self, fraction: float, message: str = "") -> None:
        self.outbox.send(frames.frame(frames.PROGRESS, 0, _DOUBLE.pack(float(fraction)) + str(message).encode()))

    def ready(self) -> None:
        self._health(0, "")

    def degraded(self, message: str) -> None:
        self._health(1, message)

    def down(self, message: str) -> None:
        self._health(2, message)

    def tell_health(self) -> None:
        """Says again what the engine said last."""
        self._health(*self._health_said)

    def _health(self, state: int, message: str) -> None:
        self._health_said = (state, message)
        self.outbox.send(frames.frame(frames.HEALTH, 0, bytes((state,)) + str(message).encode()))

    def _begin(self, work: Any, call: int = 0) -> "asyncio.Task[Any]":
        task = self._loop.create_task(work)  # type: ignore[union-attr]
        # The loop itself holds tasks weakly.
        self._tasks[task] = call
        task.add_done_callback(self._tasks.pop)
        return task

    def _generate(self, ident: int, payload: bytes) -> None:
        (count,) = struct.unpack_from("<I", payload)
        end = 4 + 4 * count
        head = json.loads(payload[end:])
        request = head["request"]
        if count:
            request["token_ids"] = list(struct.unpack_from("<%di" % count, payload, 4))
        first = frames.frame(frames.FIRST, ident)
        context = Context(
            head["id"], head.get("metadata", {}), head.get("trace", {}), lambda: self.outbox.send(first)
        )
        stream = Stream(ident, context, self.outbox, self._loop, self.threads)  # type: ignore[arg-type]
        self._streams[ident] = stream
        task = self._begin(stream.run(self._calls.engine, request))
        task.add_done_callback(lambda _: self._streams.pop(ident, None))

    async def _call(self, ident: int, payload: bytes) -> None:
        try:
            answer = await self._calls.answer(json.loads(payload))
            if isinstance(answer, str):
                self.outbox.put(frames.frame(frames.TEXT, ident, answer.encode("utf-8", "surrogatepass")))
            else:
                self.outbox.put(frames.frame(frames.RESULT, ident, _json(answer)))
        except BaseException as error:
            self.outbox.put(frames.frame(frames.ERROR, ident, _json(errors.describe(error))))
        finally:
            self.outbox.flush()

    def _close(self) -> None:
        self._closing = True
        self._loop.stop()  # type: ignore[union-attr]

    def finish(self) -> None:
        """Ends what still runs, the engine's own tasks among it, so that their ``finally`` blocks run."""
        loop = self._loop
        if loop is None:
            return
        tasks = [task for task in asyncio.all_tasks(loop) if not task.done()]
        for task in tasks:
            task.cancel()
        try:
            if tasks:
                loop.run_until_complete(asyncio.wait(tasks, timeout=_CLOSE_LIMIT_S))
            loop.run_until_complete(asyncio.wait_for(loop.shutdown_asyncgens(), _CLOSE_LIMIT_S))
        except BaseException as error:
            _LOG.warning("the engine's tasks did not end well: %s", errors.last_line(error))
        self.outbox.flush()


def tell_failure(deliver: Callable[[bytes], object], error: BaseException) -> None:
    """For transports whose loop cannot begin: the host says why."""
    deliver(frames.frame(frames.ERROR, 0, _json(errors.describe(error))))


def _interpreter(loop: asyncio.AbstractEventLoop) -> Dict[str, str]:
    return {
        "implementation": platform.python_implementation(),
        "version": platform.python_version(),
        "executable": sys.executable or "",
        "loop": type(loop).__module__.split(".")[0],
    }


def _json(content: Any) -> bytes:
    return json.dumps(content, default=plain, separators=(",", ":")).encode()
