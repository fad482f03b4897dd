"""One function in a few lines: what it is, how it is, and who gets its traffic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from lambdatui.text import one_line, size

if TYPE_CHECKING:
    from lambdatui.aws.facts import Facts
    from lambdatui.aws.listing import FunctionRecord
    from lambdatui.aws.versions import Alias

BAR = 24
TALL = 14
"""Rows, above which each thing stands on a line of its own."""


class FunctionSummary(Widget):
    """Shows `record`, with the facts that `facts_of` knows of it."""

    DEFAULT_CSS = """
    FunctionSummary {
        padding: 0 1;
        background: $background;
        color: $foreground;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    record: reactive[FunctionRecord | None] = reactive(None)

    def __init__(self, facts_of: Callable[[FunctionRecord], Facts | None]) -> None:
        super().__init__()
        self._facts_of = facts_of

    def render(self) -> Content:
        record = self.record
        if record is None:
            return Content("")
        from lambdatui.tui import states

        facts = self._facts_of(record)
        today = states.today()
        word, tone = states.state(record, facts)
        lines: list[list[str | tuple[str, str]]] = [
            [
                (one_line(record.name), "bold $accent"),
                "   ",
                (word, f"${tone}" if tone else ""),
                ("   " + one_line(record.description) if record.description else "", "$muted"),
            ]
        ]
        lines += [[(f"  {reason}", "$bad")] for reason in _reasons(record, facts, today)]
        lines += self._laid_out(
            [
                ("runtime", record.runtime or "container image"),
                ("handler", record.handler or "–"),
                ("memory", f"{record.memory} MB"),
                ("timeout", f"{record.timeout} s"),
                ("code", size(record.code_size)),
                ("arch", record.architecture),
            ]
        )
        lines += self._laid_out([("role", record.role.rsplit("/", 1)[-1]), ("arn", record.arn)])
        if facts is None:
            lines.append([("reading aliases and state …", "$muted")])
        else:
            lines += [alias_line(alias) for alias in facts.aliases[:3]]
            if not facts.aliases:
                lines.append([("no alias", "$warn"), ("  callers use $LATEST, or a version number", "$muted")])
            rest = []
            if facts.reserved_concurrency is not None:
                rest.append(("reserved", f"{facts.reserved_concurrency} at once"))
            if facts.environment:
                rest.append(("variables", str(facts.environment)))
            if facts.tags:
                rest.append(("tags", ", ".join(f"{key}={value}" for key, value in sorted(facts.tags.items()))))
            lines += self._laid_out(rest)
        return Content("\n").join(Content.assemble(*line) for line in lines)

    def _laid_out(self, pairs: list[tuple[str, str]]) -> list[list[str | tuple[str, str]]]:
        """Names and values: a line each where there is room for that, else one after the other."""
        if self.size.height > TALL:
            return [[(f"{name:<10}", "$muted"), one_line(value)] for name, value in pairs]
        line: list[str | tuple[str, str]] = []
        for name, value in pairs:
            line += [(f"{name} ", "$muted"), f"{one_line(value)}   "]
        return [line] if line else []


def alias_line(alias: Alias) -> list[str | tuple[str, str]]:
    """An alias and its traffic as a bar, the main version's share first."""
    parts: list[str | tuple[str, str]] = [(f"{one_line(alias.name):<8} ", "bold")]
    shares = list(alias.shares.items())
    filled = round(shares[0][1] * BAR)
    if len(shares) > 1:
        filled = min(max(filled, 1), BAR - 1)
    parts += [("█" * filled, "$stable"), ("▒" * (BAR - filled), "$canary")]
    for (version, share), colour in zip(shares, ("$stable", "$canary"), strict=False):
        parts.append((f"  {share * 100:.4g} % → {version}", colour))
    return parts


def _reasons(record: FunctionRecord, facts: Facts | None, today: dt.date) -> list[str]:
    from lambdatui.aws import runtimes

    found = []
    if facts is not None:
        if facts.state_reason and facts.state != "Active":
            found.append(f"{facts.state}: {one_line(facts.state_reason)}")
        if facts.update_status == "Failed":
            found.append(f"last update failed: {one_line(facts.update_reason)}")
        if facts.reserved_concurrency == 0:
            found.append("reserved concurrency is 0: every call is throttled")
    since = runtimes.deprecated(record.runtime, today)
    if since:
        found.append(f"AWS retired {record.runtime} on {since:%d %b %Y}: no more patches")
    return found[:2]
