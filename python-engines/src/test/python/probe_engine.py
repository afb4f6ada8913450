"""An engine that does on request what a test wants to see; ``mode`` in the request says what."""

import asyncio
import logging
import sys
import threading
import time

import nacelle

LOG = logging.getLogger("probe.engine")
FAILURES = {name: getattr(nacelle, name) for name in nacelle.__all__ if isinstance(getattr(nacelle, name), type)}


class Disconnected(Exception):
    """Not the SDK's: known by its name alone."""


class VeryDisconnected(Disconnected):
    pass


class ProbeEngine:
    """Inherits from nothing of the SDK's."""

    def __init__(self, model="probe", fail_start=None, ranks=(0, 1)):
        self.model = model
        self.fail_start = fail_start
        self.ranks = list(ranks)
        self.seen = {}
        self.finals = []
        self.aborted = []
        self.pulled = 0
        self.cleanups = 0
        self.snapshots = None
        self.kv = {}

    async def start(self, worker_id):
        if self.fail_start:
            raise RuntimeError(self.fail_start)
        self.worker_id = worker_id
        self.on_main_thread = threading.current_thread() is threading.main_thread()
        self.loop = type(asyncio.get_running_loop()).__module__.split(".")[0]
        self.host = nacelle.health()
        nacelle.progress(0.5, "half way")
        return nacelle.EngineConfig(
            model=self.model,
            served_model_name="probe-served",
            model_aliases=["alias"],
            runtime_data={"k": [1, None]},
            llm=nacelle.LlmRegistration(
                context_length=100_000, kv_cache_block_size=4, total_kv_blocks=10, data_parallel_size=2, bootstrap_port=7
            ),
        )

    async def generate(self, request, context):
        mode = request.get("mode", "count")
        self.seen = {"request": request, "metadata": dict(context.metadata), "trace": context.trace_headers(),
                     "trace_id": context.trace_id, "id": context.id()}
        try:
            async for chunk in getattr(self, "_" + mode)(request, context):
                yield chunk
        finally:
            self.finals.append(context.id())

    async def _count(self, request, context):
        most = request["stop_conditions"]["max_tokens"]
        for i in range(most):
            self.pulled = i
            await asyncio.sleep(0)
            yield {"token_ids": [i], "index": 0}
        yield {"token_ids": [], "finish_reason": "length",
               "completion_usage": {"prompt_tokens": len(request["token_ids"]), "completion_tokens": most,
                                    "total_tokens": most, "prompt_tokens_details": {"cached_tokens": 1}}}

    async def _flood(self, request, context):
        for i in range(request["stop_conditions"]["max_tokens"]):
            yield {"token_ids": [i]}
        yield {"token_ids": [], "finish_reason": "length"}

    async def _never_awaits(self, request, context):
        while True:
            yield {"token_ids": [1]}

    async def _waits(self, request, context):
        yield {"token_ids": [7]}
        await asyncio.sleep(3600)

    async def _watches(self, request, context):
        yield {"token_ids": [7]}
        await asyncio.shield(context.async_killed_or_stopped())

    async def _batches(self, request, context):
        yield {"token_ids": [1, 2, 3]}
        yield {"token_ids": [4], "finish_reason": "stop"}

    async def _rich(self, request, context):
        yield {"token_ids": [5, 6], "log_probs": [-0.5, -1.5],
               "top_logprobs": [[{"rank": 1, "token_id": 5, "token": "e", "logprob": -0.5}], []],
               "engine_data": {"note": "é", "nan": float("inf")}}
        context.metadata["answer"] = "42"
        yield {"token_ids": [8], "finish_reason": "length", "disaggregated_params": {"handle": "h"},
               "completion_usage": {"prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6,
                                    "prompt_tokens_details": {"cached_tokens": 2}}}

    async def _fails(self, request, context):
        yield {"token_ids": [1]}
        name = request["error"]
        if name == "HttpError":
            raise nacelle.HttpError(418, "a teapot")
        if name == "VeryDisconnected":
            raise VeryDisconnected("by name")
        if name == "SystemExit":
            sys.exit(3)
        if name == "KeyboardInterrupt":
            raise KeyboardInterrupt
        if name == "ValueError":
            raise ValueError("a bug é")
        if name == "finish":
            yield {"token_ids": [], "finish_reason": "error: out of memory"}
            return
        raise FAILURES[name]("because")

    async def _exits_in_task(self, request, context):
        async def leave():
            sys.exit(4)

        task = asyncio.ensure_future(leave())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        yield {"token_ids": [], "finish_reason": "stop"}

    async def _no_terminal(self, request, context):
        yield {"token_ids": [1]}

    async def _after_terminal(self, request, context):
        yield {"token_ids": [1], "finish_reason": "stop"}
        yield {"token_ids": [2]}

    async def _wrong_shape(self, request, context):
        yield {"token_ids": ["a"], "log_probs": []}
        await asyncio.sleep(3600)

    async def _logs(self, request, context):
        LOG.info("a line with {braces} and é")
        LOG.debug("not wanted by default")
        print("printed")
        print("to stderr", file=sys.stderr)
        try:
            raise KeyError("lost")
        except KeyError:
            LOG.exception("it failed")
        threading.Thread(target=lambda: logging.getLogger("probe.thread").warning("from a thread")).start()
        yield {"token_ids": [], "finish_reason": "stop"}

    async def _blocks(self, request, context):
        yield {"token_ids": [1]}
        time.sleep(request["seconds"])  # holds the loop, not the GIL
        yield {"token_ids": [2], "finish_reason": "stop"}

    async def _computes(self, request, context):
        yield {"token_ids": [1]}
        7 ** request["power"]
        yield {"token_ids": [], "finish_reason": "stop"}

    async def cleanup(self):
        self.cleanups += 1
        LOG.info("cleaned up")

    async def abort(self, context):
        self.aborted.append(context.id())

    async def register_prometheus(self, metrics):
        labels = ",".join(f'{k}="{v}"' for k, v in sorted(metrics.auto_labels.items()))
        metrics.register_prometheus_typed_callback(lambda: None)
        metrics.register_prometheus_expfmt_callback(
            lambda: "# TYPE probe_pulled gauge\nprobe_pulled{%s} %d\n" % (labels, self.pulled)
        )

    def component_metrics_dp_ranks(self):
        return self.ranks

    def attach_snapshot_publisher(self, publisher):
        self.snapshots = publisher
        publisher.publish(0, nacelle.ComponentSnapshot(1, 10, 0.1))

    async def kv_event_sources(self):
        return [nacelle.PushSource(lambda publisher, rank=rank: self.kv.__setitem__(rank, publisher), rank) for rank in (0, 1)]

    async def health_check_payload(self):
        return {"token_ids": [1], "stop_conditions": {"max_tokens": 2}, "mine": {"a": 1}, "_HEALTH_CHECK": True}

    def supported_controls(self):
        return {"look", "publish", "health", "die", "hold_gil", "fail", "pid", "hang", "forget", "native", "bad_upcall", "compute_beside"}

    def supported_updates(self):
        return {"set"}

    async def engine_update(self, name, body):
        self.model = body["model"]
        return {"status": "ok", "model": self.model}

    async def engine_control(self, name, body):
        answer = getattr(self, "control_" + name)(body)
        return await answer if asyncio.iscoroutine(answer) else answer

    def control_look(self, body):
        return {key: getattr(self, key) for key in ("seen", "finals", "aborted", "pulled", "cleanups", "on_main_thread", "loop")}

    def control_health(self, body):
        getattr(self.host, body["state"])(*([body["message"]] if "message" in body else []))
        return {}

    async def control_native(self, body):
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)  # its thread stays, and waits for more
        try:
            import unicodedata

            return {"width": unicodedata.east_asian_width("é")}
        except ImportError as error:
            return {"error": str(error)}

    def control_bad_upcall(self, body):
        try:
            self.host.outbox._deliver("text, and no bytes")
        except Exception:  # which an exception of Java's is not
            return {}

    def control_compute_beside(self, body):
        def compute():
            while self.computing:
                pass

        self.computing = body["on"]
        if self.computing:
            threading.Thread(target=compute).start()
        return {}

    def control_forget(self, body):
        self.finals.clear()
        return {}

    def control_fail(self, body):
        raise nacelle.WorkerUnavailable("no control today")

    def control_die(self, body):
        import os

        os.kill(os.getpid(), 9)

    def control_pid(self, body):
        import os

        return {"pid": os.getpid()}

    def control_hang(self, body):
        time.sleep(3600)

    def control_hold_gil(self, body):
        import re

        longest, size = 0.0, 20
        while longest < body["seconds"]:
            begin = time.monotonic()
            if sys.implementation.name == "graalpy":
                while time.monotonic() - begin < body["seconds"]:
                    pass
            else:  # one call into C code that does not let go of the GIL, longer each time
                re.match("(a+)+$", "a" * size + "b")
                size += 1
            longest = time.monotonic() - begin
        return {"longest_s": longest}

    def control_publish(self, body):
        def work():
            self.snapshots.publish(1, nacelle.ComponentSnapshot(3, 10, 0.3, kv_cache_hit_rate=0.25))
            self.kv[1].publish_stored(list(range(10)), [4, 4, 2], [2**64 - 1, 5, 6], parent_hash=-7)
            self.kv[1].publish_removed([2**64 - 1])
            self.kv[0].publish_stored([1, 2, 3, 4], [4], [9], lora_name="an adapter")

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        return {}


class SyncEngine(ProbeEngine):
    """``generate`` is a plain generator."""

    def generate(self, request, context):
        self.seen = {"thread": threading.current_thread().name}
        try:
            for i in range(request["stop_conditions"]["max_tokens"]):
                self.pulled = i
                if request.get("slow"):
                    time.sleep(0.01)
                yield {"token_ids": [i]}
            yield {"token_ids": [], "finish_reason": "length"}
        finally:
            self.finals.append(context.id())


class TextEngine(ProbeEngine):
    @classmethod
    async def from_args(cls, argv):
        import argparse

        parser = argparse.ArgumentParser()
        parser.add_argument("--model", default="text")
        args = parser.parse_args(argv)
        return cls(args.model), nacelle.WorkerConfig(
            namespace="elsewhere", model_input="text", enable_kv_routing=False, metrics_labels=[("team", "a")],
            tool_call_parser="hermes",
        )

    async def generate(self, request, context):
        for word in request["prompt"].split():
            yield {"text": word}
        yield {"text": "", "finish_reason": "stop"}


class FlatEngine:
    """A config with flat fields, members that are not async."""

    def start(self, worker_id):
        class Config:
            model = "flat"
            context_length = 64
            kv_cache_block_size = 16

        return Config()

    async def generate(self, request, context):
        yield {"token_ids": [1], "finish_reason": "eos"}

    def cleanup(self):
        pass

    def kv_event_sources(self):
        return [nacelle.ZmqSource("tcp://127.0.0.1:5557", topic="kv", dp_rank=1)]
