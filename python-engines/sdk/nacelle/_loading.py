"""Finds an engine's class by ``module:Class`` or ``path/to/file.py:Class``, and makes engines of it."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from types import ModuleType
from typing import Any, Dict, List, Union


class LoadError(Exception):
    """The message says what to change."""


def load(spec: str) -> Any:
    """:raises LoadError: when there is no such class"""
    module_name, colon, class_name = spec.rpartition(":")
    if not colon or not module_name or not class_name:
        raise LoadError(f"{spec!r}, expected module:Class or path/to/file.py:Class")
    module = _file(module_name) if module_name.endswith(".py") else _module(module_name)
    found: Any = module
    for name in class_name.split("."):
        found = getattr(found, name, None)
    if found is None:
        classes = sorted(
            name
            for name, value in vars(module).items()
            if isinstance(value, type) and value.__module__ == module.__name__ and hasattr(value, "generate")
        )
        there = f"its engines are: {', '.join(classes)}" if classes else "it has no class with a generate method"
        raise LoadError(f"{module_name} has no {class_name}; {there}")
    return found


def make(engine_class: Any, args: Union[List[str], Dict[str, Any]]) -> Any:
    """As a host does: a list is ``argv`` for ``from_args``; without one, and for keywords, the constructor is called.

    The result may be awaitable, and a pair of the engine and a worker config.
    """
    if isinstance(args, list) and hasattr(engine_class, "from_args"):
        return engine_class.from_args(args)
    if isinstance(args, list):
        if args:
            raise TypeError(f"{engine_class.__name__} has no from_args: arguments are keywords for its constructor")
        return engine_class()
    return engine_class(**args)


def _file(path: str) -> ModuleType:
    name = os.path.splitext(os.path.basename(path))[0]
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isfile(path):
        raise LoadError(f"no file {path}")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    there = sys.modules.get(name)
    if there is not None and os.path.abspath(getattr(there, "__file__", None) or "") != os.path.abspath(path):
        raise LoadError(f"{path} would be the module {name!r}, which is loaded already; rename the file")
    return importlib.import_module(name)


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as e:
        if e.name is not None and (name == e.name or name.startswith(e.name + ".")):
            raise LoadError(f"no module {e.name!r} on sys.path; name its folder by --path") from e
        raise
