"""The small parts, and the package as a whole."""

import ast
import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

import nacelle
from nacelle import health_check, host, telemetry
from nacelle.testing import FakeContext, RecordingKvEvents, RecordingSnapshots, ask, request

SDK = Path(__file__).parent.parent
EXAMPLES = SDK.parent.parent / "examples" / "python"


@pytest.mark.parametrize(
    "file", sorted([*SDK.glob("nacelle/**/*.py"), *EXAMPLES.glob("*.py")]), ids=lambda file: file.name
)
def test_every_file_is_python_3_9(file):
    ast.parse(file.read_text(), str(file), feature_version=(3, 9))


def test_the_package_needs_nothing_but_python():
    code = """if True:
        import sys
        before = set(sys.modules)
        import nacelle, nacelle.metrics, nacelle.telemetry, nacelle.health_check, nacelle.testing, nacelle.__main__
        new = {name.split(".")[0] for name in set(sys.modules) - before}
        print(sorted(new - set(sys.stdlib_module_names) - {"nacelle"}))"""
    if sys.version_info < (3, 10):
        pytest.skip("this Python does not know the names of its own modules")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(SDK)!r})\n{code}"],
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_the_public_names_are_there_and_documented():
    for name in nacelle.__all__:
        value = getattr(nacelle, name)
        assert name == "DISTRIBUTION" or value.__doc__ or not isinstance(value, type), name


def test_submodules_come_when_they_are_asked_for():
    code = """if True:
        import sys, nacelle
        print([name for name in ("metrics", "testing") if "nacelle." + name in sys.modules])
        print(nacelle.metrics.register_engine_registry.__name__, nacelle.testing.check.__name__)
        nacelle.metric"""
    done = subprocess.run([sys.executable, "-c", code], cwd=SDK, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[]", "register_engine_registry check"]
    assert "AttributeError: module 'nacelle' has no attribute 'metric'" in done.stderr


def test_stop_rules_read_what_is_there():
    rule = nacelle.StopRule.of({"token_ids": [], "stop_conditions": None})
    assert (rule.max_tokens, rule.min_tokens, rule.stop_tokens) == (16, 0, frozenset())
    rule = nacelle.StopRule.of(
        {
            "token_ids": [],
            "eos_token_ids": [2],
            "stop_conditions": {"max_tokens": 0, "min_tokens": 1, "stop_token_ids": [9], "stop_token_ids_hidden": [8]},
        }
    )
    assert rule.max_tokens == 0
    assert rule.stop_tokens == {2, 8, 9}
    assert not rule.ends_at(9, 0) and rule.ends_at(9, 1) and not rule.ends_at(7, 1)
    ignoring = {"token_ids": [], "eos_token_ids": [2], "stop_conditions": {"ignore_eos": True}}
    assert not nacelle.StopRule.of(ignoring).ends_at(2, 5)


def test_errors_carry_their_message():
    assert nacelle.HttpError(418, "a teapot").code == 418
    assert nacelle.HttpError(418, "a teapot").message == "a teapot"
    assert nacelle.InvalidArgument("too long").message == "too long"
    assert nacelle.Overloaded("busy", retry_after=2).retry_after == 2
    # Known by the name that Dynamo's engines use.
    assert isinstance(nacelle.Overloaded("busy"), nacelle.RouterQueueLimitExceeded)
    with pytest.raises(ValueError, match="code 200, expected 400 to 599"):
        nacelle.HttpError(200, "fine")


def test_health_checks_are_marked_and_take_extras():
    payload = health_check.build_health_check_payload(7, extras={"sampling_options": {"temperature": 1}})
    assert payload["token_ids"] == [7] and payload["sampling_options"] == {"temperature": 1}
    assert payload["stop_conditions"] == {"max_tokens": 1, "ignore_eos": True}
    assert health_check.is_probe(payload) and not health_check.is_probe(request([7]))
    assert health_check.is_probe(health_check.build_text_health_check_payload("hi"))
    assert health_check.is_probe(health_check.build_raw_health_check_payload({"prompt": "hi"}))


def test_the_begin_token_is_found_in_a_tokenizer_or_in_what_it_wraps():
    class Tokenizer:
        bos_token_id = 0

    class Wrapper:
        tokenizer = Tokenizer()

    assert health_check.bos_token_id_or(Tokenizer(), 5) == 0
    assert health_check.bos_token_id_or(Wrapper(), 5) == 0
    assert health_check.bos_token_id_or(object(), 5) == 5


def test_telemetry_does_nothing_where_there_is_no_trace():
    context = FakeContext()
    with telemetry.start_span(context, "load", blocks=8) as span:
        span.set_attribute("a", 1)
        span.add_event("b", {"c": 2})
        span.set_status("error", "d")
    telemetry.current_span(context).close()
    assert telemetry.engine_trace_kwargs(context) == {}
    traced = FakeContext(headers={"traceparent": "00-1-2-01"})
    assert telemetry.engine_trace_kwargs(traced) == {"trace_headers": {"traceparent": "00-1-2-01"}}
    assert telemetry.engine_trace_kwargs(traced, kwarg_name="h", enabled=False) == {}


def test_a_callers_request_id_alone_is_no_trace():
    from nacelle._bridge.context import Context

    headers = {"x-request-id": "job-7"}
    assert Context("r", {}, headers, lambda: None).trace_headers() is None
    traced = {**headers, "traceparent": "00-1-2-01"}
    assert Context("r", {}, traced, lambda: None).trace_headers() == traced


def test_progress_and_health_find_the_host_that_is_bound():
    said = []

    class Host:
        def progress(self, fraction, message=""):
            said.append((fraction, message))

        def ready(self):
            said.append("ready")

        def degraded(self, message):
            said.append(message)

        def down(self, message):
            said.append(message)

    async def start():
        nacelle.progress(0.5, "half")
        reporter = nacelle.health()
        # A thread has no host of its own, and none is needed for what start kept.
        await asyncio.to_thread(reporter.degraded, "slow")

    token = host.bind(Host())
    asyncio.run(start())
    host.unbind(token)
    nacelle.progress(1.0)
    assert said == [(0.5, "half"), "slow"]


def test_a_fake_context_wakes_those_who_wait_for_the_end():
    async def run():
        context = FakeContext(metadata={"a": "b"})
        waiting = asyncio.ensure_future(context.async_killed_or_stopped())
        await asyncio.sleep(0)
        apart = context.detached("other")
        await asyncio.to_thread(context.kill)
        assert await asyncio.wait_for(waiting, 5) is True
        assert await context.async_killed_or_stopped() is True
        assert context.is_stopped() and context.is_killed() and not apart.is_stopped()
        assert (apart.id(), apart.metadata) == ("other", {"a": "b"})

    asyncio.run(run())


def test_asking_an_engine_of_either_kind_gives_its_answer():
    from engines import Duck, FromArgs, Plain

    async def run():
        for engine in (Duck(), Plain()):
            answer = await ask(engine, request([1, 2], max_tokens=3))
            assert (answer.token_ids, answer.finish_reason) == ([1, 2, 1], "length")
        answer = await ask(FromArgs("!"), {"prompt": "a b", "stop_conditions": {"max_tokens": 2}})
        assert (answer.text, answer.finish_reason) == ("a!b!", "stop")

    asyncio.run(run())


def test_recording_publishers_keep_what_they_are_given():
    snapshots = RecordingSnapshots()
    snapshots.publish(1, nacelle.ComponentSnapshot(1, 2, 0.5, dp_rank=1))
    assert snapshots.last(1).gpu_cache_usage == 0.5
    with pytest.raises(LookupError, match="no snapshot of rank 0"):
        snapshots.last()
    events = RecordingKvEvents()
    events.publish_batch(
        [
            {"type": "stored", "token_ids": [1], "num_block_tokens": [1], "block_hashes": [4]},
            {"type": "removed", "block_hashes": [4]},
        ]
    )
    assert events.events == [("stored", [4]), ("removed", [4])]
