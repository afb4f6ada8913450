"""CPython inside the JVM: frames by calls into Java, and a pipe that wakes the event loop."""

import os
import sys
from typing import Callable, List

from nacelle._bridge import shims
from nacelle._bridge.bridge import Bridge, tell_failure
from nacelle._bridge.loops import new_loop

_WAKES_MAX = 4096


def run(
    deliver: Callable[[bytes], object], poll: Callable[[], bytes], wake: int, kind: str, path: List[str]
) -> None:
    """Runs one engine's event loop on the current thread until the host closes it.

    :param deliver: Java's; takes frames
    :param poll: Java's; gives the frames that wait, none when there are none
    :param wake: a pipe's end that can be read when frames wait
    """
    shims.install()
    sys.argv = ["nacelle"]
    for folder in reversed(path):
        if folder not in sys.path:
            sys.path.insert(1, folder)  # behind the SDK's own
    try:
        loop = new_loop(kind)
    except Exception as error:
        tell_failure(deliver, error)
        return
    bridge = Bridge(deliver)

    def woken() -> None:
        try:
            os.read(wake, _WAKES_MAX)
        except BlockingIOError:
            pass
        data = poll()
        if data:
            bridge.receive(data)

    os.set_blocking(wake, False)
    bridge.run(loop, before=lambda: loop.add_reader(wake, woken))
