"""The class that an engine author writes, and what it says of itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, AsyncIterator, Dict, Iterator, List, Optional, Sequence, Set, Tuple, Union

if TYPE_CHECKING:
    from nacelle.publishing import EngineMetrics, KvEventSource, SnapshotPublisher
    from nacelle.request import Context, GenerateChunk, GenerateRequest


@dataclass
class LlmRegistration:
    """What routers and frontends need to know of a model. None: not known, or not meant.

    :param context_length: tokens of prompt and answer together
    :param kv_cache_block_size: tokens per block of the KV cache
    :param total_kv_blocks: blocks per data-parallel rank
    :param max_num_seqs: requests at work at a time
    :param max_num_batched_tokens: tokens of one step
    :param data_parallel_size: how many ranks; the first one is ``data_parallel_start_rank``
    :param bootstrap_host: where decode workers fetch what a prefill worker made; with ``bootstrap_port``
    """

    context_length: Optional[int] = None
    kv_cache_block_size: Optional[int] = None
    total_kv_blocks: Optional[int] = None
    max_num_seqs: Optional[int] = None
    max_num_batched_tokens: Optional[int] = None
    data_parallel_size: Optional[int] = None
    data_parallel_start_rank: Optional[int] = None
    bootstrap_host: Optional[str] = None
    bootstrap_port: Optional[int] = None
    enable_eagle: bool = False
    max_gpu_lora_count: Optional[int] = None


@dataclass
class EngineConfig:
    """What ``start`` returns.

    :param model: the model's name or path; never empty
    :param served_model_name: what clients call it, when that is another name
    :param runtime_data: anything else that others should know of this worker
    :param model_aliases: further names that clients may use
    :param capabilities: what the engine can do beyond plain answers: ``log_probabilities``, ``prompt_log_probabilities``,
        ``guided_decoding``, ``embeddings`` (or ``embeddings_only``), ``multiple_choices``, ``logit_bias``. A request for what is not among them is refused
        before it comes to the engine
    """

    model: str
    served_model_name: Optional[str] = None
    runtime_data: Optional[Dict[str, Any]] = None
    llm: Optional[LlmRegistration] = None
    model_aliases: List[str] = field(default_factory=list)
    capabilities: List[str] = field(default_factory=list)


class DisaggregationMode(Enum):
    """Which part of a request a worker takes."""

    AGGREGATED = "agg"
    PREFILL = "prefill"
    DECODE = "decode"
    ENCODE = "encode"


@dataclass
class WorkerConfig:
    """What ``from_args`` may return beside the engine: wishes for its worker. What the configuration file says wins.

    :param endpoint_types: comma-separated: ``chat``, ``completions``, …
    :param model_input: ``tokens`` or ``text``
    :param enable_kv_routing: False: no KV events and no snapshots
    :param metrics_labels: (key, value) pairs for the worker's metrics
    """

    namespace: Optional[str] = None
    component: Optional[str] = None
    endpoint: Optional[str] = None
    model_name: Optional[str] = None
    served_model_name: Optional[str] = None
    endpoint_types: str = "chat,completions"
    model_input: str = "tokens"
    disaggregation_mode: DisaggregationMode = DisaggregationMode.AGGREGATED
    enable_kv_routing: bool = True
    metrics_labels: List[Tuple[str, str]] = field(default_factory=list)
    tool_call_parser: Optional[str] = None
    reasoning_parser: Optional[str] = None
    custom_jinja_template: Optional[str] = None


class LLMEngine(ABC):
    """A base class that documents what the host calls; the methods with bodies do what an absent one does.

    The host calls, in this order, on one event loop that is the engine's own::

        create -> start -> register_prometheus, component_metrics_dp_ranks, attach_snapshot_publisher
               -> kv_event_sources -> health_check_payload -> on_endpoint_ready
               -> generate (concurrently), abort -> is_quiescent (prefill workers) -> cleanup

    *create* is ``await Class.from_args(argv)`` where the class has such a method (it returns the engine, or the engine and
    a :class:`WorkerConfig`), else ``Class(**args)``. Allocate nothing heavy there, and refuse options that make no sense.

    Nothing may hold the event loop for long: every stream waits meanwhile. Put slow work into
    ``asyncio.to_thread``, or write ``generate`` as a plain generator, which gets a thread per request.
    """

    @abstractmethod
    async def start(self, worker_id: int) -> EngineConfig:
        """Loads the model; ``generate`` can be called once it returns. May take minutes: report ``nacelle.progress``.

        :param worker_id: unique in the cluster, 0 to 2**63 - 1
        """

    @abstractmethod
    def generate(
        self, request: GenerateRequest, context: Context
    ) -> Union[AsyncIterator[GenerateChunk], Iterator[GenerateChunk]]:
        """Answers one request: an ``async def`` (or ``def``) that yields chunks, the last one with ``finish_reason``.

        Called concurrently: what belongs to a request lives in local variables. A ``try``/``finally`` in it runs on every
        path. On cancellation ``context.is_stopped()`` turns true, then the generator is cancelled where it awaits; it has
        2 s to end.
        """

    @abstractmethod
    async def cleanup(self) -> None:
        """Releases everything within 5 s: threads, memory, files. Called once after ``start`` was entered, also when that
        raised; must be harmless on an engine in any state."""

    async def abort(self, context: Context) -> None:
        """Called once for each cancelled request, for engines that must tell a scheduler. Be quick."""

    async def is_quiescent(self) -> Optional[bool]:
        """Whether a prefill worker's transfers are done; None when it cannot tell."""
        return None

    async def register_prometheus(self, metrics: EngineMetrics) -> None:
        """Bridges the engine's own registry into the host's page; see ``nacelle.metrics``."""

    def component_metrics_dp_ranks(self) -> Sequence[int]:
        """The data-parallel ranks that publish snapshots; the same whenever it is asked."""
        return []

    def attach_snapshot_publisher(self, publisher: SnapshotPublisher) -> None:
        """Called once where ranks were declared. Keep it and publish whenever the cache changes, from any thread."""

    async def kv_event_sources(self) -> Sequence[KvEventSource]:
        """Where KV events come from, one source per rank that has a prefix cache."""
        return []

    async def health_check_payload(self) -> Optional[Dict[str, Any]]:
        """A request that the host may send when idle, to see whether the engine still answers; see
        ``nacelle.health_check``."""
        return None

    def supported_controls(self) -> Set[str]:
        """Names of ``POST /engine/control/{name}``."""
        return set()

    async def engine_control(self, control: str, body: Dict[str, Any]) -> Dict[str, Any]:
        """Runs a control of :meth:`supported_controls`; a failure that is no defect is ``{"status": "error", …}``."""
        raise NotImplementedError(f"control {control!r} is declared, and engine_control is not written")

    def supported_updates(self) -> Set[str]:
        """Names of ``POST /engine/update/{name}``."""
        return set()

    async def engine_update(self, update: str, body: Dict[str, Any]) -> Dict[str, Any]:
        """Runs an update of :meth:`supported_updates`."""
        raise NotImplementedError(f"update {update!r} is declared, and engine_update is not written")

    async def on_endpoint_ready(self, endpoint: Any) -> None:
        """The last call before requests come; an exception here fails the start."""
