"""``python -m nacelle check module:Class``: the conformance rules, under plain Python without any host."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Union

if TYPE_CHECKING:
    from nacelle.conformance import Report

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


def main(argv: Optional[Sequence[str]] = None) -> int:
    """:returns: 0 when all is well, 1 when a rule was broken, 2 when there was nothing to check, 130 after Ctrl-C"""
    shadow = _shadow()
    if shadow is not None:
        print(f"nacelle: {shadow}", file=sys.stderr)
        return EXIT_USAGE
    # "-- argv" is cut off first: argparse would take the engine's options for its own.
    given = list(sys.argv[1:] if argv is None else argv)
    at = given.index("--") if "--" in given else len(given)
    options = _parser().parse_args(given[:at])
    return _check(options, given[at + 1 :])


def _shadow() -> Optional[str]:
    """What is wrong when this file runs beside the package of another distribution of the same name."""
    import nacelle

    if getattr(nacelle, "DISTRIBUTION", None) == "nacelle-engine":
        return None
    where = getattr(nacelle, "__file__", None) or "an unknown place"
    return (
        f"'import nacelle' finds another package, {where}: the distribution 'nacelle' is an old web framework.\n"
        "Engines need 'nacelle-engine': pip uninstall nacelle, then pip install --force-reinstall nacelle-engine"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nacelle", description="Nacelle's SDK for engines in Python")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="check an engine against the engine contract",
        usage="python -m nacelle check [options] module:Class [-- argument ...]",
        description="Checks an engine against the engine contract, and prints a table. "
        "Exit code 1 when a rule was broken. What follows -- goes to from_args.",
    )
    check.add_argument("engine", metavar="module:Class", help="or path/to/file.py:Class")
    check.add_argument("--path", action="append", default=[], metavar="FOLDER", help="added to sys.path; may be repeated")
    check.add_argument("--args", type=_json_object, metavar="JSON", help="keyword arguments, as an object")
    check.add_argument("--only", action="append", default=[], metavar="RULE", help="this rule only; may be repeated")
    check.add_argument("--tokens", type=_tokens, metavar="ID,ID,…", help="the prompt, where bytes are no tokens")
    check.add_argument("--text", metavar="WORDS", help="the prompt for engines that take text")
    check.add_argument("--start-limit", type=float, default=300, metavar="SECONDS", help="for start (300)")
    check.add_argument("--answer-limit", type=float, default=30, metavar="SECONDS", help="for a few tokens (30)")
    return parser


def _check(options: argparse.Namespace, argv: List[str]) -> int:
    from nacelle._bridge import loading
    from nacelle.conformance import Limits, check
    from nacelle.errors import InvalidArgument

    if options.args is not None and argv:
        print("nacelle: --args and -- are two ways to say the same; use one", file=sys.stderr)
        return EXIT_USAGE
    args: Union[List[str], Dict[str, Any]] = argv if options.args is None else options.args
    # The folder that python -m puts first stays; what is asked for comes before it.
    path = [os.path.abspath(folder) for folder in options.path]
    sys.path[:0] = path
    prompt: Dict[str, Any] = {}
    if options.tokens:
        prompt["token_ids"] = options.tokens
    if options.text:
        prompt["text"] = options.text
    try:
        limits = Limits(start=options.start_limit, answer=options.answer_limit)
        engine_class = loading.load(options.engine, path)
        report = check(
            lambda: loading.make(engine_class, args),
            only=options.only,
            limits=limits,
            on_stuck=_give_up,
            **prompt,
        )
    except (InvalidArgument, ValueError) as e:
        print(f"nacelle: {e}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception:  # the engine's module failed, in a way of its own
        traceback.print_exc()
        print(f"nacelle: {options.engine} cannot be loaded: see above", file=sys.stderr)
        return EXIT_USAGE
    _print(report)
    return 0 if report.passed else EXIT_FAILED


def _give_up(report: Report) -> None:
    """Called from the watchdog's thread: nothing but the end of the process ends the engine."""
    _print(report)
    os._exit(EXIT_FAILED)


def _print(report: Report) -> None:
    print(report.table(shutil.get_terminal_size((120, 24)).columns), end="", flush=True)


def _json_object(text: str) -> Dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError(f"{text}, expected an object: '{{\"rate\": 50}}'")
    return value


def _tokens(text: str) -> List[int]:
    return [int(token) for token in text.split(",")]


def _exit(code: int) -> None:
    """Ends the process, also where an engine left a thread behind that would keep it alive."""
    sys.stdout.flush()
    sys.stderr.flush()
    if any(thread is not threading.main_thread() and not thread.daemon for thread in threading.enumerate()):
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    _exit(main())
