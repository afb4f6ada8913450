"""For tests of engines: contexts and publishers that need no host, and the conformance kit.

::

    def test_it_keeps_the_contract():
        report = nacelle.testing.check(lambda: MyEngine(rate=0))
        assert report.passed, report.table()

    async def test_it_answers():
        engine = MyEngine()
        await engine.start(1)
        answer = await nacelle.testing.ask(engine, nacelle.testing.request([1, 2, 3], max_tokens=4))
        assert answer.token_ids == [1, 2, 3, 1]
"""

from nacelle.conformance import Limits, Outcome, Report, Result, Rule, check
from nacelle.testing.asking import Answer, ask, request
from nacelle.conformance.context import FakeContext
from nacelle.testing.recording import RecordingKvEvents, RecordingMetrics, RecordingSnapshots

__all__ = [
    "Answer",
    "FakeContext",
    "Limits",
    "Outcome",
    "RecordingKvEvents",
    "RecordingMetrics",
    "RecordingSnapshots",
    "Report",
    "Result",
    "Rule",
    "ask",
    "check",
    "request",
]
