"""Making, starting and stopping engines, and what may go wrong between."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any, List, Optional, Set, Tuple

from nacelle import host
from nacelle.conformance import calls, session
from nacelle.conformance.rules import Rule
from nacelle.conformance.session import Bench, Session

_POLL_S = 0.005


async def create(bench: Bench) -> Optional[Tuple[Any, Any]]:
    """A new engine and what its worker is to be; None, and the rule failed, when there is none."""
    called = await calls.within(bench.limits.call, bench.make)
    wrong = calls.trouble_of(called)
    if not isinstance(called, calls.Returned):
        bench.findings.failed(Rule.CREATE, wrong or "")
        return None
    engine, worker = called.value if isinstance(called.value, tuple) else (called.value, None)
    missing = [name for name in ("start", "generate", "cleanup") if not callable(getattr(engine, name, None))]
    if missing:
        wrong = f"a {type(engine).__name__} without {', '.join(missing)}"
    elif any(engine is other for other in bench.made):
        wrong = "the same engine again"
    bench.findings.judge(Rule.CREATE, wrong, f"{type(engine).__module__}.{type(engine).__qualname__}")
    if wrong is not None:
        return None
    bench.made.append(engine)
    return engine, worker


async def never_started(bench: Bench) -> None:
    created = await create(bench)
    if created is not None:
        wrong = await calls.trouble(bench.limits.cleanup, created[0].cleanup)
        bench.findings.judge(Rule.CLEANUP_NEVER_STARTED, wrong, "returned")


class _FailingHost:
    """Makes a start fail where it reports how far it is."""

    def _fail(self) -> None:
        raise RuntimeError("the conformance kit makes this start fail here")

    def progress(self, fraction: float, message: str = "") -> None:
        self._fail()

    def ready(self) -> None:
        self._fail()

    def degraded(self, message: str) -> None:
        self._fail()

    def down(self, message: str) -> None:
        self._fail()


async def failed_start(bench: Bench) -> None:
    """Starts an engine so that it probably fails: reporting progress raises."""
    created = await create(bench)
    if created is None:
        return
    engine = created[0]
    before = bench.watchdog.allow(bench.limits.start)
    token = host.bind(_FailingHost())
    try:
        called = await calls.within(bench.limits.start, lambda: engine.start(1))
    finally:
        host.unbind(token)
        bench.watchdog.allow(before)
    if isinstance(called, calls.Raised):
        await session.clean_up_after_failed_start(bench, engine, f"start raised {calls.text(called.error)}")
    elif isinstance(called, calls.Hangs):
        bench.findings.skipped(Rule.CLEANUP_AFTER_FAILED_START, f"start {called.where}")
    else:
        bench.findings.skipped(
            Rule.CLEANUP_AFTER_FAILED_START,
            "start reports neither nacelle.progress nor nacelle.health: it could not be made to fail",
        )
        # The engine in service has shown how its cleanup behaves.
        await calls.trouble(bench.limits.cleanup, engine.cleanup)


async def end(served: Session, threads_before: Set[threading.Thread]) -> None:
    """From the last request to the second cleanup."""
    bench, engine, findings = served.bench, served.engine, served.findings
    await _quiescent(served)
    first = await calls.trouble(bench.limits.cleanup, engine.cleanup)
    findings.judge(Rule.CLEANUP, first, "returned")
    if first is not None:
        for rule in (Rule.CLEANUP_TWICE, Rule.CLEANUP_ENDS_THREADS):
            findings.skipped(rule, f"the first cleanup {first}")
        return
    second = await calls.trouble(bench.limits.cleanup, engine.cleanup)
    findings.judge(Rule.CLEANUP_TWICE, second, "returned")
    left = await _threads_left(threads_before, bench.limits.cleanup)
    findings.judge(
        Rule.CLEANUP_ENDS_THREADS, f"still running: {', '.join(left)}" if left else None, "none left"
    )


async def _quiescent(served: Session) -> None:
    ask = getattr(served.engine, "is_quiescent", None)
    if ask is None:
        served.findings.skipped(Rule.DRAIN, "none offered")
        return
    called = await calls.within(served.limits.call, ask)
    wrong = calls.trouble_of(called)
    if isinstance(called, calls.Returned) and called.value not in (True, False, None):
        wrong = f"returned {called.value!r}"
    served.findings.judge(Rule.DRAIN, wrong and f"is_quiescent {wrong}", "returned")


async def _threads_left(before: Set[threading.Thread], limit: float) -> List[str]:
    given_up = time.monotonic() + limit
    while True:
        # asyncio.to_thread's belong to the loop, which ends them.
        left = sorted(
            thread.name
            for thread in set(threading.enumerate()) - before
            if not thread.daemon and not thread.name.startswith("asyncio_")
        )
        if not left or time.monotonic() > given_up:
            return left
        await asyncio.sleep(_POLL_S)
