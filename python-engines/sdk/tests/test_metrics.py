"""Registries of prometheus_client, as a host gets them."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

prometheus_client = pytest.importorskip("prometheus_client")

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram  # noqa: E402
from prometheus_client.core import Metric  # noqa: E402
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics  # noqa: E402
from prometheus_client.parser import text_string_to_metric_families as text  # noqa: E402

from nacelle import metrics  # noqa: E402
from nacelle.testing import RecordingMetrics  # noqa: E402

SDK = Path(__file__).parent.parent


def rendered(registry, labels=None, **filters):
    handle = RecordingMetrics(labels or {"worker_id": "2a", "model": "jm"})
    metrics.register_engine_registry(handle, registry, **filters)
    return handle.render()


def samples(page):
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for f in openmetrics(page) for s in f.samples}


def test_adds_the_hosts_labels_to_every_sample():
    registry = CollectorRegistry()
    Counter("eng_tokens", "Tokens", ["kind"], registry=registry).labels("draft").inc(3)
    found = samples(rendered(registry))
    assert found[("eng_tokens_total", (("kind", "draft"), ("model", "jm"), ("worker_id", "2a")))] == 3


def test_a_label_that_is_there_already_wins():
    registry = CollectorRegistry()
    Gauge("eng_load", "Load", ["model"], registry=registry).labels("another").set(0.5)
    assert samples(rendered(registry))[("eng_load", (("model", "another"), ("worker_id", "2a")))] == 0.5


def test_leaves_the_registry_as_it_is():
    registry = CollectorRegistry()
    Gauge("eng_load", "Load", registry=registry).set(1)
    rendered(registry)
    assert [dict(s.labels) for f in registry.collect() for s in f.samples] == [{}]


def test_labels_without_a_value_are_left_out():
    registry = CollectorRegistry()
    Gauge("eng_load", "Load", registry=registry).set(1)
    assert samples(rendered(registry, {"worker_id": "2a", "model": ""})) == {("eng_load", (("worker_id", "2a"),)): 1}


def test_filters_families_by_their_prefixes():
    registry = CollectorRegistry()
    for name in ("eng_a", "eng_b", "python_c"):
        Gauge(name, name, registry=registry)
    names = {f.name for f in openmetrics(rendered(registry, prefix_filters=["eng_"], exclude_prefixes=["eng_b"]))}
    assert names == {"eng_a"}
    assert {f.name for f in openmetrics(rendered(registry, prefix_filters=[]))} == set()


def test_a_prefix_that_is_no_list_is_an_error():
    with pytest.raises(TypeError, match=r"prefix_filters is 'eng_', expected a list of prefixes: \['eng_'\]"):
        rendered(CollectorRegistry(), prefix_filters="eng_")


def test_histograms_keep_their_buckets_and_exemplars():
    registry = CollectorRegistry()
    histogram = Histogram("eng_seconds", "Time", buckets=[1, 2], registry=registry)
    histogram.observe(1.5, exemplar={"trace_id": "abc"})
    page = rendered(registry)
    found = samples(page)
    assert found[("eng_seconds_bucket", (("le", "2.0"), ("model", "jm"), ("worker_id", "2a")))] == 1
    assert '# {trace_id="abc"} 1.5' in page


def test_no_sample_is_renamed():
    registry = CollectorRegistry()
    Counter("vllm:prompt_tokens", "Tokens", registry=registry).inc(3)
    page = rendered(registry, prefix_filters=["vllm:"])
    assert '\nvllm:prompt_tokens_total{model="jm",worker_id="2a"} 3.0\n' in page
    assert "vllm_" not in page


def test_falls_back_to_text_where_openmetrics_cannot_say_it():
    class Odd:
        def collect(self):
            family = Metric("eng_odd", "An exemplar on a gauge", "gauge")
            family.add_sample("eng_odd", {}, 1, exemplar=prometheus_client.samples.Exemplar({"a": "b"}, 1))
            yield family

    page = rendered(Odd())
    assert not page.endswith("# EOF\n")
    assert [s.labels for f in text(page) for s in f.samples] == [{"worker_id": "2a", "model": "jm"}]


def in_python(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={"PYTHONPATH": str(SDK), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_global_registry_is_filtered_by_the_engines_prefix():
    page = in_python(
        """
        from prometheus_client import Gauge
        from nacelle.metrics import register_global_registry
        from nacelle.testing import RecordingMetrics
        Gauge("eng:load", "Load").set(1)
        Gauge("other", "Not the engine's")
        handle = RecordingMetrics()
        register_global_registry(handle, engine_prefix="eng:")
        print(handle.render())
        """
    )
    assert "\neng:load{" in page and "other" not in page and "python_" not in page


def test_the_global_registry_shows_what_all_processes_wrote(tmp_path):
    write = """
        from prometheus_client import Counter
        Counter("eng_steps", "Steps").inc(2)
        Counter("cache_hits", "Hits").inc(5)
        """
    in_python(write, PROMETHEUS_MULTIPROC_DIR=str(tmp_path))
    page = in_python(
        """
        from prometheus_client import REGISTRY, Counter
        from prometheus_client.core import GaugeMetricFamily
        from nacelle.metrics import register_global_registry
        from nacelle.testing import RecordingMetrics
        Counter("eng_steps", "Steps").inc(3)
        class Own:
            def collect(self):
                yield GaugeMetricFamily("eng_own", "Computed, in no file", value=7)
        REGISTRY.register(Own())
        handle = RecordingMetrics({"worker_id": "1"})
        register_global_registry(handle, engine_prefix="eng_", multiproc_only_prefixes=["cache_"])
        print(handle.render(), end="")
        """,
        PROMETHEUS_MULTIPROC_DIR=str(tmp_path),
    )
    label = (("worker_id", "1"),)
    assert samples(page) == {("eng_steps_total", label): 5, ("cache_hits_total", label): 5, ("eng_own", label): 7}


def test_a_folder_that_is_not_there_leaves_this_process_alone(tmp_path):
    page = in_python(
        """
        import os
        from prometheus_client import Gauge
        from nacelle.metrics import register_global_registry
        from nacelle.testing import RecordingMetrics
        Gauge("eng_load", "Load").set(1)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = "nowhere"
        handle = RecordingMetrics({"worker_id": "1"})
        register_global_registry(handle, engine_prefix="eng_")
        print(handle.render(), end="")
        """
    )
    assert samples(page) == {("eng_load", (("worker_id", "1"),)): 1}


def test_the_folder_of_several_processes_is_made_and_given_back(monkeypatch, tmp_path):
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    folder = metrics.ensure_prometheus_multiproc_dir()
    assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == folder.name and os.path.isdir(folder.name)
    folder.cleanup()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "given"))
    assert metrics.ensure_prometheus_multiproc_dir() is None
    assert (tmp_path / "given").is_dir()


def test_a_folder_alone_can_be_bridged(tmp_path):
    in_python(
        "from prometheus_client import Counter\nCounter('eng_steps', 'Steps').inc(2)",
        PROMETHEUS_MULTIPROC_DIR=str(tmp_path),
    )
    handle = RecordingMetrics({"worker_id": "1"})
    metrics.register_multiprocess_registry(handle, str(tmp_path))
    assert samples(handle.render()) == {("eng_steps_total", (("worker_id", "1"),)): 2}
