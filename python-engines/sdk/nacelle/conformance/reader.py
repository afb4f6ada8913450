"""One stream's chunks, judged as they come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from operator import index as as_int
from typing import Any, Callable, Dict, List, Mapping, Optional, Set

from nacelle.conformance.rules import Rule

#: What ``finish_reason`` may be; ``error: …`` too.
REASONS = frozenset({"stop", "eos", "length", "cancelled", "content_filter", "tool_calls", "error"})
#: Enough for any check: an engine that never stops does not fill the memory.
_MOST_KEPT = 100_000

Violated = Callable[[Rule, str], None]


@dataclass
class Answer:
    """What a stream gave.

    :param token_ids: of the first choice
    :param tokens: how many, of each choice
    """

    token_ids: List[int] = field(default_factory=list)
    tokens: Dict[int, int] = field(default_factory=Counter)
    text: str = ""
    log_probs: List[float] = field(default_factory=list)
    embeddings: List[Any] = field(default_factory=list)
    choices: Set[int] = field(default_factory=set)
    usage: Optional[Mapping[str, Any]] = None
    reason: Optional[str] = None
    items: int = 0

    @property
    def output(self) -> List[Any]:
        """The first choice, to compare: pieces of text may be cut anywhere."""
        return [*self.token_ids, self.text] if self.text else list(self.token_ids)

    @property
    def total(self) -> int:
        return sum(self.tokens.values())

    def shown(self) -> str:
        output = self.output
        return str(output) if len(output) <= 8 else f"{output[:8]}… ({len(output)})"


class Reader:
    """Takes chunks; what breaks the protocol goes to ``violated``, what is right into the answer."""

    def __init__(self, request: Mapping[str, Any], violated: Violated) -> None:
        self.answer = Answer()
        self._violated = violated
        self._n = (request.get("sampling_options") or {}).get("n") or 1
        self._most = (request.get("stop_conditions") or {}).get("max_tokens")
        self._too_many = False

    def take(self, chunk: Any, cancelled: bool) -> None:
        """:param cancelled: whether the caller has gone, after which nobody minds what comes beside the terminal"""
        answer = self.answer
        answer.items += 1
        if not isinstance(chunk, Mapping):
            self._misfit(f"a {type(chunk).__name__}, expected a dict")
            return
        reason = chunk.get("finish_reason")
        if answer.reason is not None:
            if not cancelled and reason:
                self._violated(Rule.ONE_TERMINAL, f"finish_reason {reason!r} after {answer.reason!r}")
            elif not cancelled:
                self._violated(Rule.NOTHING_AFTER_TERMINAL, f"a chunk after finish_reason {answer.reason!r}")
            return
        choice = self._choice(chunk.get("index"))
        ids = self._ids(chunk.get("token_ids"))
        self._count(choice, len(ids))
        answer.choices.add(choice)
        if choice == 0 and len(answer.token_ids) < _MOST_KEPT:
            answer.token_ids += ids
        if chunk.get("text") and choice == 0 and len(answer.text) < _MOST_KEPT:
            answer.text += str(chunk["text"])
        if chunk.get("log_probs") and len(answer.log_probs) < _MOST_KEPT:
            answer.log_probs += chunk["log_probs"]
        if chunk.get("embedding") is not None:
            answer.embeddings.append(chunk["embedding"])
        if chunk.get("completion_usage"):
            answer.usage = chunk["completion_usage"]
        if reason:
            answer.reason = self._reason(reason)

    def _choice(self, index: Any) -> int:
        if index is None:
            return 0
        try:
            choice = as_int(index)
        except TypeError:
            self._misfit(f"choice index {index!r}")
            return 0
        if not 0 <= choice < self._n:
            self._misfit(f"choice index {choice} with n {self._n}")
            return 0
        return choice

    def _ids(self, token_ids: Any) -> List[int]:
        if token_ids is None:
            return []
        try:
            ids = [as_int(token) for token in token_ids]
        except TypeError:
            self._misfit(f"token_ids {token_ids!r}, expected a list of int")
            return []
        negative = next((token for token in ids if token < 0), None)
        if negative is not None:
            self._misfit(f"token id {negative}")
        return ids

    def _reason(self, reason: Any) -> str:
        word = reason.split(":")[0] if isinstance(reason, str) else reason
        if word not in REASONS or (reason != word and word != "error"):
            self._misfit(f"finish_reason {reason!r}, expected one of {', '.join(sorted(REASONS))}")
        return str(word)

    def _count(self, choice: int, tokens: int) -> None:
        self.answer.tokens[choice] += tokens
        total = self.answer.tokens[choice]
        if self._most is not None and total > self._most and not self._too_many:
            self._too_many = True
            self._violated(Rule.MAX_TOKENS, f"{total} tokens with max_tokens {self._most}")

    def _misfit(self, seen: str) -> None:
        self._violated(Rule.ITEMS_FIT_INPUT, seen)
