"""Small engines for tests, which inherit from nothing: the host looks at names alone."""

import threading
import time

import nacelle


class Duck:
    """Repeats the prompt, from an asynchronous generator."""

    async def start(self, worker_id):
        return nacelle.EngineConfig(model="duck")

    async def generate(self, request, context):
        for chunk in answer(request, context):
            yield chunk

    async def cleanup(self):
        pass


class Plain(Duck):
    """The same from a plain generator, which a host runs on a thread of its own."""

    def __init__(self):
        self.threads = set()

    def generate(self, request, context):
        self.threads.add(threading.current_thread())
        for chunk in answer(request, context):
            time.sleep(0.0005)
            yield chunk


class FromArgs(Duck):
    """Made by from_args, with a wish for its worker; takes text."""

    def __init__(self, suffix):
        self.suffix = suffix

    @classmethod
    async def from_args(cls, argv):
        return cls(argv[0] if argv else "!"), nacelle.WorkerConfig(model_input="text")

    async def generate(self, request, context):
        stop = nacelle.StopRule.of(request)
        for word in (request["prompt"].split() * stop.max_tokens)[: stop.max_tokens]:
            if context.is_stopped():
                yield {"finish_reason": "cancelled"}
                return
            yield {"text": word + self.suffix}
        yield {"finish_reason": "stop"}


class Asleep(Duck):
    """Blocks the event loop where no Python code can be interrupted."""

    async def generate(self, request, context):
        time.sleep(120)
        yield {"finish_reason": "stop"}


def answer(request, context):
    stop = nacelle.StopRule.of(request)
    prompt = request["token_ids"]
    for position in range(stop.max_tokens):
        token = prompt[position % len(prompt)]
        if context.is_stopped():
            yield {"token_ids": [], "finish_reason": "cancelled"}
            return
        if stop.ends_at(token, position):
            yield {"token_ids": [], "finish_reason": "stop"}
            return
        yield {"token_ids": [token]}
    usage = {"prompt_tokens": len(prompt), "completion_tokens": stop.max_tokens}
    yield {"token_ids": [], "finish_reason": "length", "completion_usage": usage}
