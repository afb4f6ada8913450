"""What an exception is to the host."""

import linecache
import os
import traceback
from types import TracebackType
from typing import Any, Dict, Optional

from nacelle._bridge import natives

_KNOWN = frozenset(
    (
        "InvalidArgument",
        "CannotConnect",
        "Disconnected",
        "ConnectionTimeout",
        "Cancelled",
        "EngineShutdown",
        "StreamIncomplete",
        "WorkerUnavailable",
        "Overloaded",
        "RouterQueueLimitExceeded",
        "Unknown",
        "HttpError",
    )
)
_HERE = os.path.dirname(__file__)


def describe(error: BaseException) -> Dict[str, Any]:
    """Its type by class name, along the method resolution order; the message; the traceback from engine code on."""
    kind = next((cls.__name__ for cls in type(error).__mro__ if cls.__name__ in _KNOWN), "")
    if isinstance(error, (SystemExit, KeyboardInterrupt)):
        kind = "EngineShutdown"
    fields: Dict[str, Any] = {
        "type": kind or "Unknown",
        "message": _message(error, kind),
        "traceback": _traceback(error),
    }
    if kind == "HttpError":
        code = getattr(error, "code", None)
        fields["code"] = code if isinstance(code, int) else 500
    retry_after = getattr(error, "retry_after", None)
    if isinstance(retry_after, (int, float)):
        fields["retry_after"] = retry_after
    return fields


def _message(error: BaseException, kind: str) -> str:
    if isinstance(error, (SystemExit, KeyboardInterrupt)):
        return "the engine asked for the end of the process: " + last_line(error)
    if not kind:
        return natives.advice(error) or last_line(error)
    try:
        return str(getattr(error, "message", None) or error) or type(error).__name__
    except Exception:  # a __str__ of the engine's that fails
        return type(error).__name__


def last_line(error: BaseException) -> str:
    try:
        return traceback.format_exception_only(type(error), error)[-1].strip()
    except Exception:
        return type(error).__name__


def _traceback(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and _is_ours(trace) and trace.tb_next is not None:
        trace = trace.tb_next
    try:
        return "".join(traceback.format_exception(type(error), error, trace)).rstrip()
    except Exception:  # of the marks below the source: GraalPy has no unicodedata for lines beyond ASCII
        return _without_marks(error, trace)


def _without_marks(error: BaseException, trace: Optional[TracebackType]) -> str:
    lines = ["Traceback (most recent call last):"]
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}')
        source = linecache.getline(code.co_filename, trace.tb_lineno).strip()
        if source:
            lines.append("    " + source)
        trace = trace.tb_next
    return "\n".join([*lines, last_line(error)])


def _is_ours(trace: Optional[TracebackType]) -> bool:
    return trace is not None and os.path.dirname(trace.tb_frame.f_code.co_filename) == _HERE
