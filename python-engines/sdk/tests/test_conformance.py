"""What the kit says of engines that keep the contract, and of one that breaks each rule."""

import asyncio

import failing_engine
import pytest
from echo_engine import EchoEngine
from engines import Duck, FromArgs, Plain

import nacelle
from nacelle.testing import Limits, Outcome, Rule, check

#: Shorter than the contract's, for what is known to break it.
SHORT = Limits(call=1, start=1, answer=2, cancel=0.3, cleanup=0.5, hold=1.5)


def outcomes(report):
    return {result.rule: result.outcome for result in report.results}


def test_the_echo_engine_keeps_the_contract():
    report = check(EchoEngine)
    assert report.passed, report.table()
    skipped = {rule.id for rule, outcome in outcomes(report).items() if outcome is Outcome.SKIPPED}
    assert skipped == {
        "foreign-metrics",
        "kv-sources",
        "kv-events",
        "controls-and-updates",
        "usage",
        "log-probabilities",
        "choices",
        "embeddings",
    }


def test_the_metered_engine_keeps_the_contract():
    pytest.importorskip("prometheus_client")
    from metered_engine import MeteredEngine

    report = check(MeteredEngine)
    assert report.passed, report.table()
    assert outcomes(report)[Rule.FOREIGN_METRICS] is Outcome.PASSED


def test_the_numpy_engine_keeps_the_contract():
    pytest.importorskip("numpy")
    from numpy_engine import NumpyEngine

    report = check(NumpyEngine)
    assert report.passed, report.table()
    assert outcomes(report)[Rule.LOG_PROBABILITIES] is Outcome.PASSED
    assert outcomes(report)[Rule.EMBEDDINGS] is Outcome.PASSED


def test_a_class_that_inherits_from_nothing_keeps_it_too():
    report = check(Duck)
    assert report.passed, report.table()
    assert outcomes(report)[Rule.USAGE] is Outcome.PASSED


def test_a_plain_generator_runs_on_threads_of_its_own():
    made = []

    def make():
        made.append(Plain())
        return made[-1]

    report = check(make)
    assert report.passed, report.table()
    assert len(made[1].threads) > 8


def test_an_engine_that_takes_text_is_asked_in_words():
    report = check(lambda: FromArgs.from_args([]))
    assert report.passed, report.table()
    assert outcomes(report)[Rule.PROMPT_TOO_LONG] is Outcome.SKIPPED


@pytest.mark.parametrize("fail, rule", failing_engine.BREAKS.items())
def test_each_way_to_fail_is_named(fail, rule):
    made = []

    def make():
        made.append(failing_engine.FailingEngine(fail))
        return made[-1]

    try:
        report = check(make, limits=SHORT)
    finally:
        for engine in made:
            engine.left.set()
    assert [failure.rule.id for failure in report.failures] == [rule], report.table()


@pytest.mark.parametrize("raises", failing_engine.ERRORS)
def test_what_a_request_raises_is_shown_with_its_place(raises):
    report = check(lambda: failing_engine.FailingEngine(raises=raises), only=["generate"], limits=SHORT)
    (failure,) = report.failures
    error = type(failing_engine.ERRORS[raises]()).__name__
    assert failure.seen.startswith(f"raised {error}")
    assert "in generate (failing_engine.py:" in failure.seen


def test_a_plain_generator_that_hangs_is_left_behind_by_name():
    import threading

    forever = threading.Event()

    class Stuck(Plain):
        def generate(self, request, context):
            forever.wait(30)
            yield {"finish_reason": "stop"}

    report = check(Stuck, limits=Limits(call=1, answer=0.3, cancel=0.2, cleanup=0.2))
    forever.set()
    (failure,) = report.failures
    assert failure.rule is Rule.GENERATE and "after 0.3 s" in failure.seen
    assert "in generate (test_conformance.py:" in failure.seen


def test_what_cannot_be_judged_has_failed():
    class Odd(Duck):
        async def generate(self, request, context):
            yield {"token_ids": [1], "finish_reason": "stop", "completion_usage": "some"}

    report = check(Odd)
    assert report.failures[0].seen.startswith("could not be judged: AttributeError")


def test_only_the_rules_asked_for_are_reported():
    report = check(EchoEngine, only=["cancel-in-time", "one-terminal"])
    assert [result.rule.id for result in report.results] == ["one-terminal", "cancel-in-time"]
    with pytest.raises(ValueError, match="no rule 'one-terminus', expected one of: create, "):
        check(EchoEngine, only=["one-terminus"])


def test_the_same_engine_twice_is_no_new_engine():
    engine = EchoEngine()
    report = check(lambda: engine, limits=SHORT)
    assert [failure.rule for failure in report.failures] == [Rule.CREATE]
    assert "the same engine again" in report.failures[0].seen


def test_what_is_no_engine_is_told_what_it_lacks():
    report = check(object)
    assert report.failures[0].seen.startswith("a object without start, generate, cleanup")


def test_a_generate_that_forgets_to_yield_is_told_so():
    class NoGenerator(Duck):
        async def generate(self, request, context):
            return [{"token_ids": [1], "finish_reason": "stop"}]

    report = check(NoGenerator, only=["generate"])
    assert "generate returned a coroutine, expected a generator" in report.failures[0].seen


def test_no_task_and_no_thread_is_left_behind():
    import threading

    before = threading.active_count()
    check(lambda: EchoEngine(rate=200))
    assert threading.active_count() == before
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def test_a_table_fits_its_width_and_ends_in_a_summary():
    report = check(lambda: failing_engine.FailingEngine("no-model"), limits=SHORT)
    lines = report.table(80).splitlines()
    assert max(map(len, lines)) <= 80
    at = next(i for i, line in enumerate(lines) if line.startswith("FAILED   model-not-empty"))
    assert lines[at].endswith("model is ''")
    assert lines[at + 1].strip() == "rule: EngineConfig.model is not empty"
    assert lines[at + 2].strip() == "change: return EngineConfig(model=…)"
    assert lines[-1] == report.summary() and " 1 failed, " in lines[-1]


def test_what_is_declared_has_to_be_there():
    class Boastful(Duck):
        async def start(self, worker_id):
            return nacelle.EngineConfig(model="boastful", capabilities=["log_probabilities", "multiple_choices"])

    report = check(Boastful)
    assert [(failure.rule.id, failure.seen) for failure in report.failures] == [
        ("log-probabilities", "0 log-probabilities for 8 tokens"),
        ("choices", "chunks for choices [0] with n 2"),
    ]


def test_an_engine_of_embeddings_alone_is_asked_for_nothing_else():
    class Vectors(Duck):
        async def start(self, worker_id):
            return nacelle.EngineConfig(model="vectors", capabilities=["embeddings_only"])

        async def generate(self, request, context):
            if request["task"] != "embed":
                raise nacelle.InvalidArgument("no text")
            yield {"token_ids": [], "embedding": [0.5, float(len(request["token_ids"]))], "finish_reason": "stop"}

    report = check(Vectors)
    assert report.passed, report.table()
    seen = {result.rule: result.seen for result in report.results}
    assert seen[Rule.EMBEDDINGS] == "3 of length 2"
    assert seen[Rule.GENERATE] == "declares embeddings alone"


@pytest.mark.parametrize(
    "vector, seen", [([], "no numbers"), ([float("nan")], "nan"), ("abc", "is a str"), (None, "0 embeddings")]
)
def test_what_is_no_vector_of_numbers_has_failed(vector, seen):
    class Odd(Duck):
        async def start(self, worker_id):
            return nacelle.EngineConfig(model="odd", capabilities=["embeddings_only"])

        async def generate(self, request, context):
            yield {"token_ids": [], "embedding": vector, "finish_reason": "stop"}

    (failure,) = check(Odd).failures
    assert failure.rule is Rule.EMBEDDINGS and seen in failure.seen


def test_an_error_of_another_module_counts_by_its_name():
    class InvalidArgument(Exception):
        pass

    class Strict(Duck):
        async def start(self, worker_id):
            return nacelle.EngineConfig(model="strict", llm=nacelle.LlmRegistration(context_length=64))

        async def generate(self, request, context):
            if len(request["token_ids"]) > 64:
                raise InvalidArgument("65 tokens, expected at most 64")
            async for chunk in super().generate(request, context):
                yield chunk

    assert check(Strict, only=["prompt-too-long"]).passed
