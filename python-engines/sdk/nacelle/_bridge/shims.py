"""What engine code must not do to a process that is a JVM, embedded: made harmless.

The JVM has handlers of its own for these signals: one that engine code put in their place would steal the host's shutdown,
or turn the JVM's implicit null checks into crashes, as ``faulthandler`` does.
"""

import faulthandler
import logging
import os
import signal
from typing import Any, Dict

_LOG = logging.getLogger("nacelle")
_HOSTS_OWN = frozenset(
    getattr(signal, name)
    for name in ("SIGHUP", "SIGINT", "SIGTERM", "SIGQUIT", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGPIPE", "SIGXFSZ", "SIGUSR2")
    if hasattr(signal, name)
)
#: What a program that the engine forks must be able to die of.
_ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
_recorded: Dict[int, Any] = {}
_installed = False


def install() -> None:
    """Once for the interpreter."""
    global _installed
    if _installed:
        return
    _installed = True
    real_signal, real_getsignal, real_siginterrupt = signal.signal, signal.getsignal, signal.siginterrupt

    def shimmed_signal(signalnum: Any, handler: Any) -> Any:
        if signalnum not in _HOSTS_OWN:
            return real_signal(signalnum, handler)
        _LOG.info("signal %s belongs to the host: the engine's handler is noted and never called", _name(signalnum))
        before = _recorded.get(int(signalnum), signal.SIG_DFL)
        _recorded[int(signalnum)] = handler
        return before

    def shimmed_getsignal(signalnum: Any) -> Any:
        if signalnum not in _HOSTS_OWN:
            return real_getsignal(signalnum)
        return _recorded.get(int(signalnum), signal.SIG_DFL)

    def shimmed_siginterrupt(signalnum: Any, flag: Any) -> None:
        if signalnum not in _HOSTS_OWN:
            real_siginterrupt(signalnum, flag)

    def no_faulthandler(*_: Any, **__: Any) -> None:
        _LOG.info("faulthandler stays off: the host's own crash handling would end in it; set isolation: process to use it")

    def restore() -> None:
        for number in _ENDING:
            real_signal(number, signal.SIG_DFL)

    signal.signal = shimmed_signal
    signal.getsignal = shimmed_getsignal
    signal.siginterrupt = shimmed_siginterrupt
    faulthandler.enable = no_faulthandler
    if hasattr(faulthandler, "register"):
        faulthandler.register = no_faulthandler
    os.register_at_fork(after_in_child=restore)


def _name(signalnum: Any) -> str:
    try:
        return signal.Signals(signalnum).name
    except ValueError:
        return str(signalnum)
