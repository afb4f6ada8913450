"""Runs the checks."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from typing import Any, Awaitable, Callable, Optional, Sequence, Tuple

from nacelle.conformance import life, offers, serving, session, traffic
from nacelle.conformance.limits import Limits
from nacelle.conformance.report import Findings, Report
from nacelle.conformance.rules import Rule
from nacelle.conformance.session import Bench, Prompts, Session
from nacelle.conformance.watchdog import HeldLoop, Watchdog

#: Judged where they are broken, in every request.
_EVERYWHERE = (
    Rule.ONE_TERMINAL,
    Rule.NOTHING_AFTER_TERMINAL,
    Rule.ITEMS_FIT_INPUT,
    Rule.MAX_TOKENS,
    Rule.USAGE,
    Rule.LOOP_NOT_HELD,
)
_OUT_OF_SERVICE = (Rule.CREATE, Rule.CLEANUP_NEVER_STARTED, Rule.CLEANUP_AFTER_FAILED_START)


@dataclass(frozen=True)
class _Step:
    """Requests that judge some rules."""

    run: Callable[[Session], Awaitable[None]]
    rules: Tuple[Rule, ...]


_PLAIN = _Step(serving.plain, (Rule.GENERATE,))
_EMBED = _Step(serving.embeddings, (Rule.EMBEDDINGS,))
_PROBE = _Step(serving.health_check, (Rule.HEALTH_CHECK,))
#: Gentle ones first: what a request leaves behind, the next one meets.
_STEPS = (
    _PLAIN,
    _PROBE,
    _Step(serving.stop_tokens, (Rule.STOP_TOKEN_IDS,)),
    _Step(serving.min_tokens, (Rule.MIN_TOKENS,)),
    _Step(serving.log_probs, (Rule.LOG_PROBABILITIES,)),
    _Step(serving.choices, (Rule.CHOICES,)),
    _EMBED,
    _Step(serving.too_long, (Rule.PROMPT_TOO_LONG,)),
    _Step(traffic.slow_reader, (Rule.SLOW_READER_ISOLATED, Rule.SLOW_READER_RESUMES)),
    _Step(traffic.interleaved, (Rule.INTERLEAVED,)),
    _Step(traffic.cancel_beside, (Rule.CANCEL_ISOLATED,)),
    _Step(traffic.cancel, (Rule.CANCEL_IN_TIME, Rule.CANCEL_REASON, Rule.ABORT)),
    _Step(serving.serves_on, (Rule.SERVES_ON,)),
)


def check(
    make: Callable[[], Any],
    *,
    only: Sequence[str] = (),
    limits: Limits = Limits(),
    token_ids: Sequence[int] = session.TOKENS,
    text: str = session.TEXT,
    on_stuck: Optional[Callable[[Report], None]] = None,
) -> Report:
    """Checks an engine against the contract, from outside.

    Makes three engines, one after the other: one that is never started, one that serves some fifty small requests, and one
    whose start is made to fail half-way. An engine that hangs, raises or ignores cancellation fails by name and does not hold
    the kit up for longer than the limits.

    Runs an event loop of its own in the calling thread, which must not have one running.

    :param make: gives a new engine at each call; what ``from_args`` returns is fine: awaitable, a pair with a worker config
    :param only: names of rules to report; all without it
    :param token_ids: the prompt for token engines, best of 8 different tokens or more; the kit sends its rotations
    :param text: the prompt for text engines, best of 8 different words or more
    :param on_stuck: called from another thread when native code holds the event loop and cannot be interrupted, with what was
        found so far; may end the process. Without it the check waits
    """
    wanted = [Rule.of(name) for name in only] or list(Rule)
    findings = Findings()
    otherwise = "nothing to check it on: see the failures above"

    def stuck() -> None:
        if on_stuck is not None:
            on_stuck(findings.report(wanted, "the engine holds the event loop, and cannot be interrupted"))

    async def run() -> None:
        held = lambda where: findings.failed(Rule.LOOP_NOT_HELD, f"held for {limits.hold:g} s {where}")  # noqa: E731
        with Watchdog(limits.hold, held, stuck) as watchdog:
            await _check(Bench(make, Prompts(tuple(token_ids), text), limits, findings, watchdog, []), wanted)

    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(run())
    except HeldLoop:  # interrupted between two of the engine's calls; the rule has failed
        pass
    finally:
        _close(loop)
    return findings.report(wanted, otherwise)


async def _check(bench: Bench, wanted: Sequence[Rule]) -> None:
    if Rule.CREATE in wanted or Rule.CLEANUP_NEVER_STARTED in wanted:
        await life.never_started(bench)
    starts = all(rule in _OUT_OF_SERVICE for rule in wanted) or await _service(bench, wanted)
    if starts and Rule.CLEANUP_AFTER_FAILED_START in wanted:
        await life.failed_start(bench)


async def _service(bench: Bench, wanted: Sequence[Rule]) -> bool:
    """One engine's whole life; False when it does not start."""
    threads = set(threading.enumerate())
    created = await life.create(bench)
    served = None if created is None else await session.start(bench, created)
    if served is None:
        return False
    try:
        metrics = await offers.set_up(served)
        await _take_steps(served, wanted)
        await metrics.judge()
    finally:
        await life.end(served, threads)
    return True


async def _take_steps(served: Session, wanted: Sequence[Rule]) -> None:
    """Takes the steps that the wanted rules need."""
    everything = any(rule in wanted for rule in _EVERYWHERE)
    needed = [step for step in _STEPS if everything or any(rule in wanted for rule in step.rules)]
    if not needed:
        return
    for step in [_PLAIN, *(step for step in needed if step is not _PLAIN)]:
        await _take(step, served)
    findings = served.findings
    for rule in _EVERYWHERE:
        if rule is not Rule.USAGE:
            findings.passed(rule, f"in {served.requests} requests")
    if served.usages:
        findings.passed(Rule.USAGE, f"in {served.usages} answers")
    else:
        findings.skipped(Rule.USAGE, "no answer came with completion_usage, which is optional")


async def _take(step: _Step, served: Session) -> None:
    obstacle = served.stuck
    if obstacle is None and served.declares("embeddings_only") and step not in (_EMBED, _PROBE):
        obstacle = "declares embeddings alone"
    if obstacle is None and served.findings.has_failed(Rule.GENERATE):
        obstacle = "plain requests are not answered"
    if obstacle is not None:
        for rule in step.rules:
            served.findings.skipped(rule, obstacle)
        return
    try:
        await step.run(served)
    except Exception as e:  # a usage that is no dict, say
        served.findings.failed(step.rules[0], f"could not be judged: {type(e).__name__}: {e}")


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """Ends what the engine left behind, as far as that can be ended."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        _, left = loop.run_until_complete(asyncio.wait(left, timeout=1))
    if not left:  # a generator that still runs cannot be closed
        loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
