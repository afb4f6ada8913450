"""Values for JSON."""

from enum import Enum
from typing import Any


def plain(value: Any) -> Any:
    """For ``json.dumps(default=…)``: enums, sets, and what knows how to be a plain value (arrays, tensors, scalars)."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    for method in ("tolist", "item", "model_dump", "_asdict"):
        convert = getattr(value, method, None)
        if callable(convert):
            return convert()
    if hasattr(value, "__dict__"):
        return vars(value)
    raise TypeError(f"a value of {type(value).__module__}.{type(value).__qualname__} cannot be sent to the host")
