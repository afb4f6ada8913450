"""What the kit found, and how it reads."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import Enum
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from nacelle.conformance.rules import Rule


class Outcome(Enum):
    """The values are what a table shows; capitals, so that a failure is found without colours."""

    PASSED = "passed"
    FAILED = "FAILED"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Result:
    """:param seen: what the engine did, or why the rule was skipped; one line"""

    rule: Rule
    outcome: Outcome
    seen: str


@dataclass(frozen=True)
class Report:
    """One result per rule asked for, in the order of :class:`Rule`."""

    results: Tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """True when no rule failed; skipped ones do not count."""
        return not self.failures

    @property
    def failures(self) -> List[Result]:
        return [result for result in self.results if result.outcome is Outcome.FAILED]

    def summary(self) -> str:
        """``30 passed, 1 failed, 4 skipped``"""
        count = {outcome: sum(r.outcome is outcome for r in self.results) for outcome in Outcome}
        return "{} passed, {} failed, {} skipped".format(
            count[Outcome.PASSED], count[Outcome.FAILED], count[Outcome.SKIPPED]
        )

    def table(self, width: int = 120) -> str:
        """The results for a terminal, with advice below what failed and a summary at the end."""
        return "\n".join([*_rows(self.results, max(width, 80)), self.summary()]) + "\n"


def _rows(results: Sequence[Result], width: int) -> Iterator[str]:
    rules = 2 + max((len(result.rule.id) for result in results), default=0)
    indent = " " * (9 + rules)
    for result in results:
        texts = [result.seen]
        if result.outcome is Outcome.FAILED:
            texts += [f"rule: {result.rule.sentence}", f"change: {result.rule.advice}"]
        head = result.outcome.value.ljust(9) + result.rule.id.ljust(rules)
        for text in texts:
            lines = textwrap.wrap(text, max(20, width - len(indent))) or [""]
            yield from (start + line for start, line in zip([head] + [indent] * len(lines), lines))
            head = indent


class Findings:
    """Collects what the checks find, from any thread. A failure outweighs whatever else was said of its rule."""

    def __init__(self) -> None:
        self._failed: Dict[Rule, List[str]] = {}
        self._passed: Dict[Rule, str] = {}
        self._skipped: Dict[Rule, str] = {}

    def passed(self, rule: Rule, seen: str) -> None:
        self._passed[rule] = seen

    def failed(self, rule: Rule, seen: str) -> None:
        self._failed.setdefault(rule, []).append(seen)

    def skipped(self, rule: Rule, why: str) -> None:
        self._skipped.setdefault(rule, why)

    def judge(self, rule: Rule, trouble: Optional[str], seen: str) -> None:
        """Passed with ``seen`` unless there is trouble."""
        if trouble is None:
            self.passed(rule, seen)
        else:
            self.failed(rule, trouble)

    def has_failed(self, rule: Rule) -> bool:
        return rule in self._failed

    def report(self, wanted: Sequence[Rule], otherwise: str) -> Report:
        """:param otherwise: why a rule that nobody spoke of was skipped"""
        return Report(tuple(self._result(rule, otherwise) for rule in Rule if rule in wanted))

    def _result(self, rule: Rule, otherwise: str) -> Result:
        failures = self._failed.get(rule)
        if failures:
            more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
            return Result(rule, Outcome.FAILED, failures[0] + more)
        if rule in self._passed:
            return Result(rule, Outcome.PASSED, self._passed[rule])
        return Result(rule, Outcome.SKIPPED, self._skipped.get(rule, otherwise))
