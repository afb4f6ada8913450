"""What goes into ``generate`` and what comes out of it. At run time these are plain dicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Awaitable, Dict, FrozenSet, List, Literal, Mapping, MutableMapping, Optional, Protocol, TypedDict


class SamplingOptions(TypedDict, total=False):
    n: Optional[int]
    best_of: Optional[int]
    presence_penalty: Optional[float]
    frequency_penalty: Optional[float]
    repetition_penalty: Optional[float]
    temperature: Optional[float]
    top_p: Optional[float]
    top_k: Optional[int]
    min_p: Optional[float]
    use_beam_search: Optional[bool]
    length_penalty: Optional[float]
    seed: Optional[int]
    include_stop_str_in_output: Optional[bool]
    guided_decoding: Optional[Dict[str, Any]]


class StopConditions(TypedDict, total=False):
    max_tokens: Optional[int]
    stop: Optional[List[str]]
    stop_token_ids: Optional[List[int]]
    stop_token_ids_visible: Optional[List[int]]
    stop_token_ids_hidden: Optional[List[int]]
    min_tokens: Optional[int]
    ignore_eos: Optional[bool]
    max_thinking_tokens: Optional[int]


class OutputOptions(TypedDict, total=False):
    logprobs: Optional[int]
    prompt_logprobs: Optional[int]
    skip_special_tokens: Optional[bool]
    formatted_prompt: Optional[bool]
    return_tokens_as_token_ids: Optional[bool]


class GenerateRequest(TypedDict, total=False):
    """A request. A key without a value is absent or None: read with ``.get``. The dict is the engine's to change.

    ``task`` is what is asked for: ``generate`` (also where it is absent), or ``embed``, a vector for the prompt, which only
    engines with ``embeddings`` or ``embeddings_only`` among their capabilities are asked for. ``dimensions`` is how long a
    vector its caller wants, where he says so.

    ``token_ids`` is always there, except for engines with ``model_input: text``: those get ``prompt`` or ``messages``.
    """

    token_ids: List[int]
    task: Literal["generate", "embed"]
    dimensions: Optional[int]
    prompt: Optional[str]
    messages: Optional[List[Dict[str, Any]]]
    model: Optional[str]
    sampling_options: Optional[SamplingOptions]
    stop_conditions: Optional[StopConditions]
    output_options: Optional[OutputOptions]
    eos_token_ids: Optional[List[int]]
    annotations: Optional[List[str]]
    routing: Optional[Dict[str, Any]]
    prefill_result: Optional[Dict[str, Any]]
    bootstrap_info: Optional[Dict[str, Any]]
    extra_args: Optional[Dict[str, Any]]
    require_reasoning: Optional[bool]
    multi_modal_data: Optional[Dict[str, Any]]
    mm_processor_kwargs: Optional[Dict[str, Any]]


class CompletionUsage(TypedDict, total=False):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: Optional[Dict[str, Any]]


class TopLogProb(TypedDict, total=False):
    rank: int
    token_id: int
    token: Optional[str]
    logprob: float


class GenerateChunk(TypedDict, total=False):
    """An item of the answer. Exactly one carries ``finish_reason``: the last.

    ``token_ids`` may be empty or hold many; ``index`` is the choice, 0 unless several were asked for. The answer to the task
    ``embed`` is one chunk with ``embedding``, a list of floats, and a last one with ``finish_reason: "stop"``, or both in one.
    ``finish_reason`` is one of ``stop``, ``eos``, ``length``, ``cancelled``, ``content_filter``, ``tool_calls`` and
    ``error`` (or ``"error: what happened"``).
    """

    token_ids: List[int]
    index: int
    finish_reason: Optional[str]
    completion_usage: Optional[CompletionUsage]
    log_probs: Optional[List[float]]
    top_logprobs: Optional[List[List[TopLogProb]]]
    disaggregated_params: Optional[Dict[str, Any]]
    engine_data: Optional[Dict[str, Any]]
    text: Optional[str]
    embedding: Optional[List[float]]


class Span(Protocol):
    """A span of a trace; does nothing while tracing is off."""

    def set_attribute(self, key: str, value: Any) -> None: ...

    def add_event(self, name: str, attrs: Optional[Mapping[str, Any]] = None) -> None: ...

    def set_status(self, status: str, description: Optional[str] = None) -> None:
        """:param status: ``ok`` or ``error``"""

    def close(self) -> None: ...

    def __enter__(self) -> Span: ...

    def __exit__(self, *_: object) -> None: ...


class Context(Protocol):
    """The request's side of the host. Cheap: what is asked on every token never leaves Python."""

    @property
    def metadata(self) -> MutableMapping[str, str]: ...

    @property
    def trace_id(self) -> Optional[str]: ...

    @property
    def span_id(self) -> Optional[str]: ...

    @property
    def parent_span_id(self) -> Optional[str]: ...

    def id(self) -> str: ...

    def is_stopped(self) -> bool:
        """The caller no longer wants the answer: end the stream with ``finish_reason: "cancelled"``."""

    def is_killed(self) -> bool: ...

    def stop_generating(self) -> None:
        """Asks for the end from this side."""

    def async_killed_or_stopped(self) -> Awaitable[bool]:
        """Completes, with True, once the request is stopped."""

    def notify_first_token(self) -> None:
        """The first token is known, though no chunk carries it yet."""

    def trace_headers(self) -> Optional[Dict[str, str]]: ...

    def current_span(self) -> Span: ...

    def start_span(self, name: str, attrs: Optional[Mapping[str, Any]] = None) -> Span: ...

    def detached(self, id: str) -> Context:
        """For a request of the engine's own: the same trace and a copy of the metadata, an end of its own."""


@dataclass(frozen=True)
class StopRule:
    """When an answer of token ids is over; read once per request.

    >>> rule = StopRule.of({"token_ids": [1], "stop_conditions": {"max_tokens": 2, "stop_token_ids": [9]}})
    >>> rule.max_tokens, rule.ends_at(9, 0), rule.ends_at(8, 0)
    (2, True, False)

    :param max_tokens: the most tokens to give
    :param min_tokens: so many tokens come before a stop token counts
    :param stop_tokens: the ids that end the answer; better not emitted themselves
    """

    max_tokens: int
    min_tokens: int
    stop_tokens: FrozenSet[int]

    @classmethod
    def of(cls, request: GenerateRequest, default_max_tokens: int = 16) -> StopRule:
        """:param default_max_tokens: where the request has no ``max_tokens``"""
        stop = request.get("stop_conditions") or {}
        tokens = set(stop.get("stop_token_ids") or ())
        tokens.update(stop.get("stop_token_ids_visible") or ())
        tokens.update(stop.get("stop_token_ids_hidden") or ())
        if not stop.get("ignore_eos"):
            tokens.update(request.get("eos_token_ids") or ())
        most = stop.get("max_tokens")
        return cls(
            max_tokens=default_max_tokens if most is None else most,
            min_tokens=stop.get("min_tokens") or 0,
            stop_tokens=frozenset(tokens),
        )

    def ends_at(self, token_id: int, position: int) -> bool:
        """:param position: how many tokens came before"""
        return token_id in self.stop_tokens and position >= self.min_tokens
