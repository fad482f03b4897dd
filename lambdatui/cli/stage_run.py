"""Runs a stage for a command: plan, show, ask, carry out, tell."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from lambdatui.aws.account import Accounts
from lambdatui.aws.clients import Retry
from lambdatui.aws.masking import masked
from lambdatui.cli import output
from lambdatui.cli.options import Context
from lambdatui.clock import Clock
from lambdatui.errors import BadInput, Cancelled, Refused
from lambdatui.journal import Journal
from lambdatui.settings import state_folder
from lambdatui.stages.stage import (
    Change,
    Danger,
    Done,
    Event,
    Failed,
    Finished,
    Note,
    Plan,
    Progress,
    Stage,
    Started,
    World,
)

S = TypeVar("S", bound=Stage)

GLYPHS = {"Create": "+", "Publish": "+", "Tag": "+", "Delete": "-", "Untag": "-", "Remove": "-", "Invoke": "▸"}


def build(model: type[S], **values: Any) -> S:
    """The stage with these inputs, those that are None left out. Raises BadInput in the words of the command line."""
    try:
        return model(**{name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        shown = "" if first["type"] == "value_error" else f", not {first.get('input')!r}"
        named = f"{place}: " if place else ""
        sentence = f"{named}{message[:1].lower()}{message[1:].rstrip('.')}{shown}"
        raise BadInput(sentence if sentence.endswith("?") else f"{sentence}.") from None


@contextmanager
def world(context: Context, folder: Path | None = None) -> Any:
    """A World for a command. The first Ctrl-C asks the run to stop at its next safe point, the second ends at once."""
    clock = Clock()

    def interrupted(*_: Any) -> None:
        if clock.cancelled:
            raise KeyboardInterrupt
        output.word("stopping after the call that is under way; once more ends at once.", fg="yellow")
        clock.cancel()

    def retried(retry: Retry) -> None:
        output.word(f"  {retry}", fg="yellow")

    journal = Journal(state_folder() / "journal.sqlite")
    if journal.set_aside is not None:
        output.word(f"The journal could not be read; it was set aside as {journal.set_aside}.", fg="yellow")
    before = signal.signal(signal.SIGINT, interrupted)
    try:
        accounts = Accounts(context.settings(), journal, on_retry=retried, ask_mfa=_ask_mfa)
        yield World(accounts, clock=clock, folder=folder, journal=journal, on_retry=retried)
    finally:
        signal.signal(signal.SIGINT, before)
        journal.close()


def _ask_mfa(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise BadInput("This profile asks for an MFA code, and there is no terminal to ask on.")
    return str(click.prompt(prompt.rstrip(": "), err=True, hide_input=True))


def carry_out(
    context: Context,
    stage: Stage,
    here: World,
    on_event: Callable[[Event], bool] = lambda _: False,
    *,
    show_outputs: bool = True,
) -> Mapping[str, Any] | None:
    """Plans a stage and, unless only the plan was asked for, asks and runs it. Returns its outputs; None after a plan.

    `on_event` may take an event and return True; the rest is told on standard error. Raises the run's error.
    """
    plan = stage.plan(here)
    if context.plan_only and context.as_json:
        output.data_json(plan_json(plan))
        return None
    show(plan)
    if context.plan_only:
        return None
    if not plan.empty:
        confirm(context, plan)
    outputs: Mapping[str, Any] = {}
    for event in stage.run(here, plan):
        if isinstance(event, Finished):
            outputs = event.outputs
        if on_event(event):
            continue
        if isinstance(event, Failed):
            tell_failure(event)
            raise event.error
        tell(event)
    if show_outputs:
        if context.as_json:
            output.data_json(dict(outputs))
        else:
            for name, value in outputs.items():
                if value not in (None, "", [], {}):
                    output.data(f"{name}: {_readable(value)}")
    return outputs


def confirm(context: Context, plan: Plan) -> None:
    """Asks before a change that callers notice or that is for good. Raises Refused where the answer is not yes."""
    if plan.refused:
        raise Refused("This session is read-only: nothing was done.", "The guard would refuse the first change.")
    if plan.danger is Danger.SAFE or context.yes:
        return
    if not sys.stdin.isatty():
        raise Refused("Not confirmed: there is no terminal to ask on.", "Give --yes, or look first with --plan.")
    place = plan.place
    where = f"{place.account_id} {place.profile} {place.region}".replace("  ", " ")
    if not click.confirm(f"Do this in {where}?", default=False, err=True):
        raise Refused("Not confirmed: nothing was done.")


def show(plan: Plan) -> None:
    """The plan in words, on standard error."""
    output.word(plan.title, bold=True)
    output.word(f"  {plan.place}", dim=True)
    if plan.empty:
        output.word("  Nothing to change.", fg="green")
    for change in plan.changes:
        for line in change_lines(change):
            output.word(f"  {line}")
    for warning in plan.warnings:
        output.word(f"  ▲ {warning}", fg="yellow")
    for note in plan.notes:
        output.word(f"  · {note}", dim=True)


def change_lines(change: Change) -> list[str]:
    """A change in lines of plain text."""
    glyph = next((mark for verb, mark in GLYPHS.items() if change.operation.startswith(verb)), "~")
    danger = {Danger.TRAFFIC: "  (moves traffic)", Danger.DESTRUCTIVE: "  (for good)"}.get(change.danger, "")
    lines = [f"{glyph} {change.operation} {change.target}{danger}"]
    for line in change.differences:
        before, after = line.before, line.after
        if before is None:
            lines.append(f"    {line.field}: {after}")
        else:
            lines.append(f"    {line.field}: {before} → {after if after is not None else 'removed'}")
    if change.undo:
        lines.append(f"    undo: {change.undo}")
    return lines


def tell(event: Event) -> None:
    """One event in words, on standard error."""
    match event:
        case Done(_, change):
            output.word(f"  ✔ {change.operation} {change.target}", fg="green")
        case Note(text):
            output.word(f"    {text}", dim=True)
        case Started() | Progress() | Finished():
            pass


def tell_failure(event: Failed) -> None:
    """What was done and what was not, on standard error."""
    if event.unsure is not None:
        output.word(
            f"  ? {event.unsure.operation} {event.unsure.target}: sent, and not known whether it was done.", fg="yellow"
        )
    for change in event.not_done:
        output.word(f"  – {change.operation} {change.target}: not done", fg="yellow")
    if event.done and not isinstance(event.error, Cancelled):
        output.word(f"  {len(event.done)} done before that.", dim=True)


def plan_json(plan: Plan) -> dict[str, Any]:
    """A plan as data. Secrets and code are masked."""
    return {
        "title": plan.title,
        "account": plan.place.account_id,
        "profile": plan.place.profile,
        "region": plan.place.region,
        "arn": plan.place.arn,
        "changes": [
            {
                "operation": change.operation,
                "target": change.target,
                "danger": str(change.danger),
                "undo": change.undo,
                "differences": [
                    {"field": line.field, "before": line.before, "after": line.after} for line in change.differences
                ],
                "request": masked(change.request),
            }
            for change in plan.changes
        ],
        "warnings": list(plan.warnings),
        "notes": list(plan.notes),
    }


def _readable(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={item}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)
