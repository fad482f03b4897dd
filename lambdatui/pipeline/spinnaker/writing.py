"""An imported pipeline as YAML, with what could not be carried over beside where it belongs. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from lambdatui.pipeline.spinnaker.reader import Remark
from lambdatui.text import one_line

WIDTH = 110


@dataclass(frozen=True, slots=True)
class Entry:
    """One stage of ours, and what is said beside it."""

    members: Mapping[str, Any]
    remarks: tuple[Remark, ...]
    comment: str
    left_over: Mapping[str, Any]
    """Members of Spinnaker's that nothing here says."""


def text(head: Mapping[str, Any], entries: Sequence[Entry], notes: Sequence[str], remarks: Sequence[Remark]) -> str:
    """The whole file. It can be read again by `lambdatui check`."""
    head = dict(head)
    shared = _shared(entries)
    if shared:
        head["defaults"] = shared
    lost = sum(remark.lost for remark in remarks)
    lines = ["# Imported from Spinnaker. Look at it with `lambdatui check`, and at what it would do with `run --plan`."]
    if lost:
        lines.append(f"# {lost} {'thing was' if lost == 1 else 'things were'} not carried over: see !! below.")
    for note in notes:
        lines += _commented(note, "# ")
    lines += ["", _dumped(head).rstrip(), "", "stages:"]
    for entry in entries:
        lines.append("")
        for part in entry.comment.splitlines():
            lines += _commented(one_line(part), "  # ")
        for remark in entry.remarks:
            lines += _commented(str(remark), "  # !! " if remark.lost else "  # ")
        for name, value in entry.left_over.items():
            lines += _commented(f"not read: {name}: {json.dumps(value)[:200]}", "  # ")
        members = {name: value for name, value in entry.members.items() if shared.get(name) != value}
        dumped = _dumped(members).rstrip().splitlines()
        lines += [f"  - {dumped[0]}", *(f"    {line}" for line in dumped[1:])]
    return "\n".join(lines) + "\n"


def _shared(entries: Sequence[Entry]) -> dict[str, Any]:
    """The profile and the region that all stages share that act somewhere."""
    shared: dict[str, Any] = {}
    for name in ("profile", "region"):
        given = [entry.members.get(name) for entry in entries if "function" in entry.members]
        if given and given[0] is not None and all(value == given[0] for value in given):
            shared[name] = given[0]
    return shared


def _commented(words: str, lead: str) -> list[str]:
    lines = wrap(one_line(words), WIDTH - len(lead), break_long_words=False, break_on_hyphens=False) or [""]
    return [lead + lines[0], *(lead.replace("!!", "  ") + line for line in lines[1:])]


def _dumped(value: Any) -> str:
    import yaml

    dumped: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=False)
    return dumped
