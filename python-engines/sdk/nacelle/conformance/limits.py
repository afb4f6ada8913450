"""How long the kit waits."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Limits:
    """Seconds. The 2 s of a cancellation and the 5 s that belong to cleanup are the contract's; a large model needs the rest.

    :param call: for what does not wait for a model: creating, register_prometheus, abort, …
    :param start: for ``start``
    :param answer: for a few tokens
    :param cancel: from a cancellation to the stream's end
    :param cleanup: for ``cleanup``
    :param hold: for which the event loop may stand still while requests are served
    """

    call: float = 5.0
    start: float = 300.0
    answer: float = 30.0
    cancel: float = 2.0
    cleanup: float = 5.0
    hold: float = 5.0

    def __post_init__(self) -> None:
        for limit in fields(self):
            value = getattr(self, limit.name)
            if not value > 0:
                raise ValueError(f"{limit.name} limit {value} s, expected more than 0")
