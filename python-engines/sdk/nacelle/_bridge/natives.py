"""Native modules under GraalPy, which has no use for those that were built for CPython and says only "no module named"."""

import _imp
import os
import sys
from typing import Any, List, Optional, Set

_SUFFIXES = (".so", ".pyd", ".dylib")


class NativeModule(ImportError):
    """What was to be imported is there, and is native code."""


class _Advice:
    """A finder that finds nothing: asked last, it looks whether there is native code of that name."""

    def find_spec(self, name: str, path: Optional[List[str]] = None, target: Any = None) -> None:
        stem = name.rpartition(".")[2] + "."
        for folder in sys.path if path is None else path:
            file = next((each for each in _files(folder) if each.startswith(stem) and each.endswith(_SUFFIXES)), None)
            if file is not None:
                raise NativeModule(
                    f"{name} is native code for CPython ({os.path.join(folder, file)}), which GraalPy cannot load; "
                    "set runtime: cpython",
                    name=name,
                )


def advise() -> None:
    sys.meta_path.append(_Advice())  # type: ignore[arg-type]
    setattr(_imp, "create_dynamic", _refuse)  # the import system looks it up there each time


def _refuse(spec: Any, file: Any = None) -> Any:
    """Instead of GraalPy's own refusal of its own native modules (unicodedata's, say).

    It finds out late that it may not: after it has stopped every thread of Python's, and a thread that waits in a queue,
    as an executor's do, never stops. The GIL is held meanwhile.
    """
    raise NativeModule(
        f"{spec.name} is native code ({spec.origin}), which GraalPy may not load here; set runtime: cpython", name=spec.name
    )


def advice(error: BaseException) -> Optional[str]:
    """Packages catch the failed import of their native part, and raise something longer instead."""
    seen: Set[int] = set()
    current: Optional[BaseException] = error
    while current is not None and id(current) not in seen:
        if isinstance(current, NativeModule):
            return str(current)
        seen.add(id(current))
        current = current.__cause__ or current.__context__
    return None


def _files(folder: str) -> List[str]:
    try:
        return os.listdir(folder or ".")
    except OSError:  # no folder: a zip archive, or nothing
        return []
