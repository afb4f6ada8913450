"""The smallest engine that does everything right: repeats the prompt's tokens in a circle, up to max_tokens."""

import asyncio

import nacelle
from nacelle.health_check import build_health_check_payload


class EchoEngine(nacelle.LLMEngine):
    """:param rate: tokens a second and stream; 0 for as many as are read"""

    def __init__(self, rate: float = 0.0, context_length: int = 65536, model: str = "python-echo") -> None:
        if rate < 0:
            raise ValueError(f"rate {rate}, expected 0 or more tokens a second")
        self.pause = 1 / rate if rate else 0.0
        self.context_length = context_length
        self.model = model
        self.blocks_used = 0
        self.publisher = None

    async def start(self, worker_id):
        nacelle.progress(1.0, "nothing to load")
        registration = nacelle.LlmRegistration(context_length=self.context_length, total_kv_blocks=1024)
        return nacelle.EngineConfig(model=self.model, llm=registration)

    async def generate(self, request, context):
        prompt = self.prompt(request)
        stop = nacelle.StopRule.of(request)
        blocks = len(prompt) // 16 + 1
        self.hold(blocks)
        try:
            for position in range(stop.max_tokens):
                if context.is_stopped():
                    yield {"token_ids": [], "finish_reason": "cancelled"}
                    return
                await asyncio.sleep(self.pause)  # run the model here
                token = prompt[position % len(prompt)] if prompt else 0
                if stop.ends_at(token, position):
                    yield {"token_ids": [], "finish_reason": "stop"}
                    return
                yield {"token_ids": [token]}
            yield {"token_ids": [], "finish_reason": "length"}
        finally:  # on every path: an end, an error, a caller who left
            self.hold(-blocks)

    def prompt(self, request):
        """The prompt's tokens, of which there are not too many."""
        prompt = request["token_ids"]
        if len(prompt) > self.context_length:
            raise nacelle.InvalidArgument(f"a prompt of {len(prompt)} tokens, expected at most {self.context_length}")
        return prompt

    async def cleanup(self):
        self.publisher = None

    async def health_check_payload(self):
        return build_health_check_payload(ord("?"))

    def component_metrics_dp_ranks(self):
        return [0]

    def attach_snapshot_publisher(self, publisher):
        self.publisher = publisher
        self.hold(0)

    def hold(self, blocks: int) -> None:
        """Takes or gives back blocks of the cache that this engine does not have, and shows it in the gauges."""
        self.blocks_used = min(1024, max(0, self.blocks_used + blocks))
        if self.publisher is not None:
            self.publisher.publish(0, nacelle.ComponentSnapshot(self.blocks_used, 1024, self.blocks_used / 1024))
