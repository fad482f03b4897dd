"""Who may invoke, as it is shown: the worst first, a glyph and a colour for how risky it is."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from lambdatui.aws import who_may_invoke
from lambdatui.aws.policies import Policy
from lambdatui.aws.who_may_invoke import Invoker, Level
from lambdatui.text import one_line
from lambdatui.tui.widgets.record_table import Cell, Tone

GLYPHS: dict[Level, str] = {"ok": "·", "note": "○", "warn": "▲", "bad": "✖"}
TONES: dict[Level, Tone] = {"ok": "", "note": "accent", "warn": "warn", "bad": "bad"}

_ORDER: tuple[Level, ...] = ("bad", "warn", "note", "ok")


def invokers(policy: Policy, here: str) -> list[Invoker]:
    """The statements of a policy in words, the riskiest first. `here` is the account of the function."""
    found = [who_may_invoke.read(statement, policy.qualifier, here) for statement in policy.statements]
    return sorted(found, key=lambda one: _ORDER.index(one.level))


def in_short(found: Sequence[Invoker]) -> Cell:
    """Who may invoke, in a cell."""
    if not found:
        return "–", "muted"
    worst = found[0]
    text = one_line(worst.who) if len(found) == 1 else f"{len(found)} permissions"
    if worst.level == "bad":
        text = "anyone (public!)"
    return f"{GLYPHS[worst.level]} {text}", TONES[worst.level]


def sentence(one: Invoker) -> list[Content]:
    """One statement in lines: the sentence, and what is risky about it."""
    colour = f"${TONES[one.level]}" if TONES[one.level] else ""
    lines = [Content.assemble((f"{GLYPHS[one.level]} ", colour or "$muted"), (one_line(one.sentence), colour))]
    if one.risk:
        lines.append(Content.assemble(("  " + one_line(one.risk), "$muted")))
    return lines


def sentences(policy: Policy, here: str) -> list[Content]:
    """A whole policy in lines."""
    found = invokers(policy, here)
    if not found:
        where = f":{policy.qualifier}" if policy.qualifier else "the function"
        return [
            Content.assemble((f"No policy at {where}: only this account's identities with IAM permission.", "$muted"))
        ]
    return [line for one in found for line in sentence(one)]
