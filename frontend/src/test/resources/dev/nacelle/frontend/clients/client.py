"""What the official OpenAI client for Python makes of this server; one argument: its base URL."""

import json
import sys

import openai
from pydantic import BaseModel

client = openai.OpenAI(base_url=sys.argv[1], api_key="none", max_retries=0)
hello = [{"role": "user", "content": "hello"}]
tools = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]


def chat():
    answer = client.chat.completions.create(model="scripted", messages=hello, max_tokens=100)
    assert answer.choices[0].message.content == "Hello, world!", answer
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer._request_id


def stream():
    events = list(client.chat.completions.create(model="scripted", messages=hello, stream=True, stream_options={"include_usage": True}))
    assert "".join(event.choices[0].delta.content or "" for event in events if event.choices) == "Hello, world!"
    assert events[-1].usage.completion_tokens == 13
    pieces = [event.choices[0].text for event in client.completions.create(model="scripted", prompt="hello", stream=True)]
    assert "".join(pieces) == "Hello, world!"


def reasoning():
    message = client.chat.completions.create(model="scripted", messages=[{"role": "user", "content": "think"}]).choices[0].message
    assert message.reasoning_content == "Hm." and message.content == "So.", message


def call_tools():
    question = [{"role": "user", "content": "weather?"}]
    answer = client.chat.completions.create(model="scripted", messages=question, tools=tools)
    call = answer.choices[0].message.tool_calls[0]
    assert answer.choices[0].finish_reason == "tool_calls"
    assert call.function.name == "weather" and json.loads(call.function.arguments) == {"city": "Bath"}, call
    conversation = [*question, answer.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "rain"}]
    assert client.chat.completions.create(model="scripted", messages=conversation, tools=tools).choices[0].message.content == "Take an umbrella."
    with client.chat.completions.stream(model="scripted", messages=question, tools=tools) as events:
        final = events.get_final_completion()
    assert final.choices[0].message.tool_calls[0].function.arguments == '{"city": "Bath"}'


def structured_output():
    class Answer(BaseModel):
        answer: int

    parsed = client.chat.completions.parse(model="scripted", messages=hello, response_format=Answer)
    assert parsed.choices[0].message.parsed.answer == 42


def choices():
    answer = client.completions.create(model="scripted", prompt=["hello", "think"], n=2, seed=1)
    assert [choice.index for choice in answer.choices] == [0, 1, 2, 3], answer
    assert [choice.text[-4:] for choice in answer.choices] == ["rld!", "rld!", ">So.", ">So."], answer


def embeddings():
    answer = client.embeddings.create(model="scripted", input=["hello", "hi"])
    assert [each.embedding[1] for each in answer.data] == [0.25, 0.25] and answer.usage.prompt_tokens == 9, answer
    assert answer.data[0].embedding[0] == answer.data[1].embedding[0] + 3
    floats = client.embeddings.create(model="scripted", input="hello", encoding_format="float")
    assert floats.data[0].embedding == answer.data[0].embedding, floats


def responses():
    answer = client.responses.create(model="scripted", input="hello", instructions="Be brief.")
    assert answer.output_text == "Hello, world!" and answer.status == "completed", answer
    with client.responses.stream(model="scripted", input="hello") as events:
        text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
        assert text == events.get_final_response().output_text == "Hello, world!"
    flat = [{"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": False}]
    call = client.responses.create(model="scripted", input="weather?", tools=flat).output[0]
    assert call.type == "function_call" and json.loads(call.arguments) == {"city": "Bath"}, call


def errors():
    try:
        client.chat.completions.create(model="none", messages=hello)
        raise AssertionError("no error")
    except openai.NotFoundError as error:
        assert error.code == "model_not_found" and error.param == "model"
    try:
        client.chat.completions.create(model="scripted", messages=hello, temperature=7)
        raise AssertionError("no error")
    except openai.BadRequestError as error:
        assert error.param == "temperature" and error.request_id
    try:
        client.chat.completions.create(model="scripted", messages=[{"role": "user", "content": "overloaded"}])
        raise AssertionError("no error")
    except openai.RateLimitError as error:
        assert error.response.headers["retry-after"] == "7"
    try:
        for _ in client.chat.completions.create(model="scripted", messages=[{"role": "user", "content": "fail"}], stream=True):
            pass
        raise AssertionError("no error")
    except openai.APIError as error:
        assert "cut off" in error.message and error.body["code"] == "stream_incomplete" and error.body["request_id"]


def cancellation():
    events = client.chat.completions.create(model="scripted", messages=[{"role": "user", "content": "slow"}], stream=True)
    next(event for event in events if event.choices[0].delta.content)
    events.close()


def models():
    assert [model.id for model in client.models.list()] == ["scripted"]
    assert client.models.retrieve("scripted").id == "scripted"


for check in (chat, stream, reasoning, call_tools, structured_output, choices, embeddings, responses, errors, cancellation, models):
    check()
    print(check.__name__, flush=True)
