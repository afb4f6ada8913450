"""Bridges ``prometheus_client`` registries into the host's ``/metrics``, from ``register_prometheus``::

    async def register_prometheus(self, metrics):
        register_global_registry(metrics, engine_prefix="myengine_")

The host merges what it gets, family by family. Its labels for this worker (``metrics.auto_labels``) are added to every
sample; a label that a sample has already stays as it is.

``prometheus_client`` is imported where it is used, not before: it looks once, at its import, whether
``PROMETHEUS_MULTIPROC_DIR`` is set, and engines that start processes set that while they start.
"""

from __future__ import annotations

import copy
import logging
import os
import tempfile
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Protocol, Sequence

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

    from nacelle.publishing import EngineMetrics

_LOG = logging.getLogger(__name__)


class Registry(Protocol):
    """What is needed of a ``prometheus_client.CollectorRegistry``."""

    def collect(self) -> Iterable[Metric]: ...


def register_engine_registry(
    metrics: EngineMetrics,
    registry: Registry,
    *,
    prefix_filters: Optional[Sequence[str]] = None,
    exclude_prefixes: Optional[Sequence[str]] = None,
) -> None:
    """Bridges a registry that the engine owns.

    :param prefix_filters: only families whose names begin with one of these; all without it
    :param exclude_prefixes: and none whose names begin with one of these
    """
    metrics.register_prometheus_expfmt_callback(
        exposition(registry, metrics.auto_labels, prefix_filters=prefix_filters, exclude_prefixes=exclude_prefixes)
    )


def register_global_registry(
    metrics: EngineMetrics,
    *,
    engine_prefix: str,
    multiproc_only_prefixes: Optional[Sequence[str]] = None,
    exclude_prefixes: Optional[Sequence[str]] = None,
) -> None:
    """Bridges ``prometheus_client.REGISTRY``; where ``PROMETHEUS_MULTIPROC_DIR`` names a folder, what all processes of the
    engine wrote there comes first, and from this process's registry only the families that are not among it.

    :param engine_prefix: of the engine's own families, e.g. ``vllm:``
    :param multiproc_only_prefixes: of families that other libraries of the engine write into that folder
    """
    from prometheus_client import REGISTRY

    prefixes = [engine_prefix, *(multiproc_only_prefixes or ())]
    shared = _multiprocess_registry()
    registries: List[Registry] = [REGISTRY] if shared is None else [shared, REGISTRY]
    register_engine_registry(
        metrics, _Together(registries), prefix_filters=prefixes, exclude_prefixes=exclude_prefixes
    )


def register_multiprocess_registry(
    metrics: EngineMetrics,
    path: str,
    *,
    prefix_filters: Optional[Sequence[str]] = None,
    exclude_prefixes: Optional[Sequence[str]] = None,
) -> None:
    """Bridges what processes wrote into the folder ``path`` (their ``PROMETHEUS_MULTIPROC_DIR``), and nothing else."""
    register_engine_registry(
        metrics, _multiprocess(path), prefix_filters=prefix_filters, exclude_prefixes=exclude_prefixes
    )


def ensure_prometheus_multiproc_dir(prefix: str = "nacelle-") -> Optional[tempfile.TemporaryDirectory[str]]:
    """Sets ``PROMETHEUS_MULTIPROC_DIR`` to a new temporary folder, which the caller keeps until ``cleanup`` and then closes;
    None where somebody has set it, who then owns the folder. Call it before ``prometheus_client`` is imported."""
    given = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if given:
        os.makedirs(given, exist_ok=True)
        return None
    folder = tempfile.TemporaryDirectory(prefix=prefix)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder.name
    return folder


def exposition(
    registry: Registry,
    labels: Mapping[str, str],
    *,
    prefix_filters: Optional[Sequence[str]] = None,
    exclude_prefixes: Optional[Sequence[str]] = None,
) -> Callable[[], str]:
    """A callback that renders a registry with ``labels`` added: in OpenMetrics, which says the most; where a family cannot be
    said in it, the page in text 0.0.4."""
    view = _View(registry, labels, prefix_filters, exclude_prefixes)
    complained = False

    def render() -> str:
        nonlocal complained
        from prometheus_client import exposition as text
        from prometheus_client.openmetrics import exposition as openmetrics

        page: Any = _Once(list(view.collect()))
        writer: Any = openmetrics  # not typed
        # As it is by default, the colon of a sample's name would become an underscore.
        names = {"escaping": writer.ALLOWUTF8} if hasattr(writer, "ALLOWUTF8") else {}
        try:
            return str(writer.generate_latest(page, **names), "utf-8")
        except ValueError as e:
            if not complained:
                complained = True
                _LOG.warning("a registry is exported as text 0.0.4, as OpenMetrics cannot say it: %s", e)
            return str(text.generate_latest(page, **names), "utf-8")

    return render


class _Once:
    """Families already collected, so that two attempts show the same."""

    def __init__(self, families: List[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return iter(self._families)


class _View:
    """A registry's families, filtered and labelled."""

    def __init__(
        self,
        registry: Registry,
        labels: Mapping[str, str],
        prefix_filters: Optional[Sequence[str]],
        exclude_prefixes: Optional[Sequence[str]],
    ) -> None:
        self._registry = registry
        self._labels: Dict[str, str] = {key: value for key, value in labels.items() if value}
        self._include = None if prefix_filters is None else _prefixes("prefix_filters", prefix_filters)
        self._exclude = _prefixes("exclude_prefixes", exclude_prefixes or ())

    def collect(self) -> Iterator[Metric]:
        for family in self._registry.collect():
            if self._include is not None and not family.name.startswith(self._include):
                continue
            if self._exclude and family.name.startswith(self._exclude):
                continue
            yield self._labelled(family)

    def _labelled(self, family: Metric) -> Metric:
        labelled = copy.copy(family)  # the registry's own object stays as it is
        labelled.samples = [
            sample._replace(labels={**self._labels, **sample.labels}) for sample in family.samples
        ]
        return labelled


class _Together:
    """Several registries; of families with the same name the first one's."""

    def __init__(self, registries: Sequence[Registry]) -> None:
        self._registries = registries

    def collect(self) -> Iterator[Metric]:
        seen = set()
        for registry in self._registries:
            for family in registry.collect():
                if family.name not in seen:
                    seen.add(family.name)
                    yield family


def _prefixes(what: str, prefixes: Sequence[str]) -> tuple[str, ...]:
    if isinstance(prefixes, str):  # its letters would be taken for prefixes
        raise TypeError(f"{what} is {prefixes!r}, expected a list of prefixes: [{prefixes!r}]")
    return tuple(prefixes)


def _multiprocess_registry() -> Optional[Registry]:
    path = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not path:
        return None
    if not os.path.isdir(path):
        _LOG.warning("PROMETHEUS_MULTIPROC_DIR names no folder (%s): this process's metrics alone are exported", path)
        return None
    return _multiprocess(path)


def _multiprocess(path: str) -> Registry:
    from prometheus_client import CollectorRegistry, multiprocess

    registry = CollectorRegistry()
    collector: Any = multiprocess.MultiProcessCollector  # not typed
    collector(registry, path=path)
    return registry
