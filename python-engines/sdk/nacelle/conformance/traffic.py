"""Several streams at a time: some of whose readers are behind, some of whose callers go away."""

from __future__ import annotations

import asyncio
import time
from typing import List

from nacelle.conformance import exchange
from nacelle.conformance.exchange import Exchange
from nacelle.conformance.rules import Rule
from nacelle.conformance.serving import REQUESTS
from nacelle.conformance.session import Session

_READ = 2
#: For all to have begun; an engine that runs fewer at a time is let go on.
_TOGETHER_S = 0.3


async def slow_reader(session: Session) -> None:
    """One stands still while two others are served."""
    limit = session.limits.answer
    slow = session.begin(session.plain(0), _READ)
    await slow.await_items(_READ, limit)
    wrong = None
    for turn in (1, 2):
        other = session.begin(session.plain(turn))
        if not await other.await_end(limit):
            wrong = f"another request had not ended after {limit:g} s; it was {other.where()}"
            await slow.read_on()  # lets a batch move on that stood still
        asked = await session.end(other)
        if wrong is None and asked.trouble is not None:
            wrong = f"another request {asked.trouble}"
        if wrong is not None:
            break
    session.findings.judge(Rule.SLOW_READER_ISOLATED, wrong, "2 others were answered")
    await slow.read_on()
    session.findings.judge(
        Rule.SLOW_READER_RESUMES, (await session.end(slow)).trouble, "held back, then answered"
    )


async def interleaved(session: Session) -> None:
    """The plain requests again, all at a time: each is held after its first chunk until the others have theirs."""
    running = [session.begin(session.plain(turn), 1) for turn in range(REQUESTS)]
    given_up = time.monotonic() + _TOGETHER_S
    for each in running:
        await each.await_items(1, max(0.001, given_up - time.monotonic()))
    for each in running:
        await each.read_on()
    wrong: List[str] = []
    for turn, each in enumerate(running):
        asked = await session.end(each)
        name = f"request {turn + 1} of {REQUESTS}"
        if asked.trouble is not None:
            wrong.append(f"{name} {asked.trouble}")
        elif not session.is_own(turn, asked.answer):
            wrong.append(f"{name} got {asked.answer.shown()}, alone it got {session.alone[turn].shown()}")
    session.findings.judge(
        Rule.INTERLEAVED,
        f"{len(wrong)} wrong: {wrong[0]}" if wrong else None,
        "all completed, each as when alone"
        if session.repeatable
        else "all completed; tokens not compared, as the engine does not repeat them",
    )


async def cancel_beside(session: Session) -> None:
    """Two at a time, of which one is cancelled."""
    stays = session.begin(session.plain(1), 1)
    await stays.await_items(1, session.limits.answer)
    goes = session.begin(session.endless(), 4)
    await goes.await_items(1, session.limits.cancel)
    await _cancel(session, goes, "cancelled beside another")
    await stays.read_on()
    asked = await session.end(stays)
    wrong = asked.trouble
    if wrong is None and not session.is_own(1, asked.answer):
        wrong = f"got {asked.answer.shown()}, alone it got {session.alone[1].shown()}"
    session.findings.judge(Rule.CANCEL_ISOLATED, wrong and f"its neighbour {wrong}", "its neighbour was answered")


async def cancel(session: Session) -> None:
    """One cancelled while it is read, one whose reader is behind, and one that was cancelled before it began."""
    for capacity, how in ((exchange.UNBOUNDED, "cancelled at work"), (1, "cancelled behind its reader")):
        working = session.begin(session.endless(), capacity)
        await working.await_items(1, session.limits.answer)
        await _cancel(session, working, how)
        if session.stuck is not None:
            return
    early = session.begin(session.endless(), cancelled=True)
    await asyncio.sleep(0)
    await _cancel(session, early, "cancelled before it began")


async def _cancel(session: Session, running: Exchange, how: str) -> None:
    findings, limit = session.findings, session.limits.cancel
    if running.done and not running.context.is_stopped():
        await session.end(running)
        for rule in (Rule.CANCEL_IN_TIME, Rule.CANCEL_REASON, Rule.ABORT):
            findings.skipped(rule, "the request was over before it could be cancelled")
        return
    begin = time.monotonic()
    await running.cancel()
    await running.read_on()
    if not await running.await_end(limit):
        findings.failed(
            Rule.CANCEL_IN_TIME,
            f"{how}: still running after {limit:g} s and {running.answer.items} chunks, {running.where()}",
        )
        findings.skipped(Rule.CANCEL_REASON, "it did not end in time")
        await session.give_up(running)
        return
    findings.passed(Rule.CANCEL_IN_TIME, f"{1000 * (time.monotonic() - begin):.0f} ms")
    ending = await running.ending()
    right = (
        isinstance(ending, (exchange.CutOff, exchange.Unfinished, exchange.Hangs))  # other rules judge the last two
        or (isinstance(ending, exchange.Finished) and ending.reason == "cancelled")
        or (isinstance(ending, exchange.Raised) and exchange.is_named(ending.error, "Cancelled"))
    )
    findings.judge(
        Rule.CANCEL_REASON, None if right else f"{how}: {exchange.shown(ending)}", exchange.shown(ending)
    )
