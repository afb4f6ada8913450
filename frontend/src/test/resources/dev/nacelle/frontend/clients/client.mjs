// What the official OpenAI client for Node makes of this server; one argument: its base URL.
import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[2], apiKey: "none", maxRetries: 0 });
const model = "scripted";
const say = (content) => [{ role: "user", content }];
const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }];

const checks = {
  async chat() {
    const answer = await client.chat.completions.create({ model, messages: say("hello") });
    assert.equal(answer.choices[0].message.content, "Hello, world!");
    assert.ok(answer._request_id);
  },
  async stream() {
    let text = "";
    for await (const event of await client.chat.completions.create({ model, messages: say("hello"), stream: true }))
      text += event.choices[0].delta.content ?? "";
    assert.equal(text, "Hello, world!");
  },
  async tools() {
    const answer = await client.chat.completions.create({ model, messages: say("weather?"), tools });
    assert.deepEqual(JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments), { city: "Bath" });
    const runner = client.chat.completions.runTools({
      model,
      messages: say("weather?"),
      stream: true,
      tools: [{ type: "function", function: { name: "weather", parse: JSON.parse, function: () => "rain", parameters: { type: "object" } } }],
    });
    assert.equal(await runner.finalContent(), "Take an umbrella.");
  },
  async structuredOutput() {
    const response_format = { type: "json_schema", json_schema: { name: "a", schema: { type: "object" } } };
    const answer = await client.chat.completions.parse({ model, messages: say("hello"), response_format });
    assert.deepEqual(JSON.parse(answer.choices[0].message.content), { answer: 42 });
  },
  async embeddings() {
    const answer = await client.embeddings.create({ model, input: ["hello", "hi"] });
    assert.equal(answer.data[1].embedding[1], 0.25);
    assert.equal(answer.data[0].embedding[0], answer.data[1].embedding[0] + 3);
    const floats = await client.embeddings.create({ model, input: "hello", encoding_format: "float" });
    assert.deepEqual(floats.data[0].embedding, answer.data[0].embedding);
  },
  async responses() {
    const answer = await client.responses.create({ model, input: "hello" });
    assert.equal(answer.output_text, "Hello, world!");
    const final = await client.responses.stream({ model, input: "hello" }).finalResponse();
    assert.equal(final.output_text, "Hello, world!");
  },
  async errors() {
    await assert.rejects(client.chat.completions.create({ model: "none", messages: say("hello") }), OpenAI.NotFoundError);
    await assert.rejects(client.chat.completions.create({ model, messages: say("hello"), temperature: 7 }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      return error.param === "temperature";
    });
    await assert.rejects(client.chat.completions.create({ model, messages: say("overloaded") }), OpenAI.RateLimitError);
    await assert.rejects(async () => {
      for await (const _ of await client.chat.completions.create({ model, messages: say("fail"), stream: true }));
    }, /cut off/);
  },
  async cancellation() {
    const stream = await client.chat.completions.create({ model, messages: say("slow"), stream: true });
    for await (const event of stream) if (event.choices[0].delta.content) break;
    stream.controller.abort();
  },
};

for (const [name, check] of Object.entries(checks)) {
  await check();
  console.log(name);
}
