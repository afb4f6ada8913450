"""Canary payloads: small requests with which the host asks an idle engine whether it still answers."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

#: The mark of a canary's request.
HEALTH_CHECK_KEY = "_HEALTH_CHECK"


def is_probe(request: Mapping[str, Any]) -> bool:
    """Whether a request is a canary, which needs no other worker: a decode worker answers it without a prefill."""
    return request.get(HEALTH_CHECK_KEY) is True


def build_health_check_payload(bos_token_id: int, *, extras: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
    """For ``health_check_payload``: one greedy token after ``bos_token_id``.

    :param extras: keys to add, or to put in place of the ones above
    """
    payload: Dict[str, Any] = {
        "token_ids": [bos_token_id],
        "stop_conditions": {"max_tokens": 1, "ignore_eos": True},
        "sampling_options": {"temperature": 0.0},
    }
    return _marked({**payload, **(extras or {})})


def build_text_health_check_payload(prompt: str, *, extras: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
    """The same for engines with ``model_input: text``."""
    payload: Dict[str, Any] = {
        "prompt": prompt,
        "stop_conditions": {"max_tokens": 1},
        "sampling_options": {"temperature": 0.0},
    }
    return _marked({**payload, **(extras or {})})


def build_raw_health_check_payload(payload: Mapping[str, Any]) -> Dict[str, Any]:
    """Any request as a canary's."""
    return _marked(payload)


def bos_token_id_or(tokenizer: Any, default: int = 1) -> int:
    """The ``bos_token_id`` of a Hugging Face tokenizer, or of one that wraps it as ``.tokenizer``."""
    for candidate in (tokenizer, getattr(tokenizer, "tokenizer", None)):
        token = getattr(candidate, "bos_token_id", None)
        if token is not None:
            return int(token)
    return default


def _marked(payload: Mapping[str, Any]) -> Dict[str, Any]:
    return {**payload, HEALTH_CHECK_KEY: True}
