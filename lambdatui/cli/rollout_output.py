"""A rollout as it goes: steps, gates and probes in words on standard error, or as JSON lines on standard output."""

from __future__ import annotations

import time

from lambdatui.cli import output
from lambdatui.stages import progress_words
from lambdatui.stages.event_data import as_data
from lambdatui.stages.rollout.probes import Probed
from lambdatui.stages.rollout.verdict import Verdict
from lambdatui.stages.stage import AtStep, Event, Progress, Result
from lambdatui.text import one_line

_MARKS = {"pass": ("✔", "green"), "wait": ("◌", None), "fail": ("✖", "red"), "unsure": ("▲", "yellow")}


class RolloutOutput:
    """Takes the events of a run. With `as_json`, each but Progress is a line of JSON, too, with `event` and `at`."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._progress = output.Progress()

    def take(self, event: Event) -> None:
        """Tells an event. What every stage tells of (Done, Note, Failed) is told in words elsewhere."""
        if isinstance(event, Progress):
            self._progress.show(f"    {progress_words.told(event)}")
            return
        self._progress.clear()
        if self._as_json and (data := as_data(event)):
            output.data_json(data | {"at": round(time.time(), 3)})
        match event:
            case AtStep():
                output.word(
                    f"  {_where(event)}", fg="yellow" if event.phase in ("frozen", "paused", "asking") else None
                )
            case Result(Verdict() as verdict):
                mark, colour = _MARKS[verdict.outcome]
                output.word(f"    {mark} {verdict.gate}: {one_line(verdict.words)}", fg=colour)
            case Result(Probed() as probed):
                _tell_probe(probed)
            case _:
                pass


def _where(at: AtStep) -> str:
    words = f": {one_line(at.words)}" if at.words else ""
    if at.phase == "baking":
        return f"at {at.percent:g} %, step {at.index + 1} of {len(at.percents)}{words}"
    return f"{at.phase}{words}"


def _tell_probe(probed: Probed) -> None:
    found = probed.invocation
    took = found.report.duration if found.report.duration is not None else found.latency
    mark, colour = _MARKS["fail" if probed.failures else "pass"]
    words = f"    {mark} probe {found.number}, version {found.version or '–'}, {took:.1f} ms"
    output.word(f"{words}{': ' + one_line('; '.join(probed.failures)) if probed.failures else ''}", fg=colour)
    if probed.failures:
        for line in found.log.splitlines():
            output.word(f"        {line}", dim=True)
