"""A real, if tiny, language model in numpy: a bigram model of bytes, learnt from a text when it starts.

numpy is native code: this engine runs in CPython (embedded or as a process), not in GraalPy.
"""

import asyncio
import math
from pathlib import Path

import nacelle
import numpy as np
from nacelle.health_check import build_health_check_payload

VOCABULARY = 256
TEXT = (
    "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want of a wife. "
    "However little known the feelings or views of such a man may be on his first entering a neighbourhood, this truth is so "
    "well fixed in the minds of the surrounding families, that he is considered as the rightful property of some one or other "
    "of their daughters. "
)


class NumpyEngine(nacelle.LLMEngine):
    """:param text: a file to learn from; a sentence of Jane Austen's without it"""

    def __init__(self, text: str = "", context_length: int = 65536, model: str = "numpy-bigram") -> None:
        self.text = text
        self.context_length = context_length
        self.model = model
        self.log_probs = None

    async def start(self, worker_id):
        # Reading and counting may take a while: the event loop goes on meanwhile.
        self.log_probs = await asyncio.to_thread(self.learn)
        nacelle.progress(1.0, "learnt")
        return nacelle.EngineConfig(
            model=self.model,
            llm=nacelle.LlmRegistration(context_length=self.context_length),
            capabilities=["log_probabilities", "embeddings"],
        )

    def learn(self):
        data = Path(self.text).read_bytes() if self.text else TEXT.encode()
        ids = np.frombuffer(data, dtype=np.uint8)
        counts = np.full((VOCABULARY, VOCABULARY), 1e-6)
        np.add.at(counts, (ids[:-1], ids[1:]), 1.0)
        return np.log(counts / counts.sum(axis=1, keepdims=True))

    async def generate(self, request, context):
        prompt = request["token_ids"]
        if len(prompt) > self.context_length:
            raise nacelle.InvalidArgument(f"a prompt of {len(prompt)} tokens, expected at most {self.context_length}")
        if request.get("task") == "embed":
            yield {"token_ids": [], "embedding": self.embed(prompt), "finish_reason": "stop"}
            return
        stop = nacelle.StopRule.of(request)
        sampling = request.get("sampling_options") or {}
        with_log_probs = (request.get("output_options") or {}).get("logprobs") is not None
        random = np.random.default_rng(sampling.get("seed"))
        token = prompt[-1] % VOCABULARY if prompt else ord(" ")
        for position in range(stop.max_tokens):
            if context.is_stopped():
                yield {"token_ids": [], "finish_reason": "cancelled"}
                return
            row = self.log_probs[token]
            token = pick(row, sampling, random)
            if stop.ends_at(token, position):
                yield {"token_ids": [], "finish_reason": "stop"}
                return
            chunk = {"token_ids": [token]}
            if with_log_probs:
                chunk["log_probs"] = [min(0.0, float(row[token]))]
            yield chunk
            await asyncio.sleep(0)  # the others' turn
        yield {"token_ids": [], "finish_reason": "length"}

    def embed(self, prompt):
        """What may follow the prompt's bytes, on average: texts that go on alike have vectors close to each other."""
        mean = np.exp(self.log_probs[np.asarray(prompt) % VOCABULARY]).mean(axis=0)
        return (mean / np.linalg.norm(mean)).tolist()

    async def cleanup(self):
        self.log_probs = None

    async def health_check_payload(self):
        return build_health_check_payload(ord(" "))


def pick(row, sampling, random) -> int:
    """The next byte, by temperature and top_k; the likeliest one at temperature 0."""
    temperature = sampling.get("temperature")
    temperature = 1.0 if temperature is None else temperature
    if temperature <= 0 or math.isclose(temperature, 0):
        return int(row.argmax())
    logits = row / temperature
    top_k = sampling.get("top_k") or 0
    if 0 < top_k < VOCABULARY:
        logits = np.where(logits >= np.partition(logits, -top_k)[-top_k], logits, -np.inf)
    weights = np.exp(logits - logits.max())
    return int(random.choice(VOCABULARY, p=weights / weights.sum()))
