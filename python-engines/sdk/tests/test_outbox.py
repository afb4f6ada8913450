"""Frames on their way to the host, over a real event loop whose time stands still unless a test moves it."""

import asyncio

import pytest

from nacelle._bridge.context import Context
from nacelle._bridge.outbox import Outbox
from nacelle._bridge.pump import Stream

A_WHILE_S = 1.0


class Host:
    """What arrives, and the time."""

    def __init__(self):
        self.batches = []
        self.now = A_WHILE_S
        self.outbox = Outbox(self.batches.append, lambda: self.now)

    def run(self, scenario):
        async def attached():
            self.outbox.attach(asyncio.get_running_loop())
            await scenario()

        asyncio.run(attached())

    def put(self, *records):
        for record in records:
            self.outbox.put(record)


@pytest.fixture
def host():
    return Host()


async def turn():
    await asyncio.sleep(0)


def test_what_is_put_in_one_turn_goes_out_together_when_the_loop_has_turned(host):
    async def scenario():
        host.put(b"a", b"b")
        assert host.batches == []
        await turn()
        assert host.batches == [b"ab"]

    host.run(scenario)


def test_a_loop_whose_turns_take_long_sends_after_each(host):
    async def scenario():
        for record in (b"a", b"b", b"c"):
            host.put(record)
            await turn()
            host.now += A_WHILE_S

    host.run(scenario)
    assert host.batches == [b"a", b"b", b"c"]


def test_short_turns_are_gathered_in_order(host):
    async def scenario():
        for record in (b"a", b"b", b"c", b"d"):
            host.put(record)
            await turn()
        assert host.batches == [b"a"]
        host.now += A_WHILE_S
        await turn()
        assert host.batches == [b"a", b"bcd"]

    host.run(scenario)


def test_a_turn_that_brings_nothing_ends_the_gathering(host):
    async def scenario():
        host.put(b"a")
        await turn()
        host.put(b"b")
        await turn()
        assert host.batches == [b"a"]
        await turn()
        assert host.batches == [b"a", b"b"]

    host.run(scenario)


def test_a_loop_that_stays_busy_sends_when_the_time_is_over(host):
    async def scenario():
        for _ in range(100):
            host.put(b".")
            await turn()
            host.now += 0.00003

    host.run(scenario)
    sizes = [len(batch) for batch in host.batches]
    assert 10 < len(sizes) < 20
    assert max(sizes) == 7  # 0.2 ms of turns of 0.03 ms


def test_many_records_do_not_wait_for_the_time(host):
    async def scenario():
        host.put(b"a")
        await turn()
        for _ in range(4):
            for _ in range(200):
                host.outbox.records.append(b".")  # as a pump does
            if not host.outbox.scheduled:
                host.outbox.schedule()
            await turn()

    host.run(scenario)
    assert [len(batch) for batch in host.batches[:2]] == [1, 600]


def test_what_is_sent_goes_out_at_once_behind_what_was_gathered(host):
    async def scenario():
        host.put(b"a")
        await turn()
        host.put(b"b")
        await turn()
        host.outbox.send(b"c")
        assert host.batches == [b"a", b"bc"]

    host.run(scenario)


def test_the_first_token_of_a_stream_goes_out_at_once_while_others_are_gathered(host):
    class Engine:
        async def generate(self, request, context):
            yield {"token_ids": [7]}
            assert len(host.batches) == 2
            yield {"token_ids": [], "finish_reason": "length"}

    async def scenario():
        host.put(b"a")
        await turn()
        host.put(b"b")
        await turn()
        stream = Stream(1, Context("r", {}, {}, lambda: None), host.outbox, asyncio.get_running_loop(), True)
        await stream.run(Engine(), {})
        await turn()

    host.run(scenario)
    assert host.batches[1].startswith(b"b")
    assert host.batches[1].endswith(b"\x07\0\0\0")
