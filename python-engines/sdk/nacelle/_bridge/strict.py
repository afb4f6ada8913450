"""What the strict sandbox refuses is refused by GraalPy's own Java code, whose exceptions no ``except`` catches.

So that code which tries and falls back goes on, the doors that engines and libraries knock at say so in Python.
"""

import _thread
import errno
import os
import socket
import sys
import threading
from typing import Any, Callable

_ADVICE = "the strict sandbox does not allow it; set sandbox: trusted, or runtime: cpython"


def refuse_in_python() -> None:
    no_thread = _refusal("a thread")
    _thread.start_new_thread = no_thread
    threading._start_new_thread = no_thread  # type: ignore[attr-defined]
    socket.socket.__init__ = _refusal("a socket")  # type: ignore[method-assign]
    for module in (os, sys.modules.get("posix")):
        for name in ("system", "chdir"):
            setattr(module, name, _refusal("os.%s" % name))


def _refusal(what: str) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise PermissionError(errno.EPERM, f"{what}: {_ADVICE}")

    return refuse
