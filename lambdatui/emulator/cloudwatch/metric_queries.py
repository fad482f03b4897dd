"""The MetricDataQueries of a request: each metric read, each expression computed.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lambdatui.emulator.cloudwatch.math_functions import FUNCTIONS, WORDS, Window
from lambdatui.emulator.cloudwatch.math_syntax import (
    Array,
    Binary,
    Call,
    Name,
    Negation,
    Node,
    Number,
    SyntaxMistake,
    Text,
    parse,
)
from lambdatui.emulator.cloudwatch.math_values import MathMistake, TimeSeries, Value, combined, flattened
from lambdatui.emulator.cloudwatch.metric_search import found
from lambdatui.emulator.cloudwatch.metric_store import Metric, MetricStore, metric_of
from lambdatui.emulator.cloudwatch.statistics import Statistic, statistic
from lambdatui.emulator.service import ApiError

MINUTE, HOUR, DAY = 60, 3600, 86_400
_SHORT_PERIODS = (1, 5, 10, 20, 30)
_ID = re.compile(r"[a-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """A query that reads a metric. `period` is in seconds."""

    id: str
    metric: Metric
    statistic: Statistic
    period: int
    unit: str | None
    label: str | None
    is_returned: bool


@dataclass(frozen=True, slots=True)
class ExpressionQuery:
    """A query that computes."""

    id: str
    text: str
    tree: Node
    label: str | None
    is_returned: bool


Query = MetricQuery | ExpressionQuery


def parsed(members: Sequence[Mapping[str, Any]], parameter: str = "MetricDataQueries") -> list[Query]:
    """The queries of a request, checked. Raises ValidationError with AWS's words."""
    mistakes: list[str] = []
    queries: list[Query] = []
    for number, query in enumerate(members, 1):
        place = f"{parameter}.member.{number}"
        identifier = query["Id"]
        if not _ID.fullmatch(identifier):
            mistakes.append(f"The value {identifier} for parameter {place}.Id is not matching the expected pattern.")
            continue
        stat, expression = query.get("MetricStat"), query.get("Expression")
        if stat is not None and expression is not None:
            raise _invalid(
                "The parameters MetricDataQuery Expression and MetricStat are mutually exclusive and you have "
                "specified both."
            )
        is_returned = query.get("ReturnData") is not False
        if expression is not None:
            tree = _tree(identifier, expression)
            queries.append(ExpressionQuery(identifier, expression, tree, query.get("Label"), is_returned))
        elif stat is None:
            mistakes.append(f"The parameter {place}.MetricStat is required.")
        else:
            queries += _metric_query(query, stat, place, is_returned, mistakes)
    if mistakes:
        raise _invalid("\n".join(mistakes))
    identifiers = [query.id for query in queries]
    if len(set(identifiers)) < len(identifiers):
        raise _invalid("The values for parameter id in MetricDataQueries are not unique.")
    return queries


def _metric_query(
    query: Mapping[str, Any], stat: Mapping[str, Any], place: str, is_returned: bool, mistakes: list[str]
) -> list[Query]:
    named = statistic(stat["Stat"])
    if named is None:
        mistakes.append(f"The value {stat['Stat']} for parameter {place}.MetricStat.Stat is not a valid statistic.")
    period = stat["Period"]
    if not is_period(period):
        mistakes.append(f"The parameter {place}.MetricStat.Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
    metric = stat["Metric"]
    missing = [member for member in ("Namespace", "MetricName") if not metric.get(member)]
    mistakes.extend(f"The parameter {place}.MetricStat.Metric.{member} is required." for member in missing)
    if mistakes or named is None:
        return []
    wanted = metric_of(metric["Namespace"], metric["MetricName"], metric.get("Dimensions"))
    return [MetricQuery(query["Id"], wanted, named, period, stat.get("Unit"), query.get("Label"), is_returned)]


def is_period(seconds: int) -> bool:
    """Whether AWS takes this as a period."""
    return seconds in _SHORT_PERIODS or (seconds > 0 and seconds % MINUTE == 0)


def rounded_start(start: float, now: float) -> int:
    """A request's start as AWS rounds it: to the minute, to five minutes after 15 days, to the hour after 63."""
    age = now - start
    step = MINUTE if age < 15 * DAY else 5 * MINUTE if age < 63 * DAY else HOUR
    return int(start // step) * step


class Evaluation:
    """Computes the queries of one request over one stretch of time (epoch seconds)."""

    def __init__(
        self, store: MetricStore, account: str, region: str, queries: Sequence[Query], start: int, end: int
    ) -> None:
        self._store = store
        self._account, self._region = account, region
        self._queries = {query.id: query for query in queries}
        metrics = [query for query in queries if isinstance(query, MetricQuery)]
        labels = default_labels([(query.metric, query.statistic.name) for query in metrics])
        self._labels = {query.id: label for query, label in zip(metrics, labels, strict=True)}
        self._window = Window(start, end, max(MINUTE, min((query.period for query in metrics), default=MINUTE)))
        self._values: dict[str, Value] = {}
        self._being_computed: list[str] = []

    def results(self, query: Query) -> list[TimeSeries]:
        """The labelled time series of a query: one, or any number for an expression that has an array as its result.

        Raises ValidationError where an expression cannot be computed.
        """
        value = self._value(query.id)
        if isinstance(value, list):
            heading = f"{query.label} " if query.label else ""
            return [replace(series, label=f"{heading}{series.label}") for series in value]
        if isinstance(value, float):
            raise _in_expression(query.id, "The expression must return a time series, and it returns a scalar")
        if query.label is not None:
            return [replace(value, label=query.label)]
        return [value if isinstance(query, MetricQuery) else replace(value, label=query.id)]

    def _value(self, identifier: str) -> Value:
        if identifier not in self._values:
            query = self._queries[identifier]
            if isinstance(query, MetricQuery):
                self._values[identifier] = self._read(
                    query.metric, query.statistic, query.period, query.unit, query.label or self._labels[identifier]
                )
            else:
                self._values[identifier] = self._computed(query)
        return self._values[identifier]

    def _read(self, metric: Metric, wanted: Statistic, period: int, unit: str | None, label: str) -> TimeSeries:
        period = max(period, MINUTE)  # values are kept by the minute
        start, end, _ = self._window
        _, gathered = self._store.gathered(
            self._account, self._region, metric, start, end, period, with_values=wanted.needs_values, unit=unit
        )
        points = {
            time: value for time, aggregate in gathered.items() if (value := wanted.compute(aggregate)) is not None
        }
        return TimeSeries(label, period, points, is_metric=True)

    def _computed(self, query: ExpressionQuery) -> Value:
        if query.id in self._being_computed:
            raise _in_expression(query.id, f"Circular dependency on '{query.id}'")
        self._being_computed.append(query.id)
        try:
            return self._evaluated(query.tree)
        except (MathMistake, SyntaxMistake) as mistake:
            raise _in_expression(query.id, str(mistake)) from None
        finally:
            self._being_computed.pop()

    def _evaluated(self, node: Node) -> Value:
        match node:
            case Number(value):
                return value
            case Negation(operand):
                return combined("*", self._evaluated(operand), -1.0)
            case Binary(operator, left, right):
                return combined(operator, self._evaluated(left), self._evaluated(right))
            case Array(items):
                return flattened(self._evaluated(item) for item in items)
            case Name(name):
                if name not in self._queries:
                    raise MathMistake(f"Unresolved id '{name}'")
                return self._value(name)
            case Call(function, arguments):
                return self._called(function, arguments)
            case Text():
                raise MathMistake("Invalid syntax")

    def _called(self, function: str, arguments: tuple[Node, ...]) -> Value:
        if function == "METRICS":
            return self._metrics(arguments)
        if function == "SEARCH":
            return self._searched(arguments)
        if function not in FUNCTIONS:
            raise MathMistake(f"Function '{function}' not found")
        fewest, most, compute = FUNCTIONS[function]
        if not fewest <= len(arguments) <= most:
            raise MathMistake(f"Function '{function}' does not take {len(arguments)} arguments")
        return compute(self._window, *(self._argument(argument) for argument in arguments))

    def _argument(self, node: Node) -> Value | str:
        if isinstance(node, Name) and node.name in WORDS:
            return node.name
        return self._evaluated(node)

    def _metrics(self, arguments: tuple[Node, ...]) -> Value:
        match arguments:
            case ():
                part = ""
            case (Text(part),):
                pass
            case _:
                raise MathMistake("METRICS takes one string at most")
        chosen = [query for query in self._queries.values() if isinstance(query, MetricQuery) and part in query.id]
        return flattened(self._value(query.id) for query in chosen)

    def _searched(self, arguments: tuple[Node, ...]) -> Value:
        match arguments:
            case (Text(text), Text(name)):
                period = self._window.period
            case (Text(text), Text(name), Number(seconds)):
                period = int(seconds)
            case _:
                raise MathMistake("SEARCH takes a search expression, a statistic and a period")
        wanted = statistic(name)
        if wanted is None or not is_period(period):
            raise MathMistake(f"Invalid statistic or period in SEARCH: '{name}', {period}")
        metrics = found(text, self._store.metrics(self._account, self._region))
        labels = default_labels([(metric, name) for metric in metrics])
        series = (
            self._read(metric, wanted, period, None, label) for metric, label in zip(metrics, labels, strict=True)
        )
        return [item for item in series if item.points]


def default_labels(metrics: Sequence[tuple[Metric, str]]) -> list[str]:
    """Labels where none are given: what tells the metrics (and their statistics) apart, else the metric's name."""
    rows = [
        (metric.namespace, " ".join(value for _, value in metric.dimensions), metric.name, stat)
        for metric, stat in metrics
    ]
    differing = [len(set(column)) > 1 for column in zip(*rows, strict=True)]
    if not any(differing):
        return [metric.name for metric, _ in metrics]
    return [" ".join(part for part, differs in zip(row, differing, strict=True) if differs and part) for row in rows]


def _tree(identifier: str, expression: str) -> Node:
    if re.match(r"\s*SELECT\b", expression, re.IGNORECASE):
        raise _in_expression(identifier, "Metrics Insights queries are not part of the embedded AWS")
    try:
        return parse(expression)
    except SyntaxMistake as mistake:
        raise _in_expression(identifier, str(mistake)) from None


def _in_expression(identifier: str, sentence: str) -> ApiError:
    return _invalid(f"Error in expression '{identifier}': {sentence}")


def _invalid(sentence: str) -> ApiError:
    return ApiError("ValidationError", sentence, 400)
