"""Expressions: `${{ … }}` within the values of a pipeline, such as `${{ stages.deploy.outputs.version }}`.

A value that is one expression and nothing else keeps the expression's type; within text, what it gives is put into the
text. What is not there is an error that names it. A literal `${{` is written `${{ '${{' }}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from lambdatui.errors import near_match

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.environment import TemplateExpression

    from lambdatui.pipeline.sandbox import Sandbox

LONGEST = 4000
"""How many characters one expression may have."""
_OPEN, _CLOSE = "${{", "}}"
_PAIRS = {"(": ")", "[": "]", "{": "}"}

Path = tuple[str | int, ...]


class ExpressionError(ValueError):
    """What is wrong with an expression, in one sentence; `path` leads to it from the value that was looked at."""

    def __init__(self, words: str, path: Path = ()) -> None:
        super().__init__(words)
        self.words = words
        self.path = path


@dataclass(frozen=True, slots=True)
class Expression:
    """What stands between `${{` and `}}`."""

    source: str

    def __str__(self) -> str:
        return f"{_OPEN} {self.source} {_CLOSE}"


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that an expression reads, by its names from the outermost on: `("stages", "deploy", "outputs")`."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.names)


def holds(value: Any) -> bool:
    """Whether an expression stands somewhere in a value."""
    if isinstance(value, str):
        return _OPEN in value
    if isinstance(value, Mapping):
        return any(holds(item) for item in value.values())
    return isinstance(value, list) and any(holds(item) for item in value)


def within(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """The texts in a value that hold expressions, each with its path."""
    if isinstance(value, str):
        if _OPEN in value:
            yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from within(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from within(item, (*path, index))


@lru_cache(maxsize=4096)
def parts(text: str) -> tuple[str | Expression, ...]:
    """A text taken apart, in its order. Raises ExpressionError where an expression does not end, or is too long."""
    found: list[str | Expression] = []
    at = 0
    while (begin := text.find(_OPEN, at)) >= 0:
        if begin > at:
            found.append(text[at:begin])
        end = _end(text, begin + len(_OPEN))
        source = text[begin + len(_OPEN) : end].strip()
        if not source:
            raise ExpressionError("an expression was expected between ${{ and }}.")
        if len(source) > LONGEST:
            raise ExpressionError(f"an expression has {len(source):,} characters, and may have {LONGEST:,}.")
        found.append(Expression(source))
        at = end + len(_CLOSE)
    if at < len(text):
        found.append(text[at:])
    return tuple(found)


def _end(text: str, at: int) -> int:
    """Where an expression ends: at the first `}}` that is neither in quotes nor within brackets."""
    brackets: list[str] = []
    quote = ""
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif not brackets and text.startswith(_CLOSE, at):
            return at
        elif char in "'\"":
            quote = char
        elif char in _PAIRS:
            brackets.append(_PAIRS[char])
        elif brackets and char == brackets[-1]:
            brackets.pop()
        at += 1
    raise ExpressionError("an expression that begins with ${{ does not end: }} was expected.")


def check(text: str) -> None:
    """Raises ExpressionError where an expression in a text is none."""
    for part in parts(text):
        if isinstance(part, Expression):
            _compiled(part.source)


def resolved(value: Any, names: Mapping[str, Any], path: Path = ()) -> Any:
    """A copy of a value with its expressions replaced by what they give. `names` are what they may read.

    Raises ExpressionError, with the path of the value that holds the expression.
    """
    if isinstance(value, str):
        return _resolved_text(value, names, path) if _OPEN in value else value
    if isinstance(value, Mapping):
        return {key: resolved(item, names, (*path, str(key))) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item, names, (*path, index)) for index, item in enumerate(value)]
    return value


def _resolved_text(text: str, names: Mapping[str, Any], path: Path) -> Any:
    try:
        found = parts(text)
        if len(found) == 1 and isinstance(found[0], Expression):
            return _given(found[0], names)
        return "".join(part if isinstance(part, str) else _as_text(_given(part, names)) for part in found)
    except ExpressionError as error:
        raise ExpressionError(error.words, path) from None


def _given(expression: Expression, names: Mapping[str, Any]) -> Any:
    from jinja2.exceptions import SecurityError, UndefinedError
    from jinja2.runtime import Undefined

    from lambdatui.pipeline.sandbox import Refusal, bounded

    compiled = _compiled(expression.source)
    try:
        value = compiled(**names)
        if isinstance(value, Undefined):
            value._fail_with_undefined_error()
        return bounded(_plain(value))
    except Refusal as error:
        raise ExpressionError(str(error)) from None
    except UndefinedError as error:
        words = str(error.message or error)
    except SecurityError as error:
        words = str(error.message or error)
    except RecursionError:
        words = "it is nested too deeply."
    except Exception as error:  # noqa: BLE001 - an operator on the wrong kinds of values, a method that refuses one
        words = str(error) or type(error).__name__
    if words[1:2].islower():
        words = f"{words[:1].lower()}{words[1:]}"
    raise ExpressionError(f"{expression}: {_ended(words)}")


def _plain(value: Any) -> Any:
    """A value as JSON has it: what filters give one by one becomes a list."""
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    if isinstance(value, Mapping):
        return dict(value)
    try:
        return list(value)
    except TypeError:
        raise ExpressionError("it gives no value.") from None


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        from lambdatui.pipeline.filters import to_json

        return to_json(value)
    return str(value)


@cache
def _sandbox() -> Sandbox:
    from lambdatui.pipeline.sandbox import Sandbox

    return Sandbox()


@lru_cache(maxsize=4096)
def _compiled(source: str) -> TemplateExpression:
    from jinja2.exceptions import TemplateError

    sandbox = _sandbox()
    try:
        return sandbox.compile_expression(source, undefined_to_none=False)
    except TemplateError as error:
        words = str(error.message or error).rstrip(".")
        for kind, known in (("filter", sandbox.filters), ("test", sandbox.tests)):
            if words.startswith(f"No {kind} named "):
                name = words.split("'")[1]
                words = f"there is no {kind} '{name}'.{near_match(name, known)}"
        raise ExpressionError(f"{Expression(source)}: {_ended(words)}") from None
    except (RecursionError, MemoryError, SyntaxError, ValueError, OverflowError):
        raise ExpressionError(f"{source[:60]}…: it is no expression, or nested too deeply.") from None


def _ended(words: str) -> str:
    return words if words.endswith((".", "?")) else f"{words}."


def references(text: str) -> tuple[Reference, ...]:
    """What the expressions in a text read. Raises ExpressionError where one of them is none."""
    return tuple(
        dict.fromkeys(
            reference for part in parts(text) if isinstance(part, Expression) for reference in _read(part.source)
        )
    )


@lru_cache(maxsize=4096)
def _read(source: str) -> tuple[Reference, ...]:

    _compiled(source)
    tree = _sandbox().parse("{{ " + source + " }}")
    found: list[Reference] = []
    left: list[nodes.Node] = [tree]
    while left:
        node = left.pop(0)
        names, inside = _chain(node)
        if names:
            found.append(Reference(tuple(names)))
        left[:0] = inside
    return tuple(found)


def _chain(node: nodes.Node) -> tuple[list[str], list[nodes.Node]]:
    """The names that a node reads as one chain, empty where it is none, and what else is in it."""
    from jinja2 import nodes

    from lambdatui.pipeline.sandbox import FUNCTIONS

    names: list[str] = []
    inside: list[nodes.Node] = []
    current = node
    while isinstance(current, nodes.Getattr | nodes.Getitem):
        if isinstance(current, nodes.Getattr):
            names.insert(0, current.attr)
        elif isinstance(current.arg, nodes.Const) and isinstance(current.arg.value, str):
            names.insert(0, current.arg.value)
        else:
            # which one it is will be known when it runs
            names.clear()
            inside.append(current.arg)
        current = current.node
    if isinstance(current, nodes.Name):
        return ([current.name, *names] if current.name not in FUNCTIONS else []), inside
    if current is node:
        return [], list(node.iter_child_nodes())
    return [], [current, *inside]
