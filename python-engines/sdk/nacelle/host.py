"""What an engine may tell its host between calls: how far loading is, and how it feels.

``nacelle.progress`` and ``nacelle.health`` find the host of the engine that is being called. A thread that the engine
started itself has no such context: take ``report = nacelle.health()`` in ``start``, and give it to the thread.

Without a host (in a test, in ``python -m nacelle check``) both work and go nowhere.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar, Token
from typing import Optional, Protocol

_LOG = logging.getLogger("nacelle")


class Host(Protocol):
    """One engine's way back to its host. May be kept for life and called from any thread; never blocks or raises."""

    def progress(self, fraction: float, message: str = "") -> None:
        """Loading is this far, from 0.0 to 1.0."""

    def ready(self) -> None:
        """All is well (again)."""

    def degraded(self, message: str) -> None:
        """Serves, but not as it should; shown in ``/health``."""

    def down(self, message: str) -> None:
        """Cannot serve: the worker is not ready and gets no requests until :meth:`ready`."""


class _Nobody:
    """Where there is no host: what would be shown goes to the log."""

    def progress(self, fraction: float, message: str = "") -> None:
        _LOG.debug("%3.0f%% %s", 100 * fraction, message)

    def ready(self) -> None:
        _LOG.debug("ready")

    def degraded(self, message: str) -> None:
        _LOG.warning("degraded: %s", message)

    def down(self, message: str) -> None:
        _LOG.error("down: %s", message)


_host: ContextVar[Optional[Host]] = ContextVar("nacelle_host", default=None)
_nobody: Host = _Nobody()


def progress(fraction: float, message: str = "") -> None:
    """Reports how far ``start`` is, from 0.0 to 1.0, for the command line's progress bar and ``/health``."""
    health().progress(fraction, message)


def health() -> Host:
    """The reporter of the engine that is being called; may be kept for life."""
    return _host.get() or _nobody


def bind(host: Host) -> Token[Optional[Host]]:
    """For hosts: makes ``host`` the one of all that runs in the current context, and of the tasks begun in it."""
    return _host.set(host)


def unbind(token: Token[Optional[Host]]) -> None:
    """For hosts: undoes :func:`bind`, in the same context."""
    _host.reset(token)
