"""One token per turn of the event loop: the cheapest engine that behaves like one. By itself it is what bridges are
measured against: ``python bench_engine.py bare|lines STREAMS TOKENS``.
"""

import asyncio
import json
import re
import sys
import time


async def tokens(count):
    for i in range(count):
        await asyncio.sleep(0)
        yield {"token_ids": [i & 0x7FFF], "index": 0}


async def batches(count, size):
    ids = list(range(size))
    for _ in range(count // size):
        await asyncio.sleep(0)
        yield {"token_ids": ids}


class BenchEngine:
    async def start(self, worker_id):
        return {"model": "bench", "context_length": 10_000_000}

    async def generate(self, request, context):
        if request.get("waits"):
            yield {"token_ids": [1]}
            await asyncio.sleep(3600)
        count, batch = request["stop_conditions"]["max_tokens"], request.get("batch", 1)
        async for chunk in tokens(count) if batch == 1 else batches(count, batch):
            if context.is_stopped():
                break
            yield chunk
        yield {"token_ids": [], "finish_reason": "length"}

    async def cleanup(self):
        pass

    def supported_controls(self):
        return {"hold_gil"}

    async def engine_control(self, name, body):
        began = time.monotonic()
        # One call into C code that does not let go of the GIL; longer and longer until it takes what was asked for.
        size = 20
        while True:
            start = time.monotonic()
            re.match("(a+)+$", "a" * size + "b")
            took = time.monotonic() - start
            if took >= body["seconds"] or time.monotonic() - began > 60:
                return {"longest_s": took}
            size += 1


async def bare(streams, count):
    async def pull():
        async for chunk in BenchEngine().generate({"stop_conditions": {"max_tokens": count}}, Going()):
            chunk.get("token_ids")

    await asyncio.gather(*[pull() for _ in range(streams)])


async def lines(streams, count):
    out = sys.stdout

    async def pull(ident):
        async for chunk in BenchEngine().generate({"stop_conditions": {"max_tokens": count}}, Going()):
            out.write(json.dumps({"id": ident, **chunk}) + "\n")
            out.flush()

    await asyncio.gather(*[pull(i) for i in range(streams)])


class Going:
    def is_stopped(self):
        return False


if __name__ == "__main__":
    way, streams, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    run = {"bare": bare, "lines": lines}[way]
    asyncio.run(run(streams, max(1, count // 10)))
    cpu, wall = time.process_time(), time.perf_counter()
    asyncio.run(run(streams, count))
    took = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    print(json.dumps({"done": took}), flush=True)
