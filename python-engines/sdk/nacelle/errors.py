"""What an engine raises when it cannot answer.

The host recognises these by class name, along the method resolution order, from whichever module they come. Each maps
to an HTTP status, an OpenAI error body and a metric label. Any other exception (``ValueError`` and ``TypeError`` too) is
``Unknown``: a defect of the engine, with its traceback in the host's log. ``SystemExit`` and ``KeyboardInterrupt`` count as
``EngineShutdown``.

Messages are for the caller: say what can be done.
"""

from __future__ import annotations

from typing import Optional


class EngineError(Exception):
    """The base of them all; raise one of its subclasses."""

    @property
    def message(self) -> str:
        return str(self)


class InvalidArgument(EngineError):
    """The request itself is at fault (400)."""


class RouterQueueLimitExceeded(EngineError):
    """No capacity now (429 with ``Retry-After``). The name that Dynamo's engines use; see :class:`Overloaded`."""


class Overloaded(RouterQueueLimitExceeded):
    """No capacity now (429 with ``Retry-After``).

    :param retry_after: seconds after which it may be worth trying again; the host's default without it
    """

    def __init__(self, message: str, retry_after: Optional[float] = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class EngineShutdown(EngineError):
    """The engine is going away (503 with ``Retry-After``); the request may be moved to another worker."""


class WorkerUnavailable(EngineError):
    """The engine cannot serve at the moment (503 with ``Retry-After``)."""


class CannotConnect(EngineError):
    """Something that the engine needs cannot be reached (503)."""


class ConnectionTimeout(EngineError):
    """Something that the engine needs did not answer in time (504)."""


class Disconnected(EngineError):
    """A connection that the answer came over broke (502)."""


class StreamIncomplete(EngineError):
    """The answer ended before its end (502)."""


class Cancelled(EngineError):
    """The request was cancelled. A chunk with ``finish_reason: "cancelled"`` says the same."""


class Unknown(EngineError):
    """A defect (500); what any exception that is not in this module becomes."""


class HttpError(EngineError):
    """Nothing else fits: this status, with this message.

    :param code: 400 to 599
    """

    def __init__(self, code: int, message: str) -> None:
        if not 400 <= code <= 599:
            raise ValueError(f"code {code}, expected 400 to 599")
        super().__init__(message)
        self.code = code

    @property
    def message(self) -> str:
        return str(self.args[0])
