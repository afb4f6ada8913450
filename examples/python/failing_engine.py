"""An engine that breaks the contract on purpose, one rule at a time: to see what the conformance kit, the log and a client
then say.

``BREAKS`` names the ways and the rule that each breaks; ``ERRORS`` what a request can be made to raise.
"""

import asyncio
import threading
import time

import nacelle
from echo_engine import EchoEngine
from nacelle.health_check import build_health_check_payload

#: ``fail=…`` and the rule of ``nacelle check`` that it breaks.
BREAKS = {
    "create-raises": "create",
    "cleanup-needs-start": "cleanup-never-started",
    "start-raises": "start",
    "start-hangs": "start",
    "no-model": "model-not-empty",
    "metrics-raise": "setup-metrics",
    "handle-kept": "metrics-handle-not-kept",
    "page-unreadable": "foreign-metrics",
    "sources-twice": "kv-sources",
    "probe-unmarked": "health-check",
    "control-name": "controls-and-updates",
    "ready-raises": "endpoint-ready",
    "generate-raises": "generate",
    "no-terminal": "one-terminal",
    "two-terminals": "one-terminal",
    "raise-after-terminal": "one-terminal",
    "token-after-terminal": "nothing-after-terminal",
    "no-dict": "items-fit-input",
    "wrong-choice": "items-fit-input",
    "too-many-tokens": "max-tokens",
    "stops-too-early": "min-tokens",
    "never-stops": "stop-token-ids",
    "usage-wrong": "usage",
    "shared-state": "interleaved-requests",
    "log-probs-missing": "log-probabilities",
    "embeds-nothing": "embeddings",
    "takes-any-length": "prompt-too-long",
    "lock-across-yield": "slow-reader-isolated",
    "impatient": "slow-reader-resumes",
    "cancel-ignored": "cancel-in-time",
    "cancel-as-length": "cancel-reason",
    "cancel-spreads": "cancel-isolated",
    "abort-raises": "abort",
    "cancel-spoils": "serves-on",
    "rank-undeclared": "snapshot-ranks",
    "share-above-1": "snapshot-range",
    "ranks-change": "ranks-stable",
    "blocks-uneven": "kv-events",
    "quiescent-raises": "drain",
    "cleanup-raises": "cleanup",
    "cleanup-once": "cleanup-twice",
    "thread-left": "cleanup-ends-threads",
    "cleanup-needs-model": "cleanup-after-failed-start",
    "loop-held": "loop-not-held",
}

#: ``raises=…``: every request fails so, after ``after`` tokens.
ERRORS = {
    "invalid": lambda: nacelle.InvalidArgument("the prompt displeases this engine: try another"),
    "overloaded": lambda: nacelle.Overloaded("no slot is free: try again soon", retry_after=2),
    "shutdown": lambda: nacelle.EngineShutdown("this engine is going away"),
    "unavailable": lambda: nacelle.WorkerUnavailable("this engine cannot serve at the moment"),
    "cannot-connect": lambda: nacelle.CannotConnect("the weights' server refuses connections"),
    "timeout": lambda: nacelle.ConnectionTimeout("the weights' server did not answer"),
    "disconnected": lambda: nacelle.Disconnected("the weights' server went away"),
    "incomplete": lambda: nacelle.StreamIncomplete("half of the answer is missing"),
    "cancelled": lambda: nacelle.Cancelled("this engine changed its mind"),
    "unknown": lambda: nacelle.Unknown("this engine has a defect"),
    "http": lambda: nacelle.HttpError(418, "this engine is a teapot"),
    "value-error": lambda: ValueError("a defect, not the caller's fault"),
    "exit": lambda: SystemExit(3),
}

OBSTINATE = {"shared-state", "impatient", "cancel-ignored", "cancel-as-length", "cancel-spreads", "cancel-spoils"}


class FailingEngine(EchoEngine):
    """Echoes, but for one thing.

    :param fail: what to do wrong, of ``BREAKS``
    :param raises: how every request ends, of ``ERRORS``
    :param after: how many tokens come first
    """

    def __init__(self, fail: str = "", raises: str = "", after: int = 0) -> None:
        for name, value, known in (("fail", fail, BREAKS), ("raises", raises, ERRORS)):
            if value and value not in known:
                raise ValueError(f"{name} {value!r}, expected one of: {', '.join(known)}")
        if fail == "create-raises":
            raise RuntimeError("this engine cannot be made")
        super().__init__(model="python-failing")
        self.fail = fail
        self.raises = raises
        self.after = after
        self.started = self.loaded = self.spoilt = False
        self.cleanups = self.position = self.ranks_asked = self.cancellations = 0
        self.lock = asyncio.Lock()
        self.metrics = None
        self.left = threading.Event()

    async def start(self, worker_id):
        self.started = True
        if self.fail == "start-raises":
            raise RuntimeError("the model's file is broken")
        if self.fail == "start-hangs":
            await asyncio.Event().wait()
        if self.fail == "thread-left":
            threading.Thread(target=self.left.wait, name="left-behind").start()
        config = await super().start(worker_id)
        self.loaded = True
        if self.fail == "no-model":
            config.model = ""
        if self.fail == "log-probs-missing":
            config.capabilities = ["log_probabilities"]
        if self.fail == "embeds-nothing":
            config.capabilities = ["embeddings"]
        return config

    async def register_prometheus(self, metrics):
        if self.fail == "metrics-raise":
            raise RuntimeError("the registry is broken")
        if self.fail == "page-unreadable":
            metrics.register_prometheus_expfmt_callback(lambda: "failing_requests is 7\n")
        self.metrics = metrics

    def component_metrics_dp_ranks(self):
        self.ranks_asked += 1
        return [0, 1] if self.fail == "ranks-change" and self.ranks_asked > 1 else [0]

    async def kv_event_sources(self):
        if self.fail not in ("sources-twice", "blocks-uneven"):
            return []
        source = nacelle.PushSource(self.publish_event)
        return [source, source] if self.fail == "sources-twice" else [source]

    def publish_event(self, publisher):
        if self.fail == "blocks-uneven":
            publisher.publish_stored(token_ids=[1, 2, 3], num_block_tokens=[2, 2], block_hashes=[1, 2])

    async def health_check_payload(self):
        return {"token_ids": [63]} if self.fail == "probe-unmarked" else build_health_check_payload(ord("?"))

    def supported_controls(self):
        return {"warm up"} if self.fail == "control-name" else set()

    async def on_endpoint_ready(self, endpoint):
        if self.fail == "ready-raises":
            raise RuntimeError("not ready after all")
        if self.fail == "loop-held":
            asyncio.get_running_loop().call_soon(compute)

    async def generate(self, request, context):
        if self.raises:
            for token in request["token_ids"][: self.after]:
                yield {"token_ids": [token]}
            raise ERRORS[self.raises]()
        self.before(request)
        if self.fail == "lock-across-yield":
            async with self.lock:
                async for chunk in super().generate(request, context):
                    yield chunk
        elif self.fail in OBSTINATE:
            async for chunk in self.obstinate(request, context):
                yield chunk
        else:
            async for chunk in super().generate(request, context):
                for each in self.after_each(chunk, request):
                    yield each

    def before(self, request):
        """What goes wrong before the first token."""
        stop = request.get("stop_conditions") or {}
        if self.fail == "generate-raises":
            raise RuntimeError("the model gave up")
        if self.fail == "handle-kept":
            self.metrics.register_prometheus_expfmt_callback(lambda: "")
        if self.fail == "rank-undeclared":
            self.publisher.publish(7, nacelle.ComponentSnapshot(1, 2, 0.5, dp_rank=7))
        if self.fail == "share-above-1":
            self.publisher.publish(0, nacelle.ComponentSnapshot(1, 2, 50.0))
        if self.fail == "too-many-tokens":
            stop["max_tokens"] = 2 * (stop.get("max_tokens") or 16)
        if self.fail == "stops-too-early":
            stop["min_tokens"] = 0
        if self.fail == "never-stops":
            stop["stop_token_ids"] = []
        if self.fail == "takes-any-length":
            request["token_ids"] = request["token_ids"][: self.context_length]

    def after_each(self, chunk, request):
        """A chunk, as it comes out of this engine."""
        terminal = chunk.get("finish_reason") is not None
        if self.fail == "no-terminal" and terminal:
            return
        if self.fail == "no-dict":
            chunk = chunk if terminal else chunk["token_ids"]
        elif self.fail == "wrong-choice":
            chunk["index"] = 5
        elif self.fail == "log-probs-missing" and not terminal and (request.get("output_options") or {}).get("logprobs"):
            chunk["log_probs"] = [-0.5] if chunk["token_ids"] == request["token_ids"][:1] else []
        elif self.fail == "usage-wrong" and terminal:
            chunk["completion_usage"] = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        yield chunk
        if self.fail == "two-terminals" and terminal:
            yield dict(chunk)
        if self.fail == "token-after-terminal" and terminal:
            yield {"token_ids": [1]}
        if self.fail == "raise-after-terminal" and terminal:
            raise RuntimeError("one thing more")

    async def obstinate(self, request, context):
        """Minds too little, or too much, that others run, that its caller left, that its reader is slow."""
        prompt, stop = self.prompt(request), nacelle.StopRule.of(request)
        prompt = prompt[::-1] if self.spoilt else prompt
        cancellations, self.position = self.cancellations, 0
        for position in range(stop.max_tokens):
            try:
                await asyncio.sleep(0.02 if self.fail == "impatient" else 0.001)
            except asyncio.CancelledError:
                self.cancellations += 1
                self.spoilt = self.fail == "cancel-spoils"
                if self.fail == "cancel-ignored":
                    await stubborn(3)
                if self.fail == "cancel-as-length":
                    break
                raise
            if self.fail == "cancel-spreads" and cancellations != self.cancellations:
                yield {"token_ids": [], "finish_reason": "cancelled"}
                return
            # The position of whoever was last, where it is shared.
            token = prompt[(self.position if self.fail == "shared-state" else position) % len(prompt)]
            self.position += 1
            if stop.ends_at(token, position):
                yield {"token_ids": [], "finish_reason": "stop"}
                return
            begin = time.monotonic()
            yield {"token_ids": [token]}
            if self.fail == "impatient" and time.monotonic() - begin > 0.25:
                raise nacelle.Disconnected("the reader is too slow for this engine")
        yield {"token_ids": [], "finish_reason": "length"}

    async def abort(self, context):
        if self.fail == "abort-raises":
            raise KeyError(context.id())

    async def is_quiescent(self):
        if self.fail == "quiescent-raises":
            raise RuntimeError("nobody knows")
        return True

    async def cleanup(self):
        self.cleanups += 1
        if self.fail == "cleanup-needs-start" and not self.started:
            raise RuntimeError("there is nothing to release")
        if self.fail == "cleanup-needs-model" and self.started and not self.loaded:
            raise RuntimeError("the model has no file")
        if self.fail == "cleanup-raises" and self.loaded:
            raise RuntimeError("the file cannot be closed")
        if self.fail == "cleanup-once" and self.cleanups > 1:
            raise RuntimeError("released already")
        await super().cleanup()


def compute():
    """Holds the event loop: nothing else runs meanwhile."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        pass


async def stubborn(seconds):
    """Waits, whatever anybody says."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            pass
