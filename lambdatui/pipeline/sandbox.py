"""The sandbox that expressions are evaluated in: jinja2's, with only what is harmless, and nothing without a bound.

An expression is one that somebody else may have written. It sees the values that it is given and no attribute but
theirs; it cannot take long, nor make large values out of small ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.nativetypes import NativeEnvironment
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lambdatui.errors import near_match
from lambdatui.pipeline import filters

LONGEST_TEXT = 250_000
"""How many characters, or items, a value may have that an expression makes."""
LONGEST_RANGE = 1000
LARGEST_BITS = 4096
"""How many bits a number may have that an expression makes."""

_METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset(
        [
            "capitalize",
            "casefold",
            "count",
            "endswith",
            "find",
            "index",
            "isalnum",
            "isalpha",
            "isdigit",
            "islower",
            "isupper",
            "lower",
            "lstrip",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rfind",
            "rindex",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "swapcase",
            "title",
            "upper",
        ]
    ),
    dict: frozenset(["get", "items", "keys", "values"]),
    list: frozenset(["count", "index"]),
    tuple: frozenset(["count", "index"]),
}
"""The methods that an expression may call. Those that pad or format are not among them: they have filters."""
_TESTS = (
    "boolean defined divisibleby eq equalto even false float ge gt in integer iterable le lower lt mapping ne none "
    "number odd sequence string true undefined upper == != < <= > >= greaterthan lessthan"
)


class Refusal(Exception):
    """What `fail('…')` says: an expression that is not to be used, in the words of whoever wrote it."""


class UnknownName(StrictUndefined):
    """What is not there: to use it is an error that names it, and what is like it."""

    def _fail(self) -> str:
        name = self._undefined_name
        if self._undefined_hint:
            return str(self._undefined_hint)
        known = known_in(self._undefined_obj)
        return f"there is no {name!r} here.{near_match(str(name), known)}{_listed(known)}"

    @property
    def _undefined_message(self) -> str:
        return self._fail()


def known_in(thing: object) -> list[str]:
    """The names that a mapping has."""
    return [str(key) for key in thing] if isinstance(thing, Mapping) else []


def _listed(known: Sequence[str]) -> str:
    return f" There are: {', '.join(known)}." if 0 < len(known) <= 12 else ""


class Sandbox(ImmutableSandboxedEnvironment, NativeEnvironment):
    """jinja2's sandbox for single expressions."""

    intercepted_binops = frozenset(["*", "**", "+", "%"])

    def __init__(self) -> None:
        super().__init__(undefined=UnknownName, autoescape=False)
        self.globals.clear()
        self.globals |= FUNCTIONS
        self.filters = filters.taken(self.filters)
        self.tests = {name: self.tests[name] for name in _TESTS.split() if name in self.tests} | dict(filters.TESTS)

    def getattr(self, obj: Any, attribute: str) -> Any:
        # an output that is called `items` is not the method of a mapping
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Mapping | Sequence):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                return self.undefined(obj=obj, name=argument)
        return super().getitem(obj, argument)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        known = next((names for kind, names in _METHODS.items() if isinstance(obj, kind)), frozenset[str]())
        return attr in known and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        # jinja2 would let `format` through, within its own sandbox, and its widths make a text of any length
        return None

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        return self.undefined(obj=obj, name=attribute)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        text = getattr(obj, "__self__", None)
        if isinstance(text, str) and obj.__name__ == "replace":
            # the method would make a text of any length before that could be seen
            return filters.replace(text, *args)
        return bounded(super().call(context, obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" and not _small_power(left, right):
            raise SecurityError("this power is too large.")
        if operator == "*" and not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError("* is for numbers.")
        if operator == "%" and isinstance(left, str):
            # its widths would make a text of any length
            raise SecurityError("% is for numbers; texts are joined by ~.")
        return bounded(super().call_binop(context, operator, left, right))


def bounded(value: Any) -> Any:
    """The value. Raises SecurityError where it is larger than an expression may make one."""
    if isinstance(value, str | bytes | list | tuple | dict) and len(value) > LONGEST_TEXT:
        raise SecurityError(f"this makes more than {LONGEST_TEXT:,} of it.")
    if isinstance(value, int) and value.bit_length() > LARGEST_BITS:
        raise SecurityError("this number is too large.")
    return value


def _small_power(base: Any, exponent: Any) -> bool:
    if isinstance(base, int) and isinstance(exponent, int):
        return abs(exponent) * max(1, base.bit_length()) <= LARGEST_BITS
    return True


def _range(*limits: int) -> range:
    found = range(*limits)
    if len(found) > LONGEST_RANGE:
        raise SecurityError(f"this range has more than {LONGEST_RANGE:,} numbers.")
    return found


def _fail(words: str) -> None:
    raise Refusal(words)


FUNCTIONS: Mapping[str, Any] = {"range": _range, "fail": _fail}
"""What an expression may call beside the methods of its values."""
