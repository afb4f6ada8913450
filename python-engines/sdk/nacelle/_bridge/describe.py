"""What an engine says of itself, read by attribute: classes differ, names are the same."""

from typing import Any, Dict, List

_NUMBERS = (
    "context_length",
    "kv_cache_block_size",
    "total_kv_blocks",
    "max_num_seqs",
    "max_num_batched_tokens",
    "data_parallel_size",
    "data_parallel_start_rank",
)
_MORE = ("bootstrap_host", "bootstrap_port", "max_gpu_lora_count", "enable_eagle")
#: Of a worker_config: what the host has a place for …
_TAKEN = ("served_model_name", "model_name", "model_input", "disaggregation_mode", "namespace", "component", "endpoint")
#: … what the bridge itself heeds, and what says nothing.
_HEEDED = ("enable_kv_routing", "metrics_labels")
_DEFAULTS: Dict[str, Any] = {"endpoint_types": "chat,completions"}


def config(said: Any) -> Dict[str, Any]:
    """An EngineConfig; fields of ``llm`` may also stand on the config itself, as older engines have them."""
    if said is None:
        raise TypeError("start returned None, expected an EngineConfig")
    llm = _get(said, "llm")
    fields: Dict[str, Any] = {
        "model": str(_get(said, "model") or ""),
        "served_model_name": _get(said, "served_model_name"),
        "aliases": [str(each) for each in (_get(said, "model_aliases") or [])],
        "runtime_data": dict(_get(said, "runtime_data") or {}),
    }
    capabilities = _get(said, "capabilities")
    if capabilities is not None:  # engines written for other hosts say nothing, which is not the same as none
        fields["capabilities"] = [str(each) for each in capabilities]
    for name in _NUMBERS + _MORE:
        value = _get(llm, name)
        if value is None:
            value = _get(said, name)
        if value is None:
            continue
        if name in _NUMBERS:
            fields[name] = int(value)
        elif value:
            fields["runtime_data"].setdefault(name, value)
    return fields


def wishes(worker_config: Any) -> Dict[str, Any]:
    """What a worker_config asks for that the host has a place for."""
    found = {}
    for name in _TAKEN:
        value = _get(worker_config, name)
        if value is not None:
            found[name] = str(getattr(value, "value", value)).lower() if name.endswith(("mode", "input")) else str(value)
    return found


def ignored(worker_config: Any) -> List[str]:
    """Names of what it sets beyond that, for one line in the log."""
    fields = getattr(worker_config, "__dict__", None) or {}
    return sorted(
        name
        for name, value in fields.items()
        if name not in _TAKEN and name not in _HEEDED and value and value != _DEFAULTS.get(name)
    )


def _get(of: Any, name: str) -> Any:
    return of.get(name) if isinstance(of, dict) else getattr(of, name, None)
