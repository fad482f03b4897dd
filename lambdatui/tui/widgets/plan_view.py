"""A plan as a person reads it: where it acts, each change with what stands there and what will, and the way back."""

from __future__ import annotations

from textual.content import Content

from lambdatui.stages.stage import Change, Danger, Plan
from lambdatui.text import one_line
from lambdatui.tui.widgets.cells import fit

GLYPHS = {
    "Create": ("+", "$ok"),
    "Publish": ("+", "$ok"),
    "Tag": ("+", "$ok"),
    "Add": ("+", "$ok"),
    "Register": ("+", "$ok"),
    "Put": ("~", "$busy"),
    "Delete": ("-", "$bad"),
    "Untag": ("-", "$bad"),
    "Remove": ("-", "$bad"),
    "Deregister": ("-", "$bad"),
    "Invoke": ("▸", "$busy"),
}
DANGERS = {Danger.SAFE: ("", ""), Danger.TRAFFIC: ("moves traffic", "$warn"), Danger.DESTRUCTIVE: ("for good", "$bad")}


def plan_content(plan: Plan) -> Content:
    """The whole plan. Names and values come from AWS: they are data, never markup."""
    lines: list[Content] = [Content.assemble((one_line(str(plan.place)), "$muted")), Content("")]
    if plan.empty:
        lines.append(Content.assemble(("✔ Nothing to change.", "bold $ok")))
    for change in plan.changes:
        lines += change_lines(change)
    if plan.warnings:
        lines.append(Content(""))
        lines += [Content.assemble((f"▲ {one_line(warning)}", "bold $warn")) for warning in plan.warnings]
    if plan.notes:
        lines.append(Content(""))
        lines += [Content.assemble((f"· {one_line(note)}", "$muted")) for note in plan.notes]
    return Content("\n").join(lines)


def change_lines(change: Change) -> list[Content]:
    """One change: its operation and target, a line a difference, how it is undone."""
    glyph, colour = glyph_of(change)
    word, tone = DANGERS[change.danger]
    head = Content.assemble(
        (f"{glyph} {change.operation}", f"bold {colour}"), f"  {one_line(change.target)}", (f"   {word}", tone)
    )
    if len(change.differences) == 1 and change.differences[0].after is None:
        [gone] = change.differences
        return [Content.assemble(head, (f"   {fit(one_line(gone.before or ''), 22).rstrip()}", "$muted"))]
    lines = [head]
    width = max((len(line.field) for line in change.differences), default=0)
    width = min(width, 28)
    for line in change.differences:
        parts: list[str | tuple[str, str]] = [(f"    {one_line(line.field):<{width}}  ", "$muted")]
        if line.before is not None:
            parts.append((one_line(line.before), "$bad" if line.after is None else ""))
        if line.before is not None and line.after is not None:
            parts.append((" → ", "$muted"))
        if line.after is not None:
            parts.append((one_line(line.after), "bold $ok"))
        if line.after is None:
            parts.append((" removed", "$bad"))
        lines.append(Content.assemble(*parts))
    if change.undo:
        lines.append(Content.assemble((f"    undo: {one_line(change.undo)}", "$muted")))
    return lines


def glyph_of(change: Change) -> tuple[str, str]:
    """`+`, `~`, `-` or `▸`, with its colour."""
    for verb, look in GLYPHS.items():
        if change.operation.startswith(verb):
            return look
    return "~", "$busy"
