"""The host's calls of the engine, but for ``generate``."""

import asyncio
import inspect
import logging
from typing import Any, Awaitable, Callable, Dict, List, Optional

from nacelle._bridge import describe, loading
from nacelle._bridge.kv import Publisher
from nacelle._bridge.metrics import Handle, SnapshotPublisher

_LOG = logging.getLogger("nacelle")


class Endpoint(str):
    """The endpoint that is about to serve; the text is ``namespace/component/endpoint``."""

    worker_id: int = 0


class Calls:
    """Answers one engine's calls; on the event loop's thread."""

    def __init__(self, bridge: Any) -> None:
        self._bridge = bridge
        self.engine: Any = None
        self._worker_config: Any = None
        self._block_size = 0
        self._callbacks: List[Callable[[], Any]] = []
        self._sources: List[Any] = []
        self._publishers: List[Any] = []
        self._methods: Dict[str, Callable[..., Awaitable[Any]]] = {
            "create": self._create,
            "start": self._start,
            "metrics": self._metrics,
            "attach_snapshots": self._attach_snapshots,
            "render": self._render,
            "kv_sources": self._kv_sources,
            "kv_ready": self._kv_ready,
            "health_check": self._health_check,
            "actions": self._actions,
            "control": self._control,
            "update": self._update,
            "endpoint_ready": self._endpoint_ready,
            "drain": self._drain,
            "is_quiescent": self._is_quiescent,
            "cleanup": self._cleanup,
            "tell_health": self._tell_health,
        }

    async def answer(self, call: Dict[str, Any]) -> Any:
        return await self._methods[call.pop("method")](**call)

    async def _create(self, cls: str, path: List[str], args: Any) -> None:
        self.engine, self._worker_config = await loading.make(loading.load(cls, path), args)
        ignored = describe.ignored(self._worker_config)
        if ignored:
            _LOG.info("of the engine's worker_config the host ignores %s", ", ".join(ignored))

    async def _start(self, worker_id: int) -> Dict[str, Any]:
        said = describe.config(await _finished(self.engine.start(worker_id)))
        self._block_size = said.get("kv_cache_block_size", 0)
        return {"config": said, "wishes": describe.wishes(self._worker_config)}

    async def _metrics(self, auto_labels: Dict[str, str]) -> Dict[str, Any]:
        labels = {str(key): str(value) for key, value in getattr(self._worker_config, "metrics_labels", None) or []}
        handle = Handle({**labels, **auto_labels})
        await self._optional("register_prometheus", handle)
        self._callbacks = handle.callbacks
        ranks = (await self._optional("component_metrics_dp_ranks") or []) if self._tells_routers() else []
        return {"callbacks": len(self._callbacks), "ranks": [int(rank) for rank in ranks]}

    async def _attach_snapshots(self) -> None:
        await self._optional("attach_snapshot_publisher", SnapshotPublisher(self._bridge.outbox))

    async def _render(self, index: int) -> str:
        callback = self._callbacks[index]
        if self._bridge.threads:
            text = await asyncio.get_running_loop().run_in_executor(None, callback)
        else:
            text = callback()
        text = await _finished(text)
        return text.decode() if isinstance(text, bytes) else str(text)

    async def _kv_sources(self) -> List[Dict[str, Any]]:
        self._sources = list(await self._optional("kv_event_sources") or []) if self._tells_routers() else []
        return [
            {
                "dp_rank": int(getattr(source, "dp_rank", 0) or 0),
                # Of a ZmqSource: the host subscribes to it by itself.
                "endpoint": getattr(source, "endpoint", None),
                "topic": getattr(source, "topic", None),
                "replay_endpoint": getattr(source, "replay_endpoint", None),
            }
            for source in self._sources
        ]

    async def _kv_ready(self, index: int) -> None:
        source = self._sources[index]
        if not hasattr(source, "on_ready"):
            return
        publisher = Publisher(self._bridge.outbox, int(getattr(source, "dp_rank", 0) or 0), self._block_size)
        self._publishers.append(publisher)
        await _finished(source.on_ready(publisher))

    async def _health_check(self) -> Optional[Dict[str, Any]]:
        payload: Optional[Dict[str, Any]] = await self._optional("health_check_payload")
        return payload

    async def _actions(self) -> Dict[str, List[str]]:
        return {
            "controls": sorted(await self._optional("supported_controls") or []),
            "updates": sorted(await self._optional("supported_updates") or []),
        }

    async def _control(self, name: str, body: Dict[str, Any]) -> Any:
        return await _finished(self.engine.engine_control(name, body))

    async def _update(self, name: str, body: Dict[str, Any]) -> Any:
        return await _finished(self.engine.engine_update(name, body))

    async def _endpoint_ready(self, path: str, worker_id: int) -> None:
        endpoint = Endpoint(path)
        endpoint.worker_id = worker_id
        await self._optional("on_endpoint_ready", endpoint)

    async def _drain(self) -> None:
        await self._optional("drain")

    async def _tell_health(self) -> None:
        self._bridge.tell_health()

    async def _is_quiescent(self) -> Optional[bool]:
        answer = await self._optional("is_quiescent")
        return None if answer is None else bool(answer)

    async def _cleanup(self) -> None:
        try:
            if self.engine is not None:
                await _finished(self.engine.cleanup())
        finally:
            for publisher in self._publishers:
                publisher.shutdown()

    def _tells_routers(self) -> bool:
        return getattr(self._worker_config, "enable_kv_routing", True) is not False

    async def _optional(self, name: str, *args: Any) -> Any:
        method = getattr(self.engine, name, None)
        return None if method is None else await _finished(method(*args))


async def _finished(value: Any) -> Any:
    """Members may be async or not."""
    return await value if inspect.isawaitable(value) else value
