"""CPython in a process of its own: frames over the host's Unix socket."""

import atexit
import ctypes
import faulthandler
import os
import select
import signal
import socket
import sys
from typing import List

_PR_SET_PDEATHSIG = 1
_READ_MAX = 1 << 18
_LENGTH_SIZE = 4
#: The host drains on these, and then closes; its children must not end before it does.
_HOSTS_OWN = ("SIGTERM", "SIGINT", "SIGHUP")


def main(argv: List[str]) -> None:
    """:param argv: the SDK's folder, the socket's path, the host's process id, the event loop, and the engine's folders"""
    _, path, host, kind, *folders = argv
    _die_with(int(host))
    _leave_signals_to_host()
    faulthandler.enable()  # a crash says where it was, in the host's log
    sys.argv = ["nacelle"]
    sys.path[1:1] = folders

    from nacelle._bridge.bridge import Bridge, tell_failure
    from nacelle._bridge.loops import new_loop

    channel = socket.socket(socket.AF_UNIX)
    channel.connect(path)
    writable = select.poll()
    writable.register(channel.fileno(), select.POLLOUT)

    def deliver(data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                try:
                    rest = rest[channel.send(rest) :]
                except BlockingIOError:  # uvloop makes it one that does not block
                    writable.poll()
        except OSError:
            os._exit(1)  # nobody is there any more

    try:
        loop = new_loop(kind)
    except Exception as error:
        tell_failure(deliver, error)
        sys.exit(1)
    bridge = Bridge(deliver)
    pending = bytearray()

    def readable() -> None:
        try:
            data = channel.recv(_READ_MAX, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            os._exit(1)
        pending.extend(data)
        end = _whole(pending)
        if end:
            frames = bytes(pending[:end])
            del pending[:end]
            bridge.receive(frames)

    bridge.run(loop, before=lambda: loop.add_reader(channel.fileno(), readable))
    # Threads that the engine left behind must not keep the process; what it registered for its exit still runs.
    atexit._run_exitfuncs()
    os._exit(0)


def _whole(data: bytearray) -> int:
    """How much of ``data`` is whole frames."""
    at = 0
    while len(data) - at >= _LENGTH_SIZE:
        end = at + _LENGTH_SIZE + int.from_bytes(data[at : at + _LENGTH_SIZE], "little")
        if end > len(data):
            break
        at = end
    return at


def _die_with(host: int) -> None:
    """The end of the socket tells an event loop that turns; this also ends one that does not (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != host:
            os._exit(1)  # it ended before


def _leave_signals_to_host() -> None:
    """A terminal's Ctrl-C and a service manager's stop reach each process of the group."""
    numbers = [getattr(signal, name) for name in _HOSTS_OWN]
    for number in numbers:
        # Not SIG_IGN, which programs that the engine starts would inherit.
        signal.signal(number, lambda *_: None)

    def restore() -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)

    os.register_at_fork(after_in_child=restore)
