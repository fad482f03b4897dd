"""A plan, what is done of it and what is not, in words and as data. Secrets and code are masked in both."""

from __future__ import annotations

from typing import Any

from lambdatui.aws.errors import AwsError
from lambdatui.aws.masking import masked
from lambdatui.cli.output import Teller
from lambdatui.stages.stage import Change, Danger, Failed, Plan

GLYPHS = {
    **dict.fromkeys(("Create", "Publish", "Tag", "Add", "Register"), "+"),
    **dict.fromkeys(("Delete", "Untag", "Remove", "Deregister"), "-"),
    "Invoke": "▸",
}
DANGERS = {Danger.SAFE: "", Danger.TRAFFIC: "  (callers notice)", Danger.DESTRUCTIVE: "  (for good)"}


def tell(plan: Plan, line: Teller) -> None:
    """The plan in words: where it acts, each change with its differences, warnings, notes."""
    line(plan.title)
    line(f"  {place(plan)}")
    if plan.empty:
        line("  Nothing to change.")
    for change in plan.changes:
        for text in change_lines(change):
            line(f"  {text}")
    for warning in plan.warnings:
        line(f"  ▲ {warning}")
    for note in plan.notes:
        line(f"  · {note}")


def place(plan: Plan) -> str:
    """Who acts where, in full: what a question repeats."""
    where = plan.place
    profile = f", profile {where.profile}" if where.profile else ""
    return f"account {where.account_id}{profile}, {where.region}, as {where.principal}"


def change_lines(change: Change) -> list[str]:
    """A change in lines of plain text."""
    lines = [f"{glyph(change)} {change.operation} {change.target}{DANGERS[change.danger]}"]
    for difference in change.differences:
        before, after = difference.before, difference.after
        if before is None:
            lines.append(f"    {difference.field}: {after}")
        else:
            lines.append(f"    {difference.field}: {before} → {after if after is not None else 'removed'}")
    if change.undo:
        lines.append(f"    undo: {change.undo}")
    return lines


def glyph(change: Change) -> str:
    """`+`, `~`, `-` or `▸`."""
    return next((mark for verb, mark in GLYPHS.items() if change.operation.startswith(verb)), "~")


def tell_failure(failed: Failed, line: Teller) -> None:
    """What was done before it failed, and what was not."""
    if failed.done:
        line(f"  done: {_named(*failed.done)}")
    if failed.unsure is not None:
        line(f"  sent, and not known whether it was done: {_named(failed.unsure)}")
    if failed.not_done:
        line(f"  not done: {_named(*failed.not_done)}")


def as_data(plan: Plan) -> dict[str, Any]:
    """The plan as a JSON document."""
    return {
        "title": plan.title,
        "account": plan.place.account_id,
        "profile": plan.place.profile,
        "region": plan.place.region,
        "arn": plan.place.arn,
        "read_only": plan.place.read_only,
        "changes": [
            {
                "service": change.service,
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


def failure_as_data(failed: Failed) -> dict[str, Any]:
    """What was done, what was not, and why, as members of a JSON document."""
    error = failed.error
    told: dict[str, Any] = {"message": error.message, "hint": error.hint}
    if isinstance(error, AwsError):
        told |= {"operation": error.operation, "code": error.code, "request_id": error.request_id}
    return {
        "error": told,
        "done": [_as_pair(change) for change in failed.done],
        "not_done": [_as_pair(change) for change in failed.not_done],
        "unsure": [_as_pair(failed.unsure)] if failed.unsure else [],
    }


def _as_pair(change: Change) -> dict[str, str]:
    return {"operation": change.operation, "target": change.target}


def _named(*changes: Change) -> str:
    return ", ".join(f"{change.operation} {change.target}" for change in changes)
