"""Templates of events: a text that gives JSON, or JSON with expressions in its strings.

A string that is one expression and nothing else takes on its value's type: `"{{ n }}"` is a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError

from lambdatui.errors import BadInput
from lambdatui.stages.load.sandbox import MOST_TEXT, Sandbox, TooMuch, but, plain, tools, weigh

_EXPRESSION = re.compile(r"^\{\{-?(.*?)-?\}\}$", re.DOTALL)

Part = Callable[[dict[str, Any]], Any]


class Template:
    """A template that was read: `render` makes a value of it. Raises BadInput where it is none, with `place:LINE`."""

    def __init__(self, source: Any, place: str, line: Callable[[tuple[str | int, ...]], int] | None = None) -> None:
        """`source` is a text that gives JSON, or a JSON value whose strings are templates.

        `place` is what a message calls it, such as a file; `line` tells on which line of it a field of a value stands.
        """
        self._place = place
        self._environment = Sandbox()
        self.varies = False
        """Whether there is anything in it that is not the same for each event."""
        self._whole_text = isinstance(source, str)
        self._line = line or (lambda _: 1)
        try:
            self._part = self._text_part(source, (), whole=True) if self._whole_text else self._value_part(source, ())
        except RecursionError:
            raise BadInput(f"{place}: is nested too deeply.") from None

    def render(self, variables: Mapping[str, Any]) -> Any:
        """The value for these variables: text for a text, else a JSON value. Raises BadInput."""
        try:
            return self._part({**variables, **tools()})
        except RecursionError:
            raise BadInput(f"{self._place}: is nested too deeply.") from None

    def _value_part(self, value: Any, path: tuple[str | int, ...]) -> Part:
        if isinstance(value, str):
            return self._text_part(value, path)
        if isinstance(value, Mapping):
            pairs = [
                (self._text_part(str(key), path), self._value_part(item, (*path, str(key))))
                for key, item in value.items()
            ]
            return lambda context: {str(key(context)): item(context) for key, item in pairs}
        if isinstance(value, list):
            items = [self._value_part(item, (*path, index)) for index, item in enumerate(value)]
            return lambda context: [item(context) for item in items]
        return lambda context: value

    def _text_part(self, text: str, path: tuple[str | int, ...], *, whole: bool = False) -> Part:
        if "{{" not in text and "{%" not in text and "{#" not in text:
            return lambda context: text
        self.varies = True
        alone = None if whole else _EXPRESSION.match(text.strip())
        try:
            if alone and "{{" not in alone[1]:
                expression = self._environment.compile_expression(alone[1], undefined_to_none=False)
                return self._guarded(lambda context: _value(expression(context)), path)
            template = self._environment.from_string(text)
        except (TemplateError, RecursionError, MemoryError, ValueError, OverflowError) as error:
            raise BadInput(self._words(error, path)) from None

        def rendered(context: dict[str, Any]) -> str:
            chunks, total = [], 0
            for chunk in template.generate(context):
                chunks.append(chunk)
                total += len(chunk)
                if total > MOST_TEXT:
                    raise TooMuch(f"it has more than {MOST_TEXT:,} characters")
            return "".join(chunks)

        return self._guarded(rendered, path)

    def _guarded(self, part: Part, path: tuple[str | int, ...]) -> Part:
        def guarded(context: dict[str, Any]) -> Any:
            try:
                return part(context)
            except BadInput:
                raise
            except Exception as error:  # noqa: BLE001 - a template may raise whatever its operators raise
                raise BadInput(self._words(error, path, context)) from None

        return guarded

    def _words(self, error: Exception, path: tuple[str | int, ...], context: Mapping[str, Any] | None = None) -> str:
        line = self._line(path) if not self._whole_text else 1
        if isinstance(error, TemplateSyntaxError):
            line += error.lineno - 1
        elif self._whole_text:
            line = _line_of(error) or line
        message = str(error).rstrip(".") or type(error).__name__
        found = re.match(r"'(\w+)' is undefined$", message)
        if found and found[1] == "row":
            message = "'row' is used, and no rows were given"
        elif found:
            known = [name for name in context or () if " " not in name]
            return f"{self._place}:{line}: there is no '{found[1]}'{but(found[1], known)}"
        return f"{self._place}:{line}: {message if message.endswith('?') else message + '.'}"


def _line_of(error: Exception) -> int:
    """The line of a template in which an error came up; jinja rewrites tracebacks to tell it."""
    line, traceback = 0, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def _value(value: Any) -> Any:
    if isinstance(value, StrictUndefined):
        str(value)
    weigh(value, [0])
    return plain(value)
