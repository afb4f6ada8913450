"""What is asked for is what comes back."""

from __future__ import annotations

import math
from typing import Optional

from nacelle.conformance import exchange
from nacelle.conformance.reader import Answer
from nacelle.conformance.rules import Rule
from nacelle.conformance.session import Session

REQUESTS = 8
_MOST_PROMPT = 1 << 24


async def plain(session: Session) -> None:
    """Eight different requests one after the other, and the first one again: the yardstick for all that follow."""
    alone = []
    for turn in [*range(REQUESTS), 0]:
        asked = await session.ask(session.plain(turn))
        if asked.trouble is not None:
            session.findings.failed(Rule.GENERATE, asked.trouble)
            return
        alone.append(asked.answer)
    again = alone.pop()
    session.alone = alone
    session.repeatable = again.output == alone[0].output
    session.findings.passed(
        Rule.GENERATE,
        "{} requests answered{}, the first with {}".format(
            REQUESTS + 1, "" if session.repeatable else " (not the same when repeated)", alone[0].shown()
        ),
    )


async def health_check(session: Session) -> None:
    probe = session.health_check
    if probe is None:
        session.findings.skipped(Rule.HEALTH_CHECK, "none offered")
    elif probe.get("_HEALTH_CHECK") is not True:
        session.findings.failed(Rule.HEALTH_CHECK, 'the payload has no "_HEALTH_CHECK": True')
    else:
        wrong = (await session.ask({"model": session.plain(0)["model"], **probe})).trouble
        session.findings.judge(Rule.HEALTH_CHECK, wrong, "answered")


async def stop_tokens(session: Session) -> None:
    """Asks for what the engine has just said, to stop in the middle of it."""
    before = session.alone[0].token_ids
    if not session.repeatable or not before:
        session.findings.skipped(Rule.STOP_TOKEN_IDS, "the engine does not repeat its tokens, or makes none")
        return
    # The last token that had not come before it, so that as many as possible come first.
    at = max(i for i, token in enumerate(before) if before.index(token) == i)
    asked = await session.ask(session.stopping(before[at], 0))
    wrong = asked.trouble
    got = len(asked.answer.token_ids)
    ending = asked.ending
    stopped = isinstance(ending, exchange.Unfinished) or (
        isinstance(ending, exchange.Finished) and ending.reason in ("stop", "eos")
    )
    if wrong is None and not (stopped and at <= got <= at + 1):
        wrong = f"stop token {before[at]} at position {at}: {got} tokens, {exchange.shown(ending)}"
    session.findings.judge(Rule.STOP_TOKEN_IDS, wrong, f"stopped at token {before[at]}")


async def min_tokens(session: Session) -> None:
    """The same, when it is too early to stop."""
    before = session.alone[0].token_ids
    if not session.repeatable or len(before) < 3:
        session.findings.skipped(Rule.MIN_TOKENS, "the engine does not repeat its tokens, or makes too few")
        return
    asked = await session.ask(session.stopping(before[0], 3))
    wrong = asked.trouble
    if wrong is None and asked.answer.total < 3:
        wrong = f"{asked.answer.total} tokens with min_tokens 3"
    session.findings.judge(Rule.MIN_TOKENS, wrong, f"{asked.answer.total} tokens")


async def log_probs(session: Session) -> None:
    asked = await session.ask(session.plain(0, output_options={"logprobs": 2}))
    given, wrong = asked.answer.log_probs, asked.trouble
    if wrong is None and not given and not session.declares("log_probabilities"):
        session.findings.skipped(Rule.LOG_PROBABILITIES, "neither declared nor reported")
        return
    if wrong is None and len(given) != asked.answer.total:
        wrong = f"{len(given)} log-probabilities for {asked.answer.total} tokens"
    above = next((value for value in given if not value <= 0), None)
    if wrong is None and above is not None:
        wrong = f"a log-probability of {above}"
    session.findings.judge(Rule.LOG_PROBABILITIES, wrong, f"{len(given)} of them")


async def choices(session: Session) -> None:
    asked = await session.ask(session.plain(0, sampling_options={"n": 2}))
    declared = session.declares("multiple_choices")
    if asked.answer.choices <= {0} and asked.trouble is None and not declared:
        session.findings.skipped(Rule.CHOICES, "neither declared nor made")
    elif not declared and asked.trouble is not None and exchange.is_named(_error(asked.ending), "InvalidArgument"):
        session.findings.skipped(Rule.CHOICES, "refuses several")
    else:
        wrong = asked.trouble
        if wrong is None and not asked.answer.choices >= {0, 1}:
            wrong = f"chunks for choices {sorted(asked.answer.choices)} with n 2"
        session.findings.judge(Rule.CHOICES, wrong, "2 of 2")


async def embeddings(session: Session) -> None:
    if not (session.declares("embeddings") or session.declares("embeddings_only")):
        session.findings.skipped(Rule.EMBEDDINGS, "not declared")
        return
    lengths = []
    for turn in range(3):
        asked = await session.ask(session.embedding(turn))
        wrong = asked.trouble or _no_embedding(asked.answer)
        if wrong is not None:
            session.findings.failed(Rule.EMBEDDINGS, wrong)
            return
        lengths.append(len(asked.answer.embeddings[0]))
    wrong = None if len(set(lengths)) == 1 else f"vectors of the lengths {lengths}"
    session.findings.judge(Rule.EMBEDDINGS, wrong, f"{len(lengths)} of length {lengths[0]}")


def _no_embedding(answer: Answer) -> Optional[str]:
    if len(answer.embeddings) != 1:
        return f"{len(answer.embeddings)} embeddings, expected 1"
    if answer.total:
        return f"{answer.total} tokens beside the embedding"
    vector = answer.embeddings[0]
    if not isinstance(vector, (list, tuple)):
        return f"an embedding that is a {type(vector).__name__}, expected a list of numbers"
    if not vector:
        return "an embedding of no numbers"
    bad = next((value for value in vector if not (isinstance(value, (int, float)) and math.isfinite(value))), None)
    return None if bad is None else f"an embedding with {bad!r} in it"


async def too_long(session: Session) -> None:
    context = session.context_length
    if context is None or session.is_text or context > _MOST_PROMPT:
        why = "no context length declared" if context is None else "text, or too long a context to try"
        session.findings.skipped(Rule.PROMPT_TOO_LONG, why)
        return
    tokens = session.bench.prompts.tokens
    prompt = (list(tokens) * (context // len(tokens) + 1))[: context + 1]
    asked = await session.ask(session.plain(0, 1, token_ids=prompt))
    error = _error(asked.ending)
    if exchange.is_named(error, "InvalidArgument"):
        session.findings.passed(Rule.PROMPT_TOO_LONG, str(error))
    else:
        session.findings.failed(
            Rule.PROMPT_TOO_LONG,
            f"{context + 1} tokens with a context of {context}: {exchange.shown(asked.ending)}",
        )


async def serves_on(session: Session) -> None:
    """The first request once more, after all the others."""
    asked = await session.ask(session.plain(0))
    wrong: Optional[str] = asked.trouble
    if wrong is None and not session.is_own(0, asked.answer):
        wrong = f"got {asked.answer.shown()}, at first it got {session.alone[0].shown()}"
    session.findings.judge(Rule.SERVES_ON, wrong, f"answered after {session.requests - 1} requests")


def _error(ending: exchange.Ending) -> BaseException:
    return ending.error if isinstance(ending, exchange.Raised) else Exception()
