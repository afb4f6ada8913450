"""Renders with the real jinja2, set up as Hugging Face's transformers sets it up for chat templates.

Each line of stdin is a JSON object {"template": str, "context": {...}}; a template of null means the one of the line before.
Each line of stdout is {"out": str} or {"error": str}. The time is always 2026-11-22 12:34:56.
"""
import datetime
import json
import sys

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_render"), [], [], body).set_lineno(line)

    def _render(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def to_json(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def main():
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    environment.filters["tojson"] = to_json
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = datetime.datetime(2026, 11, 22, 12, 34, 56).strftime
    template = failure = None
    for line in sys.stdin:
        case = json.loads(line)
        if case["template"] is not None:
            template = failure = None
            try:
                template = environment.from_string(case["template"])
            except Exception as error:
                failure = f"{type(error).__name__}: {error}"
        try:
            answer = {"error": failure} if template is None else {"out": template.render(**case["context"])}
            text = json.dumps(answer, ensure_ascii=False)
            text.encode()
        except Exception as error:
            text = json.dumps({"error": f"{type(error).__name__}: {error}"})
        print(text)


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    main()
