"""One request: pulls the engine's generator and sends what it yields."""

import asyncio
import inspect
import json
import struct
import threading
from typing import Any, AsyncIterator, Dict, Iterator, Optional

from nacelle._bridge import errors, frames
from nacelle._bridge.context import Context
from nacelle._bridge.outbox import Outbox
from nacelle._bridge.plain import plain

#: A generator that never awaits gives way after so many chunks, so that cancellations and others get their turn.
_CHUNKS_A_TURN = 32
#: How long a cancelled engine's ``abort`` is waited for before its generator is cancelled.
_ABORT_LIMIT_S = 0.5

_pack_token = frames.pack_token
_TOKEN_LENGTH = frames.TOKEN_LENGTH
_TOKENS = frames.TOKENS


class Stream:
    """:param threads: whether a plain generator may have a thread of its own"""

    def __init__(self, ident: int, context: Context, outbox: Outbox, loop: asyncio.AbstractEventLoop, threads: bool):
        self.context = context
        self._id = ident
        self._outbox = outbox
        self._loop = loop
        self._threads = threads
        self._task: Optional["asyncio.Task[None]"] = None
        self._paused: Optional[asyncio.Event] = None
        # For a plain generator on its own thread.
        self._may_run = threading.Event()
        self._may_run.set()
        self._begun = False
        self._ended = False

    async def run(self, engine: Any, request: Dict[str, Any]) -> None:
        """Ends by itself whatever the engine does, and never raises: what leaves a task ends the event loop."""
        self._task = asyncio.current_task()
        before = dict(self.context.metadata)
        try:
            chunks = engine.generate(request, self.context)
            if inspect.iscoroutine(chunks):
                chunks = await chunks
            if hasattr(chunks, "__aiter__"):
                await self._pull(chunks)
            elif self._threads:
                await self._pull_on_thread(iter(chunks))
            else:
                await self._pull(_in_turns(iter(chunks)))
            if self.context.is_stopped() and not self._ended:
                self._end("cancelled", None)  # it ended as it was told, and needs not say why
        except asyncio.CancelledError as cancelled:
            if not self.context.is_stopped():
                self._failed(cancelled)
            elif not self._ended:
                self._end("cancelled", None)
        except BaseException as error:
            self._failed(error)
        # Not in a finally block: those also run when the host breaks into the loop (see abandon).
        if self.context.metadata != before:
            self._send(frames.CHUNK, {"metadata": {str(k): str(v) for k, v in self.context.metadata.items()}})
        self._done()

    def runs_in(self, task: "asyncio.Task[Any]") -> bool:
        return task is self._task

    def abandon(self, error: Dict[str, Any]) -> None:
        """The host broke into the task in the middle of what it did: nothing of it goes on."""
        if not self._ended:
            self._send(frames.ERROR, error)
        self._done()

    def _done(self) -> None:
        self._outbox.put(frames.frame(frames.DONE, self._id))

    async def stop(self, engine: Any) -> None:
        """The caller gave up: tells the engine, then cancels its generator where it awaits."""
        self.context.stop_generating()
        self._may_run.set()
        abort = getattr(engine, "abort", None)
        if abort is not None:
            try:
                told = abort(self.context)
                if inspect.isawaitable(told):
                    await asyncio.wait_for(told, _ABORT_LIMIT_S)
            except asyncio.TimeoutError:
                pass  # it goes on by itself no more; the generator's own end follows
            except BaseException as error:
                self._log_failed_abort(error)
        if self._task is not None:
            self._task.cancel()

    def pause(self) -> None:
        if self._paused is None and not self.context.is_stopped():
            self._paused = asyncio.Event()
            self._may_run.clear()

    def resume(self) -> None:
        if self._paused is not None:
            self._paused.set()
            self._paused = None
            self._may_run.set()

    async def _pull(self, chunks: AsyncIterator[Dict[str, Any]]) -> None:
        ident = self._id
        outbox = self._outbox
        # What Outbox.put does, without a call for each token.
        append = outbox.records.append
        count = 0
        turn = outbox.turns
        try:
            async for chunk in chunks:
                tokens = chunk.get("token_ids")
                size = len(chunk)
                if tokens and (size == 1 or (size == 2 and chunk.get("index") == 0)):
                    if len(tokens) == 1:
                        append(_pack_token(_TOKEN_LENGTH, _TOKENS, ident, tokens[0]))
                    else:
                        append(_many(ident, tokens))
                    if not outbox.scheduled:
                        outbox.schedule()
                else:
                    self._rich(chunk)
                if not self._begun:
                    self._begun = True
                    outbox.flush()
                if self._paused is not None:
                    await self._paused.wait()
                count += 1
                if count == _CHUNKS_A_TURN:
                    count = 0
                    if outbox.turns == turn:
                        await asyncio.sleep(0)
                    turn = outbox.turns
        finally:
            close = getattr(chunks, "aclose", None)
            if close is not None:
                await close()

    async def _pull_on_thread(self, chunks: Iterator[Dict[str, Any]]) -> None:
        done = self._loop.create_future()

        def finished(error: Optional[BaseException]) -> None:
            if done.done():
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(_Carried(error))

        def pull() -> None:
            failure: Optional[BaseException] = None
            try:
                try:
                    for chunk in chunks:
                        self._from_thread(chunk)
                        self._may_run.wait()
                        if self.context.is_stopped():
                            break
                finally:
                    close = getattr(chunks, "close", None)
                    if close is not None:
                        close()
            except BaseException as error:
                failure = error
            self._loop.call_soon_threadsafe(finished, failure)

        threading.Thread(target=pull, daemon=True, name="generate-" + self.context.id()).start()
        while True:
            try:
                await asyncio.shield(done)
                break
            except asyncio.CancelledError:
                if done.done():
                    break
                # The thread sees the stop after its next chunk; its end is this stream's.
            except _Carried as carried:
                raise carried.error

    def _from_thread(self, chunk: Dict[str, Any]) -> None:
        tokens = chunk.get("token_ids")
        size = len(chunk)
        if tokens and (size == 1 or (size == 2 and chunk.get("index") == 0)):
            record = _many(self._id, tokens)
            if self._begun:
                self._outbox.post(record)
                return
            self._begun = True
            self._outbox.send(record)
        else:
            self._rich(chunk, self._outbox.send)

    def _rich(self, chunk: Dict[str, Any], put: Any = None) -> None:
        put = put or self._outbox.put
        reason = chunk.get("finish_reason")
        if reason is None:
            put(frames.frame(frames.CHUNK, self._id, _json(chunk)))
            return
        said = {k: v for k, v in chunk.items() if k not in ("finish_reason", "completion_usage")}
        usage = chunk.get("completion_usage")
        if said.get("disaggregated_params") and usage and usage.get("prompt_tokens_details"):
            said["prompt_tokens_details"] = usage["prompt_tokens_details"]  # part of the hand-off
        if any(v for k, v in said.items() if k != "index"):
            put(frames.frame(frames.CHUNK, self._id, _json(said)))
        self._end(str(reason), usage, put)

    def _end(self, reason: str, usage: Any, put: Any = None) -> None:
        self._ended = True
        (put or self._outbox.put)(frames.frame(frames.END, self._id, _json({"reason": reason, "usage": usage})))

    def _failed(self, error: BaseException) -> None:
        self._send(frames.ERROR, errors.describe(error))

    def _send(self, kind: int, content: Dict[str, Any]) -> None:
        self._outbox.put(frames.frame(kind, self._id, _json(content)))

    def _log_failed_abort(self, error: BaseException) -> None:
        import logging

        logging.getLogger("nacelle").warning(
            "request %s: abort failed", self.context.id(), exc_info=(type(error), error, error.__traceback__)
        )


class _Carried(Exception):
    """Brings any exception through a future, which takes no StopIteration and lets SystemExit end the loop."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


async def _in_turns(chunks: Iterator[Dict[str, Any]]) -> AsyncIterator[Dict[str, Any]]:
    """A plain generator where there are no threads: others get their turn after each chunk."""
    try:
        for chunk in chunks:
            yield chunk
            await asyncio.sleep(0)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _many(ident: int, tokens: Any) -> bytes:
    return frames.frame(_TOKENS, ident, struct.pack("<%di" % len(tokens), *tokens))


def _json(content: Any) -> bytes:
    return json.dumps(content, default=plain, separators=(",", ":")).encode()
