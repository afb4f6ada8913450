"""Python's logging, stdout and stderr go to the host's log.

All of an interpreter shares these, so they are replaced once; a line goes to the host of the engine that is running, or
to the youngest where that cannot be told (a thread that the engine started itself).
"""

import io
import logging
import struct
import sys
from typing import Any, List, Optional, TextIO

from nacelle import host as nacelle_host
from nacelle._bridge import frames

_LINE = struct.Struct("<iH")
_NAME_MAX = 200
_bridges: List[Any] = []
_installed = False


def install(bridge: Any) -> None:
    global _installed
    _bridges.append(bridge)
    if _installed:
        return
    _installed = True
    sys.stdout = _Lines("stdout", logging.INFO)
    sys.stderr = _Lines("stderr", logging.WARNING)
    root = logging.getLogger()
    root.addHandler(_ToHost())
    if root.level in (logging.NOTSET, logging.WARNING):  # as it is by default
        root.setLevel(logging.INFO)


def uninstall(bridge: Any) -> None:
    if bridge in _bridges:
        _bridges.remove(bridge)


def send(level: int, name: str, text: str) -> None:
    bridge = _current()
    if bridge is None:
        return
    logger = name.encode("utf-8", "replace")[:_NAME_MAX]
    payload = _LINE.pack(level, len(logger)) + logger + text.encode("utf-8", "replace")
    bridge.outbox.send(frames.frame(frames.LOG, 0, payload))


def _current() -> Optional[Any]:
    bound = nacelle_host.health()
    if bound in _bridges:
        return bound
    return _bridges[-1] if _bridges else None


class _ToHost(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            send(record.levelno, record.name, self.format(record))
        except Exception:
            self.handleError(record)


class _Lines(io.TextIOBase):
    """Text that is printed, line by line."""

    def __init__(self, name: str, level: int) -> None:
        super().__init__()
        self._name = name
        self._level = level
        self._rest = ""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return "replace"

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        original: Optional[TextIO] = getattr(sys, "__%s__" % self._name)
        if original is None:
            raise io.UnsupportedOperation("fileno")
        return original.fileno()

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            if line.strip():
                send(self._level, self._name, line.rstrip("\r"))
        return len(text)
