"""One function in a few lines: what it is, how it is, and who gets its traffic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from lambdatui.aws import runtimes
from lambdatui.aws.facts import Facts
from lambdatui.aws.functions import FunctionRecord
from lambdatui.aws.versions import Alias
from lambdatui.text import one_line, size
from lambdatui.tui import states

BAR = 24


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
        lines.append(
            [
                *_pair("runtime", record.runtime or "container image"),
                *_pair("handler", record.handler or "–"),
                *_pair("memory", f"{record.memory} MB"),
                *_pair("timeout", f"{record.timeout} s"),
                *_pair("code", size(record.code_size)),
                *_pair("arch", record.architecture),
            ]
        )
        lines.append([*_pair("role", record.role.rsplit("/", 1)[-1]), *_pair("arn", record.arn)])
        if facts is None:
            lines.append([("reading aliases and state …", "$muted")])
        else:
            lines += [alias_line(alias) for alias in facts.aliases[:3]]
            if not facts.aliases:
                lines.append([("no alias", "$warn"), ("  callers use $LATEST, or a version number", "$muted")])
            rest = []
            if facts.reserved_concurrency is not None:
                rest += _pair("reserved concurrency", str(facts.reserved_concurrency))
            if facts.environment:
                rest += _pair("environment", f"{facts.environment} variables")
            if facts.tags:
                rest += _pair("tags", ", ".join(f"{key}={value}" for key, value in sorted(facts.tags.items())))
            if rest:
                lines.append(rest)
        return Content("\n").join(Content.assemble(*line) for line in lines)


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


def _pair(name: str, value: str) -> list[str | tuple[str, str]]:
    return [(f"{name} ", "$muted"), f"{one_line(value)}   "]


def _reasons(record: FunctionRecord, facts: Facts | None, today: dt.date) -> list[str]:
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
