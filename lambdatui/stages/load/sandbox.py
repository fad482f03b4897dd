"""The sandbox of templates: Jinja's expressions, `if`, `for` and `set`; nothing leaves it, or grows without end.

Nothing in it reads a file, the environment or the clock. Memory is bounded by the length of each value, time by the
rounds of all loops together; what goes beyond is TooMuch.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lambdatui.errors import near_match

MOST_TEXT = 8 * 1024 * 1024
"""Characters that an event, or any value on the way to it, may have: more than Lambda takes."""
MOST_STEPS = 100_000
"""Rounds of all the loops of an event together, and numbers in a range."""
MOST_SECONDS = 2.0
"""How long one event may take."""
_MOST_BITS = 4096
_ITEM = 8

# no template can write a name with a blank in it
_STEPS, _JOINED = "steps ", "joined "

_NODES = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign, nodes.Name, nodes.Const),
    *(nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Filter, nodes.Test, nodes.Call, nodes.Keyword),
    *(nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.BinExpr),
    *(nodes.UnaryExpr, nodes.Concat),
)
_STRING_METHODS = frozenset({"upper", "lower", "title", "capitalize", "strip", "split", "startswith", "endswith"})
_MAPPING_METHODS = frozenset({"items", "keys", "values", "get"})
_TEXT_FILTERS = ("capitalize", "lower", "title", "trim", "upper", "urlencode")
_VALUE_FILTERS = (
    *("abs", "default", "d", "first", "float", "int", "last", "length", "count", "list", "max", "min"),
    *("reverse", "round", "sort", "sum", "unique"),
)


class TooMuch(Exception):
    """A template wants more than an event may have."""


class Moment:
    """A time as a template sees it: ISO 8601 as text, `.ms` and `.seconds` since the epoch, `.format("%d/%b/%Y")`."""

    def __init__(self, seconds: float) -> None:
        self.ms = int(seconds * 1000)
        self.seconds = int(seconds)

    def format(self, pattern: str) -> str:
        """As `strftime` writes it, in UTC."""
        return time.strftime(str(pattern)[:100], time.gmtime(self.seconds))

    def __str__(self) -> str:
        return f"{self.format('%Y-%m-%dT%H:%M:%S')}.{self.ms % 1000:03d}Z"


class Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self) -> None:
        # what is constant is not worked out before the limits hold
        super().__init__(optimized=False, undefined=StrictUndefined, finalize=_outcome, keep_trailing_newline=True)
        self.globals.clear()
        self.filters = {name: FILTERS[name] for name in _VALUE_FILTERS}
        self.filters |= {name: _of_text(FILTERS[name]) for name in _TEXT_FILTERS}
        self.filters |= {"join": _join, "replace": _replace, "string": _string, "tojson": _json}
        self.filters |= {"base64": _base64, "gzip": _gzip, "md5": _md5}

    def _generate(self, source: nodes.Template, *args: Any, **values: Any) -> str:
        for node in source.find_all(nodes.Node):
            if not isinstance(node, _NODES) or (isinstance(node, nodes.For) and node.recursive):
                word = type(node).__name__.lower()
                raise TemplateSyntaxError(f"'{word}' is not for events: {{{{ }}}}, if, for and set are", node.lineno)
        for loop in list(source.find_all(nodes.For)):
            loop.iter = _call(_STEPS, [loop.iter], loop.lineno)
        _each_concat(source)
        return super()._generate(source, *args, **values)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "%" and isinstance(left, str | bytes):
            raise SecurityError("text is put together with ~, not with %")
        if operator in ("*", "**", "+"):
            _refuse_growth(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str):
            return attr in _STRING_METHODS
        if isinstance(obj, Mapping):
            return attr in _MAPPING_METHODS
        return isinstance(obj, LoopContext | Moment) and not attr.startswith("_")

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, str) and attribute not in _STRING_METHODS:
            raise SecurityError(f"text has no '{attribute}'{but(attribute, sorted(_STRING_METHODS))}")
        # a column may be named as a method is
        if isinstance(obj, Mapping):
            if attribute in obj:
                return obj[attribute]
            if attribute not in _MAPPING_METHODS:
                raise UndefinedError(f"there is no '{attribute}'{but(attribute, obj)}")
        return super().getattr(obj, attribute)


def _call(name: str, arguments: list[Any], line: int) -> nodes.Call:
    return nodes.Call(nodes.Name(name, "load", lineno=line), arguments, [], None, None, lineno=line)


def _each_concat(node: nodes.Node) -> None:
    """Puts a call that watches the length in the place of each `~`."""
    for name, value in node.iter_fields():
        if isinstance(value, nodes.Node):
            _each_concat(value)
            if isinstance(value, nodes.Concat):
                setattr(node, name, _call(_JOINED, value.nodes, value.lineno))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, nodes.Node):
                    _each_concat(item)
                    if isinstance(item, nodes.Concat):
                        value[index] = _call(_JOINED, item.nodes, item.lineno)


def _refuse_growth(operator: str, left: Any, right: Any) -> None:
    numbers = [isinstance(side, int) for side in (left, right)]
    if all(numbers):
        bits = abs(left).bit_length() * max(1, right) if operator == "**" else left.bit_length() + right.bit_length()
        if bits > _MOST_BITS:
            raise TooMuch("a number has too many digits")
    elif operator == "*" and any(numbers):
        sized, times = (right, left) if numbers[0] else (left, right)
        if hasattr(sized, "__len__") and len(sized) * max(0, times) > (
            MOST_TEXT if isinstance(sized, str) else MOST_STEPS
        ):
            raise TooMuch(f"{len(sized):,} × {times:,} is more than an event may have")
    elif operator == "+" and hasattr(left, "__len__") and hasattr(right, "__len__"):
        most = MOST_TEXT if isinstance(left, str) else MOST_STEPS
        if len(left) + len(right) > most:
            raise TooMuch(f"more than {most:,} is more than an event may have")


def _text(value: Any) -> str:
    """A value as it stands in a text: JSON for what is no text, never longer than an event may be."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool | int | float | list | tuple | Mapping | range):
        return _json(value)
    return str(value)


def _outcome(value: Any) -> Any:
    return value if isinstance(value, str) else _text(value)


def _json(value: Any) -> str:
    weigh(value, [0])
    return json.dumps(plain(value))


def weigh(value: Any, so_far: list[int]) -> None:
    # an item weighs what it takes to walk over it, not only the few characters that it has in JSON
    so_far[0] += _ITEM + (len(value) if isinstance(value, str) else 0)
    if so_far[0] > MOST_TEXT:
        raise TooMuch("it is larger than an event may be")
    if isinstance(value, Mapping):
        for key, item in value.items():
            weigh(key, so_far)
            weigh(item, so_far)
    elif isinstance(value, list | tuple):
        for item in value:
            weigh(item, so_far)


def plain(value: Any) -> Any:
    """A value of a template as JSON has it."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {_text(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | range) or hasattr(value, "__next__"):
        return [plain(item) for item in value]
    return str(value)


def _string(value: Any) -> str:
    return _text(value)


def _joined(*parts: Any) -> str:
    return _join(parts)


def _join(values: Iterable[Any], separator: Any = "") -> str:
    texts, between = [], _text(separator)
    total = 0
    for value in values:
        texts.append(_text(value))
        total += len(texts[-1]) + len(between)
        if total > MOST_TEXT:
            raise TooMuch(f"it has more than {MOST_TEXT:,} characters")
    return between.join(texts)


def _replace(value: Any, old: str, new: str) -> str:
    text = _text(value)
    if len(text) + (len(text) + 1) * len(new) > MOST_TEXT:
        raise TooMuch(f"it may have more than {MOST_TEXT:,} characters")
    return text.replace(str(old), str(new))


def _base64(value: Any) -> str:
    return base64.b64encode(_text(value).encode()).decode()


def _gzip(value: Any) -> str:
    """As CloudWatch Logs packs its events: gzip, then base64."""
    return base64.b64encode(gzip.compress(_text(value).encode(), mtime=0)).decode()


def _md5(value: Any) -> str:
    """As SQS tells it of a message."""
    return hashlib.md5(_text(value).encode(), usedforsecurity=False).hexdigest()


def _of_text(filter_: Callable[..., Any]) -> Callable[..., Any]:
    def checked(value: Any, *args: Any) -> Any:
        return filter_(_text(value), *args)

    return checked


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    # len() of one too long for a C integer is an error of its own
    if numbers and abs(numbers[-1] - numbers[0]) // abs(numbers.step) >= MOST_STEPS:
        raise TooMuch(f"a range has more than {MOST_STEPS:,} numbers")
    return numbers


class _Steps:
    """Counts the rounds of all loops of one event, and looks at the time."""

    def __init__(self) -> None:
        self._left = MOST_STEPS
        self._until = time.monotonic() + MOST_SECONDS

    def __call__(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self._left -= 1
            if self._left < 0:
                raise TooMuch(f"its loops have more than {MOST_STEPS:,} rounds")
            if time.monotonic() > self._until:
                raise TooMuch(f"it takes more than {MOST_SECONDS:g} s")
            yield value


def but(word: str, known: Iterable[Any]) -> str:
    names = [str(name) for name in known]
    shown = f" (there is: {', '.join(names[:12])})" if names else ""
    return f"{shown}.{near_match(word, names)}"


def tools() -> dict[str, Any]:
    """The functions that every template may call, and those that watch over it: anew for each event."""
    return {"range": _range, _STEPS: _Steps(), _JOINED: _joined}
