"""Finds the engine's class and makes the engine."""

import importlib
import importlib.util
import inspect
import os
import sys
from typing import Any, List, Tuple

from nacelle.errors import InvalidArgument


def load(spec: str, path: List[str]) -> Any:
    """The class that ``module:Class`` or ``path/to/file.py:Class`` names.

    :param path: the engine's folders, on ``sys.path`` already; a file is looked for in each, then in the current folder
    """
    where, _, name = spec.rpartition(":")
    module = _from_file(where, path) if where.endswith(".py") else _from_path(where, path)
    found: Any = module
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            classes = sorted(k for k, v in vars(module).items() if inspect.isclass(v) and v.__module__ == module.__name__)
            raise InvalidArgument(
                f"class: {where} has no {name}; it has {', '.join(classes) or 'no class at all'}"
            ) from None
    return found


def _from_path(where: str, path: List[str]) -> Any:
    root = where.split(".")[0]
    known = sys.modules.get(root)
    before = getattr(known, "__file__", None) if known is not None else None
    try:
        module = importlib.import_module(where)
    except ModuleNotFoundError as error:
        if error.name is not None and (where == error.name or where.startswith(error.name + ".")):
            raise InvalidArgument(
                f"class: there is no module {where} in {', '.join(path) or 'an empty path'}, nor among what is installed; "
                "set path to the folder that it is in"
            ) from None
        raise
    if before is not None:
        _refuse_another(root, before, path)
    return module


def _refuse_another(root: str, loaded: str, path: List[str]) -> None:
    """Engines of one interpreter share ``sys.modules``: the module may be another engine's of the same name."""
    for folder in path:
        for own in (os.path.join(folder, root + ".py"), os.path.join(folder, root, "__init__.py")):
            if os.path.exists(own):
                if not os.path.samefile(own, loaded):
                    raise InvalidArgument(
                        f"class: this interpreter has a module {root} already, from {loaded}, so that {own} cannot be "
                        "loaded beside it; rename one of them, or set isolation: process"
                    )
                return


def _from_file(where: str, path: List[str]) -> Any:
    candidates = [os.path.join(folder, where) for folder in path] + [where]
    file = next((os.path.realpath(each) for each in candidates if os.path.isfile(each)), None)
    if file is None:
        raise InvalidArgument(f"class: no file {where} in {', '.join(path + [os.getcwd()])}")
    name = os.path.splitext(os.path.basename(file))[0]
    known = sys.modules.get(name)
    if known is not None:
        if getattr(known, "__file__", None) is not None and os.path.samefile(str(known.__file__), file):
            return known
        raise InvalidArgument(
            f"class: this interpreter has a module {name} already, from {getattr(known, '__file__', 'its own code')}, so "
            f"that {file} cannot be loaded beside it; rename the file, or set isolation: process"
        )
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise InvalidArgument(f"class: {file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    # Under its name before it runs: what it defines may be looked up there, by pickle and dataclasses for instance.
    sys.modules[name] = module
    folder = os.path.dirname(file)
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


async def make(cls: Any, args: Any) -> Tuple[Any, Any]:
    """The engine, and its worker_config or None.

    :param args: a list for ``from_args``, or keyword arguments for the class
    """
    if isinstance(args, dict):
        return _construct(cls, args), None
    from_args = getattr(cls, "from_args", None)
    if from_args is None:
        if args:
            raise InvalidArgument(f"args: a list, and {cls.__name__} has no from_args; give names and values")
        return _construct(cls, {}), None
    try:
        made = from_args([str(each) for each in args])
        if inspect.isawaitable(made):
            made = await made
    except SystemExit as error:  # argparse ends the process when it cannot make sense of argv
        raise InvalidArgument(
            f"args: {cls.__name__}.from_args refused {list(args)} (exit code {error.code}); what it printed is in the log"
        ) from None
    if isinstance(made, tuple):
        return made[0], made[1]
    return made, None


def _construct(cls: Any, args: Any) -> Any:
    try:
        inspect.signature(cls).bind(**args)
    except TypeError as error:
        raise InvalidArgument(f"args: {cls.__name__} does not take them: {error}") from None
    except ValueError:
        pass  # no signature to look at
    return cls(**args)
