"""Spans and trace headers of a request. While the host traces nothing, all of it silently does nothing.

::

    with telemetry.start_span(context, "kv_load") as span:
        span.set_attribute("blocks", 8)
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

from nacelle.request import Context, Span


class NoSpan:
    """A span that goes nowhere."""

    def set_attribute(self, key: str, value: Any) -> None:
        pass

    def add_event(self, name: str, attrs: Optional[Mapping[str, Any]] = None) -> None:
        pass

    def set_status(self, status: str, description: Optional[str] = None) -> None:
        pass

    def close(self) -> None:
        pass

    def __enter__(self) -> Span:
        return self

    def __exit__(self, *_: object) -> None:
        pass


#: It has no state: one is enough.
NO_SPAN: Span = NoSpan()


def current_span(context: Context) -> Span:
    """The span around the whole request."""
    return context.current_span()


def start_span(context: Context, name: str, **attrs: Any) -> Span:
    """A span within it; leave it by ``with`` or ``close()``."""
    return context.start_span(name, attrs or None)


def trace_headers(context: Context) -> Optional[Dict[str, str]]:
    """W3C trace headers and ``x-request-id`` to pass on; None while there is no trace."""
    return context.trace_headers()


def engine_trace_kwargs(
    context: Context, *, kwarg_name: str = "trace_headers", enabled: bool = True
) -> Dict[str, Dict[str, str]]:
    """The headers as keyword arguments for an inference library: ``library.generate(…, **engine_trace_kwargs(context))``.

    Empty when there is no trace, or where ``enabled`` is false (a library that takes no such argument, say).
    """
    headers = context.trace_headers() if enabled else None
    return {} if headers is None else {kwarg_name: headers}
