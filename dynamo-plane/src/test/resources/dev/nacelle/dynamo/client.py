"""The official OpenAI client, asked of a frontend: one JSON object a line, {"case": …, …what came}."""
import json
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="x", max_retries=0, timeout=60)
MESSAGES = [{"role": "user", "content": "hello there world"}]


def chat(**options):
    options.setdefault("model", "m")
    options.setdefault("max_tokens", 6)
    return client.chat.completions.create(messages=MESSAGES, **options)


def unary(**options):
    answer = chat(**options)
    choice = answer.choices[0]
    return {
        "text": choice.message.content,
        "finish": choice.finish_reason,
        "usage": answer.usage and answer.usage.model_dump(exclude_none=True),
        "logprobs": choice.logprobs and choice.logprobs.model_dump(),
    }


def stream(**options):
    got = {"text": "", "chunks": 0, "finish": None, "usage": None}
    for chunk in chat(stream=True, stream_options={"include_usage": True}, **options):
        got["usage"] = chunk.usage and chunk.usage.model_dump(exclude_none=True) or got["usage"]
        for choice in chunk.choices:
            got["chunks"] += 1
            got["text"] += choice.delta.content or ""
            got["finish"] = choice.finish_reason or got["finish"]
    return got


def completion(**options):
    options.setdefault("model", "m")
    options.setdefault("max_tokens", 3)
    choice = client.completions.create(prompt="hello there", **options).choices[0]
    return {"text": choice.text, "finish": choice.finish_reason, "logprobs": choice.logprobs and choice.logprobs.model_dump()}


CASES = {
    "unary": lambda: unary(),
    "stream": lambda: stream(),
    "completion": lambda: completion(),
    "completion logprobs": lambda: completion(logprobs=2, max_tokens=2),
    "three ids a chunk": lambda: stream(seed=2),
    "all ids in one chunk": lambda: stream(seed=3, max_tokens=12),
    "stop string": lambda: stream(stop=["ther"], max_tokens=12),
    "stop string within a chunk": lambda: stream(stop=["ther"], seed=3, max_tokens=12),
    "logprobs": lambda: unary(logprobs=True, top_logprobs=2, max_tokens=2),
    "no max_tokens": lambda: unary(max_tokens=None),
    "beyond the context": lambda: unary(max_tokens=400),
    "two choices": lambda: unary(n=2),
    "fails midway": lambda: stream(seed=1400),
    "no terminal": lambda: stream(seed=6),
    "throws": lambda: unary(seed=7),
    "unsayable": lambda: unary(seed=9),
    "text unary": lambda: unary(model="t", max_tokens=9),
    "text stream": lambda: stream(model="t"),
    "text completion": lambda: completion(model="t"),
    "text error": lambda: unary(model="t", seed=400),
}
for status in 400, 401, 403, 404, 429, 499, 500, 503, 504, 529:
    CASES["status %d" % status] = lambda status=status: unary(seed=status)

for name, case in CASES.items():
    try:
        result = case()
    except openai.APIStatusError as error:
        result = {"status": error.status_code, "error": error.response.text}
    except openai.APIError as error:
        result = {"status": 0, "error": str(error)}
    print(json.dumps({"case": name, **result}), flush=True)
