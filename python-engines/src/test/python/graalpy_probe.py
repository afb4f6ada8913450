"""An engine that does what a request asks for: ``{"do": "<method>", …}``."""

import array
import asyncio
import os
import sys
import threading
import time

LOCK = threading.Lock()


class Probe:
    def __init__(self):
        self.finished = []

    async def start(self, worker_id):
        class Config:
            model = "probe"

        return Config()

    async def cleanup(self):
        pass

    def generate(self, request, context):
        return getattr(self, request["do"])(request, context)

    async def tokens(self, request, context):
        for token in range(request["count"]):
            yield {"token_ids": [token]}
        yield {"token_ids": [], "finish_reason": "length"}

    async def batches(self, request, context):
        batch = list(range(request["size"]))
        for _ in range(request["count"]):
            yield {"token_ids": batch}
        yield {"token_ids": [], "finish_reason": "length"}

    async def arrays(self, request, context):
        yield {"token_ids": array.array("i", [1, 70000, -1])}
        yield {"token_ids": [], "finish_reason": "length"}

    async def deep(self, request, context):
        def down(n):
            return n if n == 0 else 1 + down(n - 1)

        yield {"token_ids": [down(request["depth"])]}
        yield {"token_ids": [], "finish_reason": "length"}

    async def attempt(self, request, context):
        scope = {"here": os.path.dirname(__file__)}
        try:
            exec(request["code"], scope)
            said = "done: %s" % scope.get("found", "")
        except BaseException as error:
            said = "%s: %s" % (type(error).__name__, error)
        yield {"token_ids": [], "text": said}
        yield {"token_ids": [], "finish_reason": "stop"}

    async def fail(self, request, context):
        yield {"token_ids": [1]}
        raise ValueError("a defect")

    async def leave(self, request, context):
        yield {"token_ids": [1]}
        sys.exit(3)

    async def leave_in_task(self, request, context):
        async def go():
            sys.exit(4)

        asyncio.get_running_loop().create_task(go())
        await asyncio.sleep(0.05)
        yield {"token_ids": [], "finish_reason": "stop"}

    async def awaiting(self, request, context):
        try:
            yield {"token_ids": [1]}
            await asyncio.Event().wait()
        finally:
            self.finished.append("awaiting")

    async def never_awaits(self, request, context):
        try:
            while True:
                yield {"token_ids": [1]}
        finally:
            self.finished.append("never_awaits")

    async def tell_finished(self, request, context):
        yield {"token_ids": [], "text": ",".join(self.finished)}
        yield {"token_ids": [], "finish_reason": "stop"}

    def plain(self, request, context):
        for token in range(request["count"]):
            yield {"token_ids": [token]}
        yield {"token_ids": [], "text": threading.current_thread().name}
        yield {"token_ids": [], "finish_reason": "length"}

    async def spin(self, request, context):
        yield {"token_ids": [1]}
        spin()

    async def spin_whatever_comes(self, request, context):
        yield {"token_ids": [1]}
        while True:
            try:
                spin()
            except BaseException:
                pass

    async def sleep(self, request, context):
        yield {"token_ids": [1]}
        time.sleep(60)

    async def deadlock(self, request, context):
        yield {"token_ids": [1]}
        with LOCK:
            LOCK.acquire()

    async def spin_in_task(self, request, context):
        async def go():
            spin()

        yield {"token_ids": [1]}
        await asyncio.get_running_loop().create_task(go())

    async def spin_in_callback(self, request, context):
        asyncio.get_running_loop().call_soon(spin)
        yield {"token_ids": [1]}
        await asyncio.sleep(0.05)
        yield {"token_ids": [], "finish_reason": "stop"}

    async def compute(self, request, context):
        yield {"token_ids": [1]}
        7 ** request["power"]


def spin():
    while True:
        pass
