"""The rules of the engine contract that can be checked from outside, in the order of an engine's life.

They have the names of the Java kit's, which ``nacelle check`` runs; what only Java can get wrong is not here.
"""

from __future__ import annotations

from enum import Enum


class Rule(Enum):
    """A rule: its name, what must hold, and what to change where it does not."""

    CREATE = (
        "create",
        "from_args, or the constructor, makes a new engine at each call, within 5 s, and allocates nothing heavy",
        "move loading into start; return a new object",
    )
    CLEANUP_NEVER_STARTED = (
        "cleanup-never-started",
        "cleanup is safe on an engine that was never started",
        "in cleanup, release only what start has made; an attribute that is still None needs nothing",
    )
    START = (
        "start",
        "start returns an EngineConfig once generate can be called",
        "make start succeed for these arguments, report long loading through nacelle.progress, and return a config",
    )
    MODEL_NOT_EMPTY = ("model-not-empty", "EngineConfig.model is not empty", "return EngineConfig(model=…)")
    SETUP_METRICS = (
        "setup-metrics",
        "register_prometheus, component_metrics_dp_ranks and attach_snapshot_publisher return",
        "register callbacks in register_prometheus; return a list of ranks, [] for none",
    )
    METRICS_HANDLE_NOT_KEPT = (
        "metrics-handle-not-kept",
        "the metrics handle is used during register_prometheus only",
        "register all callbacks in register_prometheus, and keep auto_labels if you need them later",
    )
    FOREIGN_METRICS = (
        "foreign-metrics",
        "an exposition callback returns its registry's text, within 2 s",
        "return a str as generate_latest(registry).decode() makes it, without waiting for the engine",
    )
    KV_SOURCES = (
        "kv-sources",
        "kv_event_sources returns at most one source per rank, and each takes its publisher",
        "return one PushSource or ZmqSource for each rank that has a prefix cache",
    )
    HEALTH_CHECK = (
        "health-check",
        "health_check_payload is marked as a health check, and is answered",
        "return nacelle.health_check.build_health_check_payload(token), or None",
    )
    ACTIONS = (
        "controls-and-updates",
        "controls and updates have names of letters, digits, '.', '_' and '-' alone",
        "rename it: the name is a part of a URL",
    )
    ENDPOINT_READY = ("endpoint-ready", "on_endpoint_ready returns", "leave slow or optional work out of it")
    GENERATE = (
        "generate",
        "a plain request is answered",
        "make generate yield its tokens and a last chunk with finish_reason stop or length",
    )
    ONE_TERMINAL = (
        "one-terminal",
        "a stream has exactly one terminal: one chunk with finish_reason, or one exception",
        "yield a chunk with finish_reason once on each path and return after it; do not raise as well",
    )
    NOTHING_AFTER_TERMINAL = (
        "nothing-after-terminal",
        "nothing is yielded after the terminal",
        "return after the chunk that carries finish_reason",
    )
    ITEMS_FIT_INPUT = (
        "items-fit-input",
        "a chunk is a dict with token_ids of 0 or more and no text (tokens), or text (text engines), for a choice asked for",
        "yield dicts as nacelle.GenerateChunk has them; use index 0 unless n is above 1",
    )
    MAX_TOKENS = (
        "max-tokens",
        "no choice gets more tokens than max_tokens",
        "finish with length once max_tokens tokens are out",
    )
    MIN_TOKENS = (
        "min-tokens",
        "a stop token counts only after min_tokens tokens",
        "look for stop tokens and the end of text only once min_tokens tokens are out; see nacelle.StopRule",
    )
    STOP_TOKEN_IDS = (
        "stop-token-ids",
        "a stop token ends the stream with stop",
        "finish with stop when the token is one of stop_conditions.stop_token_ids; see nacelle.StopRule",
    )
    USAGE = (
        "usage",
        "completion_usage counts the prompt's tokens and those yielded",
        "count what you yield, or finish without completion_usage and let the host count",
    )
    INTERLEAVED = (
        "interleaved-requests",
        "8 requests at a time all complete, each with its own tokens",
        "keep a request's state in local variables of generate, never in an attribute of the engine",
    )
    LOG_PROBABILITIES = (
        "log-probabilities",
        "an engine that declares or reports log-probabilities reports one per token, none above 0",
        "give log_probs as many entries as token_ids, or declare no log_probabilities in EngineConfig.capabilities",
    )
    CHOICES = (
        "choices",
        "an engine that declares or makes several choices makes as many as asked for",
        "yield chunks of index 0 to n-1, or declare no multiple_choices and use index 0 alone",
    )
    EMBEDDINGS = (
        "embeddings",
        "an engine that declares embeddings gives each prompt one vector of finite numbers, all of one length, and no token",
        'yield {"token_ids": [], "embedding": [...]} where request["task"] is "embed", or do not declare the capability',
    )
    PROMPT_TOO_LONG = (
        "prompt-too-long",
        "a prompt beyond the declared context length is refused as InvalidArgument",
        "check the length first and raise nacelle.InvalidArgument, naming both numbers",
    )
    SLOW_READER_ISOLATED = (
        "slow-reader-isolated",
        "a stream that nobody reads does not stop the others",
        "hold no lock across a yield: a stream whose reader is behind stays there",
    )
    SLOW_READER_RESUMES = (
        "slow-reader-resumes",
        "a stream goes on when its reader does",
        "do not give a stream up because some time has passed at a yield",
    )
    CANCEL_IN_TIME = (
        "cancel-in-time",
        "a cancelled request ends within 2 s",
        "look at context.is_stopped() at each token; do not swallow asyncio.CancelledError",
    )
    CANCEL_REASON = (
        "cancel-reason",
        "a cancelled request ends as cancelled, or by the CancelledError",
        'finish with "cancelled" once context.is_stopped() is true',
    )
    CANCEL_ISOLATED = (
        "cancel-isolated",
        "cancelling one request leaves the others alone",
        "let a cancellation end its own stream only; never cancel a task that others share",
    )
    ABORT = ("abort", "abort returns at once and raises nothing", "do nothing slow in abort: mark the request")
    SERVES_ON = (
        "serves-on",
        "after refused, slow and cancelled requests the engine serves as before",
        "free what a request holds in a finally block of generate",
    )
    LOOP_NOT_HELD = (
        "loop-not-held",
        "nothing holds the event loop for 5 s",
        "await, or move blocking work to asyncio.to_thread; a plain (sync) generate gets a thread of its own",
    )
    SNAPSHOT_RANKS = (
        "snapshot-ranks",
        "snapshots are published for declared ranks only",
        "return every rank that publishes from component_metrics_dp_ranks",
    )
    SNAPSHOT_RANGE = (
        "snapshot-range",
        "a snapshot's blocks are 0 or more, its shares 0 to 1",
        "publish a ComponentSnapshot of blocks in use and in all; None where there is no hit rate",
    )
    RANKS_STABLE = (
        "ranks-stable",
        "component_metrics_dp_ranks declares the same ranks whenever it is asked",
        "derive the ranks from the configuration, not from what has happened since",
    )
    KV_EVENTS = (
        "kv-events",
        "a KV event has a token count per hash, as many tokens as these say, and hashes of 64 bits",
        "give publish_stored one entry of num_block_tokens for each block hash, and all the blocks' tokens",
    )
    DRAIN = ("drain", "is_quiescent returns True, False or None", "return at once, and raise nothing")
    CLEANUP = (
        "cleanup",
        "cleanup returns within 5 s and raises nothing",
        "stop threads and close what start opened; do not wait for requests",
    )
    CLEANUP_TWICE = (
        "cleanup-twice",
        "a second cleanup does nothing",
        "remember that cleanup ran, or make each release harmless when repeated",
    )
    CLEANUP_ENDS_THREADS = (
        "cleanup-ends-threads",
        "no thread that would keep the process alive is left after cleanup",
        "end threads and executors in cleanup, or make them daemons",
    )
    CLEANUP_AFTER_FAILED_START = (
        "cleanup-after-failed-start",
        "cleanup is safe after start has raised half-way",
        "in cleanup, release what exists; assume nothing about how far start got",
    )

    def __init__(self, id: str, sentence: str, advice: str) -> None:
        self.id = id
        self.sentence = sentence
        self.advice = advice

    @classmethod
    def of(cls, id: str) -> Rule:
        """:raises ValueError: for a name that no rule has, listing those there are"""
        for rule in cls:
            if rule.id == id:
                return rule
        raise ValueError(f"no rule {id!r}, expected one of: {', '.join(rule.id for rule in cls)}")
