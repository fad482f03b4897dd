"""Two lambdatui on one machine: what another one is changing is refused, with who and since when."""

from __future__ import annotations

from collections.abc import Iterable

from lambdatui.aws.functions import plain_name
from lambdatui.errors import Refused
from lambdatui.journal.records import Run
from lambdatui.moments import clock_words


class Busy(Refused):
    """Another lambdatui on this machine is changing the same thing."""

    def __init__(self, target: str, run: Run) -> None:
        who = run.arn.rsplit(":", 1)[-1]
        super().__init__(
            f"{target} is being changed by another lambdatui on this machine (process {run.pid}, as {who}, "
            f"since {clock_words(run.started)}): {run.title}.",
            "Wait for its end, or stop it there.",
        )
        self.target = target
        self.run = run


def plain_target(target: str) -> str:
    """A target with the function's bare name: `arn:aws:lambda:eu-west-1:123456789012:function:f:live` is `f:live`."""
    if not target.startswith("arn:"):
        return target
    parts = target.split(":")
    return ":".join([plain_name(":".join(parts[:7])), *parts[7:]])


def shared(targets: Iterable[str], run: Run) -> str | None:
    """The first of these targets that a run changes too; None where they have none in common."""
    return next((target for target in map(plain_target, targets) if target in run.targets), None)
