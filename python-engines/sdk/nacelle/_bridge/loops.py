"""Event loops of CPython."""

import asyncio
import importlib

from nacelle.errors import InvalidArgument


def new_loop(kind: str) -> asyncio.AbstractEventLoop:
    """:param kind: ``asyncio``, ``uvloop``, or ``auto``: uvloop where it is installed"""
    if kind != "asyncio":
        try:
            uvloop = importlib.import_module("uvloop")
        except ImportError:
            if kind == "uvloop":
                raise InvalidArgument("loop: uvloop is not installed in this Python; install it, or set loop: auto") from None
        else:
            loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
            return loop
    return asyncio.new_event_loop()
