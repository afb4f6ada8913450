"""What an engine need not have, and must have right: metrics, KV events, a canary, controls."""

from __future__ import annotations

import asyncio
import re
import threading
from operator import index as as_int
from typing import Any, Callable, List, Mapping, Optional, Sequence

from nacelle.conformance import calls
from nacelle.conformance.report import Findings
from nacelle.conformance.rules import Rule
from nacelle.conformance.session import WORKER_ID, Session

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_SAMPLE = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\}\s*|\s+)([-+]?[0-9][0-9.eE+-]*|[-+]?(?i:nan|inf))(\s.*)?")
_CALLBACK_S = 2.0


async def set_up(session: Session) -> Metrics:
    """All that comes before the first request, in the host's order."""
    metrics = Metrics(session)
    await metrics.set_up()
    await _kv_sources(session)
    await _health_check(session)
    await _actions(session)
    ready = getattr(session.engine, "on_endpoint_ready", None)
    if ready is None:
        session.findings.skipped(Rule.ENDPOINT_READY, "none offered")
    else:
        wrong = await calls.trouble(session.limits.answer, lambda: ready("dynamo/backend/generate"))
        session.findings.judge(Rule.ENDPOINT_READY, wrong, "returned")
    return metrics


class _Handle:
    """The metrics handle; what is asked of it too late is reported rather than raised, so that it shows as itself alone."""

    def __init__(self, labels: Mapping[str, str], findings: Findings) -> None:
        self.callbacks: List[Callable[[], Any]] = []
        self.closed = False
        self._labels = labels
        self._findings = findings

    @property
    def auto_labels(self) -> Mapping[str, str]:
        self._open("auto_labels")
        return dict(self._labels)

    def register_prometheus_expfmt_callback(self, callback: Callable[[], Any]) -> None:
        self._open("register_prometheus_expfmt_callback")
        if not callable(callback):
            raise TypeError(f"a callback that is a {type(callback).__name__}")
        self.callbacks.append(callback)

    def register_prometheus_typed_callback(self, callback: Callable[[], Any]) -> None:
        self._open("register_prometheus_typed_callback")

    def _open(self, what: str) -> None:
        if self.closed:
            self._findings.failed(
                Rule.METRICS_HANDLE_NOT_KEPT, f"{what} asked for after register_prometheus had returned"
            )


class Metrics:
    """The host's side of an engine's metrics: hands the publisher over, takes snapshots, asks foreign registries."""

    def __init__(self, session: Session) -> None:
        config = session.config
        model = str(getattr(config, "model", ""))
        labels = {
            "dynamo_namespace": "dynamo",
            "dynamo_component": "backend",
            "dynamo_endpoint": "generate",
            "worker_id": format(WORKER_ID, "x"),
            "model": model,
            "model_name": getattr(config, "served_model_name", None) or model,
        }
        self._session = session
        self._handle = _Handle(labels, session.findings)
        self._ranks: List[int] = []
        self._published = 0
        self._lock = threading.Lock()

    async def set_up(self) -> None:
        session, engine = self._session, self._session.engine
        wrong = None
        register = getattr(engine, "register_prometheus", None)
        if register is not None:
            wrong = await calls.trouble(session.limits.call, lambda: register(self._handle))
            wrong = wrong and f"register_prometheus {wrong}"
        self._handle.closed = True
        if wrong is None and session.routes_kv:
            wrong = await self._attach()
        session.findings.judge(
            Rule.SETUP_METRICS, wrong, f"foreign registries: {len(self._handle.callbacks)}, ranks: {self._ranks}"
        )

    async def judge(self) -> None:
        """What can be told once the requests are over."""
        findings = self._session.findings
        if findings.has_failed(Rule.SETUP_METRICS):
            return
        findings.passed(Rule.METRICS_HANDLE_NOT_KEPT, "not used after register_prometheus")
        await self._foreign_registries()
        for rule in (Rule.SNAPSHOT_RANKS, Rule.SNAPSHOT_RANGE):
            if self._published:
                findings.passed(rule, f"{self._published} snapshots for ranks {self._ranks}")
            else:
                findings.skipped(rule, "none published meanwhile" if self._ranks else "no ranks declared")
        declare = getattr(self._session.engine, "component_metrics_dp_ranks", None)
        if declare is None:
            findings.skipped(Rule.RANKS_STABLE, "no ranks declared")
            return
        again = await calls.within(self._session.limits.call, lambda: list(declare()))
        later = again.value if isinstance(again, calls.Returned) else calls.trouble_of(again)
        differ = self._session.routes_kv and later != self._ranks
        findings.judge(
            Rule.RANKS_STABLE, f"{self._ranks} at first, {later} later" if differ else None, f"{later} both times"
        )

    def publish(self, dp_rank: int, snapshot: Any) -> None:
        with self._lock:
            self._published += 1
        if dp_rank not in self._ranks:
            self._session.findings.failed(
                Rule.SNAPSHOT_RANKS, f"a snapshot for rank {dp_rank}, declared: {self._ranks}"
            )
        wrong = _out_of_range(snapshot)
        if wrong is not None:
            self._session.findings.failed(Rule.SNAPSHOT_RANGE, f"rank {dp_rank}: {wrong}")

    async def _attach(self) -> Optional[str]:
        engine, limit = self._session.engine, self._session.limits.call
        declare = getattr(engine, "component_metrics_dp_ranks", None)
        if declare is None:
            return None
        called = await calls.within(limit, lambda: [as_int(rank) for rank in declare()])
        if not isinstance(called, calls.Returned):
            return f"component_metrics_dp_ranks {calls.trouble_of(called)}"
        self._ranks = called.value
        if not self._ranks:
            return None
        wrong = await calls.trouble(limit, lambda: engine.attach_snapshot_publisher(self))
        return wrong and f"attach_snapshot_publisher {wrong}"

    async def _foreign_registries(self) -> None:
        findings, callbacks = self._session.findings, self._handle.callbacks
        if not callbacks:
            findings.skipped(Rule.FOREIGN_METRICS, "no callback registered")
        for callback in callbacks:
            called = await calls.within(_CALLBACK_S, lambda each=callback: asyncio.to_thread(each))  # type: ignore[misc]
            wrong = calls.trouble_of(called)
            if isinstance(called, calls.Returned):
                wrong = _unreadable(called.value)
            findings.judge(Rule.FOREIGN_METRICS, wrong, f"{len(callbacks)} rendered")


def _out_of_range(snapshot: Any) -> Optional[str]:
    try:
        used, total = as_int(snapshot.kv_used_blocks), as_int(snapshot.kv_total_blocks)
        usage = float(snapshot.gpu_cache_usage)
        rate = getattr(snapshot, "kv_cache_hit_rate", None)
        right = used >= 0 and total >= 0 and 0 <= usage <= 1 and (rate is None or 0 <= float(rate) <= 1)
    except (AttributeError, TypeError, ValueError) as e:
        return f"{snapshot!r}: {e}"
    return None if right else repr(snapshot)


def _unreadable(page: Any) -> Optional[str]:
    if not isinstance(page, str):
        return f"returned a {type(page).__name__}, expected a str"
    for number, line in enumerate(page.splitlines(), 1):
        if line.strip() and not line.startswith("#") and not _SAMPLE.fullmatch(line):
            return f"line {number} is no sample: {line[:80]!r}"
    return None


async def _kv_sources(session: Session) -> None:
    offer = getattr(session.engine, "kv_event_sources", None)
    called = await calls.within(session.limits.call, offer) if offer and session.routes_kv else calls.Returned([])
    wrong = calls.trouble_of(called)
    sources: Sequence[Any] = called.value if isinstance(called, calls.Returned) else []
    if wrong is None and not sources:
        session.findings.skipped(Rule.KV_SOURCES, "none offered")
        session.findings.skipped(Rule.KV_EVENTS, "no sources")
        return
    ranks = [getattr(source, "dp_rank", None) for source in sources]
    if wrong is None and len(set(ranks)) < len(ranks):
        wrong = f"returned ranks {ranks}, expected each once"
    for source in sources:
        if wrong is not None:
            break
        if hasattr(source, "on_ready"):
            events = _Events(source.dp_rank, session.findings)
            wrong = await calls.trouble(session.limits.call, lambda s=source, e=events: s.on_ready(e))  # type: ignore[misc]
        elif not getattr(source, "endpoint", None):
            wrong = f"a {type(source).__name__}, expected a PushSource or a ZmqSource"
    session.findings.judge(Rule.KV_SOURCES, wrong, f"ranks {ranks}")


class _Events:
    """Checks one rank's events."""

    def __init__(self, rank: int, findings: Findings) -> None:
        self._rank = rank
        self._findings = findings

    def publish_stored(
        self,
        token_ids: Sequence[int],
        num_block_tokens: Sequence[int],
        block_hashes: Sequence[int],
        parent_hash: Optional[int] = None,
        block_mm_infos: Optional[Sequence[Any]] = None,
        lora_name: Optional[str] = None,
        is_eagle: Optional[bool] = None,
        cache_salt: Optional[str] = None,
    ) -> None:
        wrong = _hashes([*block_hashes, *([] if parent_hash is None else [parent_hash])])
        if len(num_block_tokens) != len(block_hashes):
            wrong = f"{len(num_block_tokens)} token counts for {len(block_hashes)} blocks"
        elif sum(num_block_tokens) != len(token_ids) and not is_eagle:  # whose blocks overlap
            wrong = f"blocks of {sum(num_block_tokens)} tokens with {len(token_ids)} tokens"
        self._event(wrong)

    def publish_removed(self, block_hashes: Sequence[int]) -> None:
        self._event(_hashes(block_hashes))

    def publish_batch(self, events: Sequence[Mapping[str, Any]]) -> None:
        for event in events:
            arguments = {key: value for key, value in event.items() if key != "type"}
            if event.get("type") == "stored":
                self.publish_stored(**arguments)
            elif event.get("type") == "removed":
                self.publish_removed(**arguments)
            else:
                self._event(f"an event of type {event.get('type')!r}, expected stored or removed")

    def shutdown(self) -> None:
        pass

    def _event(self, wrong: Optional[str]) -> None:
        self._findings.judge(Rule.KV_EVENTS, wrong and f"rank {self._rank}: {wrong}", "as declared")


def _hashes(hashes: Sequence[int]) -> Optional[str]:
    outside = next((value for value in hashes if not -(1 << 63) <= as_int(value) < 1 << 63), None)
    return None if outside is None else f"hash {outside} does not fit into 64 bits"


async def _health_check(session: Session) -> None:
    offer = getattr(session.engine, "health_check_payload", None)
    if offer is None:
        return
    called = await calls.within(session.limits.call, offer)
    wrong = calls.trouble_of(called)
    if isinstance(called, calls.Returned) and called.value is not None:
        if isinstance(called.value, dict):
            session.health_check = called.value
        else:
            wrong = f"returned a {type(called.value).__name__}, expected a dict"
    if wrong is not None:
        session.findings.failed(Rule.HEALTH_CHECK, f"health_check_payload {wrong}")


async def _actions(session: Session) -> None:
    names: List[str] = []
    wrong = None
    for declare, act in (("supported_controls", "engine_control"), ("supported_updates", "engine_update")):
        offer = getattr(session.engine, declare, None)
        called = await calls.within(session.limits.call, lambda o=offer: sorted(o())) if offer else calls.Returned([])  # type: ignore[misc]
        if not isinstance(called, calls.Returned):
            wrong = f"{declare} {calls.trouble_of(called)}"
            continue
        names += called.value
        if called.value and not callable(getattr(session.engine, act, None)):
            wrong = f"{declare} returned {called.value}, and there is no {act}"
    bad = next((name for name in names if not isinstance(name, str) or not _NAME.fullmatch(name)), None)
    if bad is not None:
        wrong = f"the name {bad!r}"
    if wrong is None and not names:
        session.findings.skipped(Rule.ACTIONS, "none offered")
    else:
        session.findings.judge(Rule.ACTIONS, wrong, ", ".join(names))
