"""SEARCH expressions: which metrics match `{AWS/Lambda,FunctionName} MetricName="Errors" checkout`.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from lambdatui.emulator.cloudwatch.math_syntax import SyntaxMistake
from lambdatui.emulator.cloudwatch.metric_store import Metric

Matches = Callable[[Metric], bool]

_SCHEMA = re.compile(r"\s*\{([^}]*)\}")
_TOKEN = re.compile(r"""\s*(?:(?P<sign>[()=])|"(?P<exact>[^"]*)"|(?P<word>[^\s()="]+))""")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LIMIT = 500


def found(text: str, metrics: Iterable[Metric]) -> list[Metric]:
    """The metrics that a search expression matches, at most 500. Raises SyntaxMistake."""
    matches = search(text)
    result = []
    for metric in metrics:
        if matches(metric):
            result.append(metric)
            if len(result) == _LIMIT:
                break
    return result


def search(text: str) -> Matches:
    """What a search expression asks of a metric. Raises SyntaxMistake."""
    schema = _SCHEMA.match(text)
    conditions: list[Matches] = []
    if schema is not None:
        conditions.append(_of_schema(schema[1]))
        text = text[schema.end() :]
    tokens = list(_tokens(text))
    if tokens:
        parser = _Parser(tokens)
        conditions.append(parser.disjunction())
        parser.expect_end()
    if not conditions:
        raise SyntaxMistake("Invalid search expression")
    return lambda metric: all(condition(metric) for condition in conditions)


def _of_schema(text: str) -> Matches:
    namespace, *names = (part.strip().strip('"') for part in text.split(","))
    wanted = sorted(names)
    return lambda metric: metric.namespace == namespace and [name for name, _ in metric.dimensions] == wanted


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position, text = 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise SyntaxMistake("Invalid search expression")
        yield match.lastgroup, match[match.lastgroup]
        position = match.end()


class _Parser:
    """Recursive descent over OR, AND (also where nothing stands between two terms), NOT, terms and parentheses."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def disjunction(self) -> Matches:
        self._depth += 1
        if self._depth > 50:
            raise SyntaxMistake("Invalid search expression")
        alternatives = [self._conjunction()]
        while self._take("word", "OR"):
            alternatives.append(self._conjunction())
        self._depth -= 1
        return lambda metric: any(alternative(metric) for alternative in alternatives)

    def expect_end(self) -> None:
        if self._position < len(self._tokens):
            raise SyntaxMistake("Invalid search expression")

    def _conjunction(self) -> Matches:
        conditions = [self._term()]
        while self._position < len(self._tokens) and self._tokens[self._position] not in (
            ("word", "OR"),
            ("sign", ")"),
        ):
            self._take("word", "AND")
            conditions.append(self._term())
        return lambda metric: all(condition(metric) for condition in conditions)

    def _term(self) -> Matches:
        if self._take("word", "NOT"):
            negated = self._term()
            return lambda metric: not negated(metric)
        if self._take("sign", "("):
            inner = self.disjunction()
            if not self._take("sign", ")"):
                raise SyntaxMistake("Invalid search expression")
            return inner
        kind, text = self._next()
        if kind == "sign":
            raise SyntaxMistake("Invalid search expression")
        if not self._take("sign", "="):
            return _any_property(kind, text)
        if self._take("sign", "("):  # Name=("a" OR "b")
            values = [self._value(text)]
            while self._take("word", "OR"):
                values.append(self._value(text))
            if not self._take("sign", ")"):
                raise SyntaxMistake("Invalid search expression")
            return lambda metric: any(value(metric) for value in values)
        return self._value(text)

    def _value(self, name: str) -> Matches:
        kind, text = self._next()
        if kind == "sign":
            raise SyntaxMistake("Invalid search expression")
        holds = _holds(kind, text)
        return lambda metric: any(holds(value) for value in _values(metric, name))

    def _next(self) -> tuple[str, str]:
        if self._position == len(self._tokens):
            raise SyntaxMistake("Invalid search expression")
        self._position += 1
        return self._tokens[self._position - 1]

    def _take(self, kind: str, text: str) -> bool:
        if self._position < len(self._tokens) and self._tokens[self._position] == (kind, text):
            self._position += 1
            return True
        return False


def _values(metric: Metric, name: str) -> Iterator[str]:
    """The values of a property, or for `:aws` words such as MetricName what they stand for."""
    if name == "MetricName":
        yield metric.name
    elif name == "Namespace":
        yield metric.namespace
    else:
        yield from (value for key, value in metric.dimensions if key == name)


def _any_property(kind: str, text: str) -> Matches:
    holds = _holds(kind, text)

    def matches(metric: Metric) -> bool:
        return (
            holds(metric.namespace)
            or holds(metric.name)
            or any(holds(name) or holds(value) for name, value in metric.dimensions)
        )

    return matches


def _holds(kind: str, text: str) -> Callable[[str], bool]:
    """Quoted text is the whole of a property; a bare word is one or more of its words, whatever their case."""
    if kind == "exact":
        return lambda value: value == text
    wanted = _words(text)
    if not wanted:  # nothing but signs
        return lambda value: text in value

    def contains(value: str) -> bool:
        words = _words(value)
        return any(words[index : index + len(wanted)] == wanted for index in range(len(words) - len(wanted) + 1))

    return contains


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(text)]
