"""Event loops of CPython."""

import asyncio


def new_loop(kind: str) -> asyncio.AbstractEventLoop:
    """:param kind: ``asyncio``, ``uvloop``, or ``auto``: uvloop where it is installed"""
    if kind != "asyncio":
        try:
            import uvloop
        except ImportError:
            if kind == "uvloop":
                raise
        else:
            loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
            return loop
    return asyncio.new_event_loop()
