"""A started engine, and what its plain requests were answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from nacelle.conformance import calls, exchange
from nacelle.conformance.exchange import Ending, Exchange
from nacelle.conformance.limits import Limits
from nacelle.conformance.reader import Answer
from nacelle.conformance.report import Findings
from nacelle.conformance.rules import Rule
from nacelle.conformance.watchdog import Watchdog

#: Opaque; large, as a cluster's are.
WORKER_ID = 0x5CA1_AB1E_0000_0001
_MOST_UNKNOWN_CONTEXT = 4096
#: Bytes of UTF-8, which every usual vocabulary holds as ids, and no two alike.
TOKENS = tuple(dict.fromkeys(b"The quick brown"))
TEXT = "The quick brown fox jumps over the lazy dog"


@dataclass(frozen=True)
class Prompts:
    """Made of one prompt's own tokens or words, so that the vocabulary knows them."""

    tokens: Tuple[int, ...] = TOKENS
    text: str = TEXT

    def of(self, is_text: bool, turn: int) -> Dict[str, Any]:
        """The prompt, rotated by ``turn``."""
        if is_text:
            return {"prompt": " ".join(_rotated(self.text.split(), turn))}
        return {"token_ids": _rotated(self.tokens, turn)}


def _rotated(items: Sequence[Any], turn: int) -> List[Any]:
    at = turn % len(items)
    return [*items[at:], *items[:at]]


@dataclass(frozen=True)
class Bench:
    """What all checks share.

    :param make: gives what ``from_args`` or the constructor does; may be awaitable
    """

    make: Callable[[], Any]
    prompts: Prompts
    limits: Limits
    findings: Findings
    watchdog: Watchdog
    made: List[Any]


@dataclass(frozen=True)
class Asked:
    """A stream that has ended, or will not."""

    answer: Answer
    ending: Ending

    @property
    def trouble(self) -> Optional[str]:
        return exchange.trouble(self.ending)


class Session:
    """:param config: what ``start`` returned; :param worker: what ``from_args`` returned beside the engine, or None"""

    def __init__(self, bench: Bench, engine: Any, config: Any, worker: Any) -> None:
        self.bench = bench
        self.engine = engine
        self.config = config
        self.health_check: Optional[Dict[str, Any]] = None
        #: Why no more requests can be sent.
        self.stuck: Optional[str] = None
        #: What each of the plain requests was answered when nothing else ran.
        self.alone: List[Answer] = []
        self.repeatable = False
        self.requests = 0
        self.usages = 0
        self.is_text = _word(getattr(worker, "model_input", None)) == "text"
        self.routes_kv = bool(getattr(worker, "enable_kv_routing", True))

    @property
    def findings(self) -> Findings:
        return self.bench.findings

    @property
    def limits(self) -> Limits:
        return self.bench.limits

    @property
    def context_length(self) -> Optional[int]:
        """In ``llm``, or flat in the config as older engines have it."""
        value = getattr(getattr(self.config, "llm", None), "context_length", None)
        return value if value is not None else getattr(self.config, "context_length", None)

    def declares(self, capability: str) -> bool:
        return capability in (getattr(self.config, "capabilities", None) or ())

    def plain(self, turn: int, max_tokens: int = 8, **more: Any) -> Dict[str, Any]:
        """A greedy request; ``more`` are top-level keys."""
        return {**self._request(turn, {"max_tokens": self._within(max_tokens)}), **more}

    def embedding(self, turn: int) -> Dict[str, Any]:
        """A request for an embedding."""
        return {**self._request(turn, {}), "task": "embed"}

    def stopping(self, token: int, min_tokens: int) -> Dict[str, Any]:
        """The first plain request, with a stop token."""
        stop = {"max_tokens": self._within(8), "stop_token_ids": [token], "min_tokens": min_tokens}
        return self._request(0, stop)

    def endless(self) -> Dict[str, Any]:
        """A request that goes on for as long as the engine can."""
        return self._request(0, {"max_tokens": self._within(_MOST_UNKNOWN_CONTEXT), "ignore_eos": True})

    def begin(
        self, request: Dict[str, Any], capacity: int = exchange.UNBOUNDED, *, cancelled: bool = False
    ) -> Exchange:
        self.requests += 1
        name = f"check-{self.requests}"
        return Exchange(self.engine, request, name, capacity, self.limits, self.findings, cancelled=cancelled)

    async def ask(self, request: Dict[str, Any]) -> Asked:
        return await self.end(self.begin(request))

    async def end(self, running: Exchange) -> Asked:
        """Waits for an uncancelled request's end; one that does not end is cancelled."""
        ending = await running.ending()
        if isinstance(ending, exchange.Hangs):
            await self.give_up(running)
        if isinstance(ending, exchange.Finished) and ending.reason != "cancelled":
            self._judge(running)
        return Asked(running.answer, ending)

    async def give_up(self, running: Exchange) -> None:
        """Ends a request by all means; when none works, the session is stuck."""
        await running.read_on()
        if not running.context.is_stopped():
            await running.cancel()
        if not await running.await_end(self.limits.cancel):
            self.stuck = f"request {running.id} still runs, {running.where()}"

    def is_own(self, turn: int, answer: Answer) -> bool:
        """Whether an answer is that of the plain request ``turn``, as far as that can be told."""
        return not self.repeatable or answer.output == self.alone[turn].output

    def _judge(self, running: Exchange) -> None:
        answer = running.answer
        if answer.text and not self.is_text:
            self.findings.failed(Rule.ITEMS_FIT_INPUT, f"request {running.id}: text from a token engine")
        if self.is_text and not answer.text and answer.total:
            self.findings.failed(Rule.ITEMS_FIT_INPUT, f"request {running.id}: no text from a text engine")
        if answer.usage is None or self.is_text:  # a text engine's tokens are its own
            return
        self.usages += 1
        counted = (answer.usage.get("prompt_tokens"), answer.usage.get("completion_tokens"))
        expected = (len(running.request.get("token_ids") or ()), answer.total)
        if counted != expected:
            self.findings.failed(
                Rule.USAGE,
                "request {}: {} prompt and {} completion tokens, expected {} and {}".format(
                    running.id, *counted, *expected
                ),
            )

    def _request(self, turn: int, stop: Dict[str, Any]) -> Dict[str, Any]:
        served = getattr(self.config, "served_model_name", None) or getattr(self.config, "model", "")
        return {
            **self.bench.prompts.of(self.is_text, turn),
            "model": served,
            "task": "generate",
            "sampling_options": {"temperature": 0.0, "n": 1},
            "stop_conditions": stop,
            "output_options": {},
            "eos_token_ids": [],
            "annotations": [],
        }

    def _within(self, max_tokens: int) -> int:
        """No more tokens than the context has room for after a prompt."""
        context = self.context_length
        room = max_tokens if context is None else context - len(self.bench.prompts.tokens)
        return max(1, min(room, max_tokens))


def _word(value: Any) -> str:
    """``text`` of ``"text"``, of an enum whose value is that, and of Dynamo's ``ModelInput.Text``."""
    return str(getattr(value, "value", value)).rsplit(".", 1)[-1].lower()


async def start(bench: Bench, created: Tuple[Any, Any]) -> Optional[Session]:
    """Starts an engine; None when it does not start, which has then been reported and cleaned up."""
    engine, worker = created
    before = bench.watchdog.allow(bench.limits.start)
    called = await calls.within(bench.limits.start, lambda: engine.start(WORKER_ID))
    bench.watchdog.allow(before)
    if isinstance(called, calls.Hangs):  # no cleanup: it must never run beside start
        bench.findings.failed(Rule.START, called.where)
        return None
    wrong = calls.trouble_of(called)
    config = called.value if isinstance(called, calls.Returned) else None
    if wrong is None and config is None:
        wrong = "returned None"
    if wrong is not None:
        bench.findings.failed(Rule.START, wrong)
        await clean_up_after_failed_start(bench, engine, f"start {wrong}")
        return None
    model = getattr(config, "model", None)
    bench.findings.passed(Rule.START, f"returned {type(config).__name__}")
    empty = not isinstance(model, str) or not model.strip()
    bench.findings.judge(Rule.MODEL_NOT_EMPTY, f"model is {model!r}" if empty else None, f'model "{model}"')
    return Session(bench, engine, config, worker)


async def clean_up_after_failed_start(bench: Bench, engine: Any, how: str) -> None:
    wrong = await calls.trouble(bench.limits.cleanup, engine.cleanup)
    bench.findings.judge(
        Rule.CLEANUP_AFTER_FAILED_START, wrong and f"after {how}, cleanup {wrong}", f"{how}; cleanup returned"
    )
