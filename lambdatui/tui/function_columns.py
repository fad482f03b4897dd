"""The columns of the list of functions: what each shows, how wide it is, and which hide first on a narrow screen."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from lambdatui.aws.listing import FunctionRecord
from lambdatui.text import milliseconds, one_line, size
from lambdatui.tui.function_list import FunctionList
from lambdatui.tui.widgets.record_table import Cell, Column

if TYPE_CHECKING:
    from lambdatui.aws.row_metrics import RowMetrics

METRICS = ("invocations", "errors", "throttles", "p95")
"""The columns whose figures CloudWatch bills: shown only when they are asked for."""
EXTRA = ("package", "arch", "tags", *METRICS)
"""The columns that are not shown unless they are chosen."""


def columns(functions: FunctionList, chosen: Collection[str]) -> list[Column[FunctionRecord]]:
    """The columns that are chosen, in their order. An account or a region that all share takes no room.

    What is not shown unless it is chosen outlasts what is shown by itself.
    """
    everything = [replace(c, priority=2) if c.key in EXTRA else c for c in all_columns(functions)]
    accounts = {scope.profile for scope in functions.progress}
    regions = {scope.region for scope in functions.progress}
    shared = {name for name, values in (("account", accounts), ("region", regions)) if len(values) == 1}
    return [column for column in everything if column.key in chosen and column.key not in shared]


def all_columns(functions: FunctionList) -> list[Column[FunctionRecord]]:
    """Every column that there is."""
    return [
        Column("name", "FUNCTION", lambda r: one_line(r.name), 22, grow=3, most=72),
        Column("account", "ACCOUNT", lambda r: one_line(r.scope.profile) or r.account_id, 12, priority=4),
        Column("region", "REGION", lambda r: one_line(r.scope.region), 14, priority=3),
        Column("runtime", "RUNTIME", _runtime, 11, priority=5),
        Column("memory", "MEM", lambda r: str(r.memory), 5, priority=6, align="right"),
        Column("timeout", "TIMEOUT", lambda r: f"{r.timeout} s", 7, priority=8, align="right"),
        Column("package", "PACKAGE", lambda r: one_line(r.package_type), 7, priority=10),
        Column("arch", "ARCH", lambda r: one_line(r.architecture), 6, priority=11),
        Column("size", "CODE", lambda r: size(r.code_size) if r.code_size else "–", 8, priority=9, align="right"),
        Column("aliases", "ALIASES", _aliases(functions), 17, grow=1, priority=2, most=44),
        Column("modified", "LAST MODIFIED", _modified, 13, priority=7),
        Column("tags", "TAGS", _tags(functions), 16, grow=1, priority=12, most=40),
        Column("invocations", "CALLS/H", _metric(functions, _calls), 8, priority=3, align="right"),
        Column("errors", "ERRORS", _metric(functions, _errors), 7, priority=2, align="right"),
        Column("throttles", "THROTTLED", _metric(functions, _throttles), 9, priority=6, align="right"),
        Column("p95", "P95", _metric(functions, _p95), 8, priority=5, align="right"),
        Column("state", "STATE", _state(functions), 17, priority=1),
    ]


def _runtime(record: FunctionRecord) -> Cell:
    return one_line(record.runtime) if record.runtime else ("image", "muted")


def _modified(record: FunctionRecord) -> Cell:
    from lambdatui.tui import states

    return states.modified(record.modified)


def _state(functions: FunctionList) -> Callable[[FunctionRecord], Cell]:
    def cell(record: FunctionRecord) -> Cell:
        from lambdatui.tui import states

        return states.state(record, functions.facts.get(record.arn), record.arn in functions.facts)

    return cell


def _aliases(functions: FunctionList) -> Callable[[FunctionRecord], Cell]:
    def cell(record: FunctionRecord) -> Cell:
        from lambdatui.tui import states

        return states.aliases(functions.facts.get(record.arn), record.arn in functions.facts)

    return cell


def _tags(functions: FunctionList) -> Callable[[FunctionRecord], Cell]:
    def cell(record: FunctionRecord) -> Cell:
        facts = functions.facts.get(record.arn)
        if facts is None:
            return "…", "muted"
        return one_line(", ".join(f"{key}={value}" for key, value in sorted(facts.tags.items()))) or ("–", "muted")

    return cell


def _metric(functions: FunctionList, show: Callable[[RowMetrics], Cell]) -> Callable[[FunctionRecord], Cell]:
    def cell(record: FunctionRecord) -> Cell:
        found = functions.metrics.get(record.arn)
        return show(found) if found is not None else ("…", "muted")

    return cell


def _calls(found: RowMetrics) -> Cell:
    return f"{found.invocations:,.0f}" if found.invocations else ("0", "muted")


def _errors(found: RowMetrics) -> Cell:
    return (f"{found.errors:,.0f}", "bad") if found.errors else ("0", "muted")


def _throttles(found: RowMetrics) -> Cell:
    return (f"{found.throttles:,.0f}", "warn") if found.throttles else ("0", "muted")


def _p95(found: RowMetrics) -> Cell:
    return milliseconds(found.p95) if found.p95 is not None else ("–", "muted")
