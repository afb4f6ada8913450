"""Makes the golden files of the llama engine's tests with CTranslate2, an inference engine that shares no code with it.

    python -m venv VENV && VENV/bin/pip install ctranslate2==4.8.5 numpy safetensors tokenizers
    VENV/bin/python golden.py

Writes ../resources/dev/nacelle/examples/llama/golden-*.json. `austen` holds a model of examples/models; the others are
tiny models whose weights are a hash of tensor name and index, made here and in TinyModel.java alike. Each weight is a
multiple of 1/512 small enough for F32, F16 and BF16 alike, so one golden file serves all three.
"""

import json
import pathlib
import tempfile
import zlib

import ctranslate2
import numpy as np
from ctranslate2.specs import attention_spec, common_spec, transformer_spec
from safetensors.numpy import load_file
from tokenizers import Tokenizer

HERE = pathlib.Path(__file__).parent
OUT = HERE.parent / "resources/dev/nacelle/examples/llama"
AUSTEN = HERE.parents[3] / "models/austen-1.7m"

TINY = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "vocab_size": 96,
    "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 128, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
    "bos_token_id": 1, "eos_token_id": 2, "tie_word_embeddings": False,
}
VARIANTS = {
    "plain": {},
    "tied-linear": {"tie_word_embeddings": True, "rope_scaling": {"rope_type": "linear", "factor": 4.0}},
    "llama3": {"rope_scaling": {
        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64}},
    "bias-head-dim": {"attention_bias": True, "head_dim": 16, "num_key_value_heads": 1},
}
TINY_PROMPTS = [[1], [1, 5, 9, 13, 17], [1] + [(7 * i) % 93 + 3 for i in range(40)]]
TEXTS = [
    "It is a truth universally acknowledged",
    "Emma Woodhouse, handsome, clever, and rich,",
    "The family of Dashwood had long been settled in Sussex.",
    "\"My dear Mr. Bennet,\" said his lady to him one day, \"have you heard that Netherfield Park is let at last?\" "
    "Mr. Bennet replied that he had not. \"But it is,\" returned she; \"for Mrs. Long has just been here, and she told "
    "me all about it.\" Mr. Bennet made no answer.",
    "",
]


def hashed(name, shape):
    """Multiples of 1/512 in -127/512 .. 127/512; norm weights are 0.75 .. 1.25 in steps of 1/128."""
    x = np.arange(int(np.prod(shape)), dtype=np.uint32) + np.uint32(zlib.crc32(name.encode()))
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    if "norm" in name:
        values = 1 + ((x % 65).astype(np.float32) - 32) / 128
    else:
        values = ((x % 255).astype(np.float32) - 127) / 512
    return values.reshape(shape).astype(np.float32)


def tiny_weights(c):
    h, f, d = c["hidden_size"], c["intermediate_size"], c.get("head_dim", c["hidden_size"] // c["num_attention_heads"])
    q, kv = c["num_attention_heads"] * d, c["num_key_value_heads"] * d
    shapes = {"model.embed_tokens.weight": (c["vocab_size"], h), "model.norm.weight": (h,)}
    if not c["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (c["vocab_size"], h)
    for i in range(c["num_hidden_layers"]):
        at = f"model.layers.{i}."
        for name, rows, columns in (("q", q, h), ("k", kv, h), ("v", kv, h), ("o", h, q)):
            shapes[f"{at}self_attn.{name}_proj.weight"] = (rows, columns)
            if c.get("attention_bias"):
                shapes[f"{at}self_attn.{name}_proj.bias"] = (rows,)
        shapes[at + "mlp.gate_proj.weight"] = shapes[at + "mlp.up_proj.weight"] = (f, h)
        shapes[at + "mlp.down_proj.weight"] = (h, f)
        shapes[at + "input_layernorm.weight"] = shapes[at + "post_attention_layernorm.weight"] = (h,)
    return {name: hashed(name, shape) for name, shape in shapes.items()}


def reference(c, w):
    """The model as CTranslate2 holds it."""
    rope = c.get("rope_scaling")
    kinds = {"linear": attention_spec.RotaryScalingType.Linear, "llama3": attention_spec.RotaryScalingType.Llama3}
    heads, kv_heads = c["num_attention_heads"], c["num_key_value_heads"]
    spec = transformer_spec.TransformerDecoderModelSpec.from_config(
        c["num_hidden_layers"], heads, activation=common_spec.Activation.SWISH, pre_norm=True, ffn_glu=True,
        rms_norm=True, rotary_dim=0, rotary_interleave=False, rotary_base=c["rope_theta"],
        rotary_scaling_type=kinds[rope["rope_type"]] if rope else None,
        rotary_scaling_factor=rope["factor"] if rope else 1,
        original_max_position_embeddings=(rope or {}).get("original_max_position_embeddings", 0),
        num_heads_kv=None if kv_heads == heads else kv_heads, head_dim=c.get("head_dim"))
    decoder = spec.decoder
    decoder.scale_embeddings = False
    decoder.embeddings.weight = w["model.embed_tokens.weight"]
    decoder.layer_norm.gamma = w["model.norm.weight"]
    decoder.projection.weight = w.get("lm_head.weight", w["model.embed_tokens.weight"])
    for i, layer in enumerate(decoder.layer):
        at = f"model.layers.{i}."
        layer.self_attention.layer_norm.gamma = w[at + "input_layernorm.weight"]
        layer.ffn.layer_norm.gamma = w[at + "post_attention_layernorm.weight"]
        qkv = [f"{at}self_attn.{n}_proj" for n in "qkv"]
        layer.self_attention.linear[0].weight = np.concatenate([w[n + ".weight"] for n in qkv])
        layer.self_attention.linear[1].weight = w[at + "self_attn.o_proj.weight"]
        if c.get("attention_bias"):
            layer.self_attention.linear[0].bias = np.concatenate([w[n + ".bias"] for n in qkv])
            layer.self_attention.linear[1].bias = w[at + "self_attn.o_proj.bias"]
        layer.ffn.linear_0.weight = w[at + "mlp.gate_proj.weight"]
        layer.ffn.linear_0_noact.weight = w[at + "mlp.up_proj.weight"]
        layer.ffn.linear_1.weight = w[at + "mlp.down_proj.weight"]
        if rope and rope["rope_type"] == "llama3":
            # Read by the engine for this kind of scaling too, though its specification class leaves it out.
            vars(layer.self_attention)["rotary_scaling_factor"] = np.dtype("float32").type(rope["factor"])
            layer.self_attention.rotary_low_freq_factor = np.dtype("float32").type(rope["low_freq_factor"])
            layer.self_attention.rotary_high_freq_factor = np.dtype("float32").type(rope["high_freq_factor"])
    spec.register_vocabulary([f"t{i}" for i in range(c["vocab_size"])])
    spec.config.bos_token, spec.config.eos_token, spec.config.unk_token = "t1", "t2", "t0"
    spec.config.layer_norm_epsilon = c["rms_norm_eps"]
    spec.validate()
    with tempfile.TemporaryDirectory() as folder:
        spec.save(folder)
        return ctranslate2.Generator(folder, device="cpu", compute_type="float32", intra_threads=1)


def logits(model, tokens):
    return np.array(model.forward_batch([tokens], return_log_probs=False))[0][-1]


def golden(model, prompt, count, eos, step):
    """The greedy continuation with the end of text ruled out, and where it would have come first (-1: nowhere)."""
    tokens, margins, first, ends = list(prompt), [], None, []
    for i in range(count):
        last = logits(model, tokens)
        first = last.copy() if first is None else first
        if np.argmax(last) == eos:
            ends.append(i)
            last[eos] = -np.inf
        best = np.sort(last)[-2:]
        margins.append(float(best[1] - best[0]))
        tokens.append(int(np.argmax(last)))
    print(f"  {len(prompt)} prompt tokens, least margin {min(margins):.5f}, ends at {ends[:1]}")
    return {"prompt": prompt, "logits": [round(float(x), 5) for x in first[::step]],
            "greedy": tokens[len(prompt):], "endsAt": ends[0] if ends else -1}


def write(name, config, prompts, weights, count, step):
    print(name)
    model = reference(config, weights)
    cases = [golden(model, p, count, config["eos_token_id"], step) for p in prompts]
    rows = ",\n".join("    " + json.dumps(case) for case in cases)
    text = f'{{\n  "config": {json.dumps(config)},\n  "logitStep": {step},\n  "cases": [\n{rows}\n  ]\n}}\n'
    (OUT / f"golden-{name}.json").write_text(text)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for name, change in VARIANTS.items():
        config = {**TINY, **change}
        write(name, config, TINY_PROMPTS, tiny_weights(config), 24, 1)
    tokenizer = Tokenizer.from_file(str(AUSTEN / "tokenizer.json"))
    prompts = [[1] + tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
    weights = {name: x.astype(np.float32) for name, x in load_file(AUSTEN / "model.safetensors").items()}
    write("austen", json.loads((AUSTEN / "config.json").read_text()), prompts, weights, 64, 16)
