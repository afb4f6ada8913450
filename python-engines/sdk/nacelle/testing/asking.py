"""One request and its answer."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, AsyncIterator, Dict, List, Optional, Sequence

from nacelle.request import Context, GenerateChunk, GenerateRequest
from nacelle.conformance.context import FakeContext


def request(token_ids: Sequence[int], max_tokens: int = 16, **more: Any) -> GenerateRequest:
    """A greedy request as a host builds it; ``more`` adds keys or takes the place of those that are there."""
    made: Dict[str, Any] = {
        "token_ids": list(token_ids),
        "model": "test",
        "sampling_options": {"temperature": 0.0},
        "stop_conditions": {"max_tokens": max_tokens},
        "output_options": {},
        "eos_token_ids": [],
        "annotations": [],
    }
    made.update(more)
    return made  # type: ignore[return-value]


@dataclass(frozen=True)
class Answer:
    """All chunks of a stream that ended."""

    chunks: List[GenerateChunk]

    @property
    def token_ids(self) -> List[int]:
        """Those of the first choice."""
        return [token for c in self.chunks if not c.get("index") for token in c.get("token_ids") or ()]

    @property
    def text(self) -> str:
        return "".join(c.get("text") or "" for c in self.chunks if not c.get("index"))

    @property
    def finish_reason(self) -> Optional[str]:
        """None when the stream ended without one, which breaks the contract."""
        return next((c["finish_reason"] for c in self.chunks if c.get("finish_reason")), None)


async def ask(engine: Any, request: GenerateRequest, context: Optional[Context] = None) -> Answer:
    """Runs one request to its end."""
    return Answer([chunk async for chunk in chunks(engine, request, context)])


async def chunks(
    engine: Any, request: GenerateRequest, context: Optional[Context] = None
) -> AsyncIterator[GenerateChunk]:
    """The chunks one by one, of an engine of either kind."""
    stream = engine.generate(request, context or FakeContext())
    if inspect.isasyncgen(stream) or hasattr(stream, "__aiter__"):
        async for chunk in stream:
            yield chunk
    else:
        for chunk in stream:
            yield chunk
