"""A rollout as its screen tells it: the phase, the steps, the gates. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from textual.content import Content

from lambdatui.journal import RolloutState
from lambdatui.stages import progress_words
from lambdatui.stages.alias_standing import told
from lambdatui.stages.event import AtStep, Done, Event, Failed, Finished, Progress, Result
from lambdatui.stages.rollout.gradual import length
from lambdatui.stages.rollout.probes import Probed
from lambdatui.stages.rollout.verdict import Verdict
from lambdatui.text import one_line
from lambdatui.tui.labelled import hanging

VERDICTS = {"pass": ("✔", "$ok"), "wait": ("◌", "$busy"), "fail": ("✖", "$bad"), "unsure": ("▲", "$warn")}
_NOT_YET = ("·", "$muted")


@dataclass(slots=True)
class Shown:
    """What is known of a rollout from its events so far. `state` is that of its plan."""

    state: RolloutState
    at: AtStep | None = None
    progress: Progress | None = None
    verdicts: dict[str, tuple[Verdict, int]] = field(default_factory=dict)
    """The last verdict of each gate, and the step at which it was said."""
    probed: list[Probed] = field(default_factory=list)
    outcome: Finished | Failed | None = None
    reached: int = -1
    """The furthest step that was in force."""
    is_back: bool = False
    """Whether the routing from before is there again."""

    def take(self, event: Event) -> None:
        """Hears of an event."""
        match event:
            case AtStep():
                self.at, self.progress, self.is_back = event, None, False
                self.reached = max(self.reached, event.index)
            case Done() if self.at is not None and self.at.phase == "putting back":
                self.is_back = True
            case Progress():
                self.progress = event
            case Result(Verdict() as verdict):
                self.verdicts[verdict.gate] = (verdict, self.at.index if self.at is not None else -1)
            case Result(Probed() as probed):
                self.probed.append(probed)
            case Finished() | Failed():
                self.outcome = event
            case _:
                pass

    @property
    def percent(self) -> float:
        """The new version's share now, as AWS confirmed it last."""
        if self.at is not None and not self.is_back:
            return self.at.percent
        stands = self.state.before if self.is_back else self.state.stands
        if stands.version == self.state.more["new"]:
            return 100 * (1 - sum(stands.weights.values()))
        return 100 * float(stands.weights.get(self.state.more["new"], 0.0))

    @property
    def bakes(self) -> bool:
        return self.at is not None and self.at.phase == "baking"

    @property
    def left(self) -> float | None:
        """Seconds of the bake that are left; None where nothing bakes."""
        progress = self.progress
        if not self.bakes or progress is None or progress.total is None:
            return None
        return max(0.0, progress.total - progress.done)


def banner(shown: Shown) -> list[Content]:
    """The phase in large: what goes on, or what is waited for, and what to press."""
    at = shown.at
    if at is None:
        return [Content.assemble((" ◌ Looking at the alias …", "bold $busy"))]
    words = one_line(at.words)
    where = f"at {at.percent:g} %" if at.index >= 0 else "before the first step"
    following = at.percents[at.index + 1 :]
    match at.phase:
        case "baking":
            then = f", then {following[0]:g} %" if following else ", then it is done"
            left = f"{length(round(shown.left))} left{then}" if shown.left is not None else then.removeprefix(", ")
            return [Content.assemble((f" ◌ Baking {where}", "bold $busy"), f"   {left}")]
        case "judging":
            more = f"   {progress_words.told(shown.progress)}" if shown.progress is not None else ""
            return [hanging(Content.assemble((f" ◌ Judging {where}", "bold $busy"), f"   {words}{more}"), 3)]
        case "moving":
            return [Content.assemble((f" ▸ Moving {words}", "bold $busy"))]
        case "putting back":
            return [Content.assemble((f" ◂ Putting back: {words or told(shown.state.before)}", "bold $warn"))]
        case "paused":
            return _band(f" ‖ PAUSED {where}: {words}", "g goes on, b goes a step back, a puts back")
        case "asking":
            return _band(f" ? YOUR GO {where}: {words}", "g says go on, b goes a step back, a puts back")
        case "frozen":
            return _band(f" ▲ FROZEN {where}: {words}", "nothing moves until AWS answers again; it is asked every 5 s")


def _band(words: str, keys: str) -> list[Content]:
    return [
        hanging(Content.assemble((words, "bold $lapse-text on $lapse")), 3),
        Content.assemble((f"   {keys}", "$muted")),
    ]


def step_lines(shown: Shown, most: int) -> list[Content]:
    """The steps with what became of each; at most `most` lines, those around the step in force."""
    lines = [_step(shown, index, step) for index, step in enumerate(shown.state.steps)]
    if len(lines) <= most:
        return lines
    at = max(0, shown.at.index if shown.at is not None else 0)
    first = min(max(0, at - most // 3), len(lines) - most)
    part = lines[first : first + most]
    if first:
        part[0] = Content.assemble((f"   … {first + 1} before", "$muted"))
    if first + most < len(lines):
        part[-1] = Content.assemble((f"   … {len(lines) - first - most + 1} more", "$muted"))
    return part


def _step(shown: Shown, index: int, step: Mapping[str, Any]) -> Content:
    glyph, word, colour = _fate(shown, index)
    bake = length(step["bake"]) if step["bake"] else "–"
    weight = "bold " if colour == "$busy" else ""
    return Content.assemble(
        (f" {glyph} ", f"{weight}{colour}"),
        (f"{step['percent']:>5g} %", f"{weight}{'$foreground' if colour != '$muted' else '$muted'}"),
        (f"  {bake:>11}   ", "$muted"),
        (word, f"{weight}{colour}"),
    )


def _fate(shown: Shown, index: int) -> tuple[str, str, str]:
    """A step's glyph, word and colour."""
    at = shown.at
    here = at.index if at is not None else shown.state.step
    if isinstance(shown.outcome, Finished):
        return "✔", "done", "$ok"
    if isinstance(shown.outcome, Failed):
        if index <= here and not shown.is_back:
            return ("●", "stays here", "$warn") if index == here else ("✔", "done", "$ok")
        return ("◂", "put back", "$warn") if index <= shown.reached else ("–", "not reached", "$muted")
    if index < here:
        return "✔", "done", "$ok"
    if at is None or index > here:
        if at is not None and at.phase == "moving" and index == here + 1:
            return "▸", "moving", "$busy"
        return "○", "to come", "$muted"
    match at.phase:
        case "baking":
            return "◌", f"{length(round(shown.left))} left" if shown.left is not None else "baking", "$busy"
        case "paused" | "asking":
            return ("‖" if at.phase == "paused" else "?"), at.phase, "$warn"
        case "frozen":
            return "▲", "frozen", "$bad"
        case "putting back":
            return "◂", "going back", "$warn"
        case "moving":
            return "✔", "done", "$ok"
        case "judging":
            return "◌", "judging", "$busy"


def gate_lines(shown: Shown) -> list[Content]:
    """The gates and what each says now."""
    gates: Sequence[Mapping[str, Any]] = shown.state.more["strategy"].get("gates", ())
    if not gates:
        return [Content.assemble((" no gate: only you and the clock decide", "$muted"))]
    lines: list[Content] = []
    for gate in gates:
        key, name, waits = _of_gate(gate)
        said = shown.verdicts.get(key)
        if key == "a person" and shown.at is not None and shown.at.phase == "asking" and shown.outcome is None:
            glyph, colour, words, tone = "?", "$warn", "is asked now", "bold $warn"
        elif said is None:
            glyph, colour, words, tone = *_NOT_YET, waits, "$muted"
        else:
            verdict, step = said
            is_now = shown.at is None or step == shown.at.index
            (glyph, colour), words = VERDICTS[verdict.outcome], one_line(verdict.words)
            tone = "" if is_now else "$muted"
            colour = colour if is_now else "$muted"
            words += "" if is_now else f"  ({_at(shown, step)})"
        line = Content.assemble((f" {glyph} ", f"bold {colour}"), (f"{name}  ", "bold"), (words, tone))
        lines.append(hanging(line, len(" ✔ ")))
    return lines


def _at(shown: Shown, step: int) -> str:
    """When something was said that is not of the step in force."""
    return f"at {shown.state.steps[step]['percent']:g} %" if step >= 0 else "before the first step"


def _of_gate(gate: Mapping[str, Any]) -> tuple[str, str, str]:
    """The name under which its verdicts come, how it is called, and what to say while there is none."""
    steps = gate.get("steps")
    at = ", ".join(f"{step:g} %" if step else "the start" for step in steps) if steps else "each step"
    match gate["kind"]:
        case "alarms":
            return "alarms", "alarms", f"watches {', '.join(map(one_line, gate['names']))}"
        case "metrics":
            return "metrics", "metrics", "judges whole minutes, which CloudWatch tells late"
        case "hook":
            name = str(gate["function"])
            name = name.partition(":function:")[2] or name
            return f"hook {name}", f"hook {one_line(name)}", f"is asked at {at}"
        case "approval":
            return "a person", "a person's go", f"is asked at {at if steps else 'each step but the last'}"
        case _:
            return "probe", "probe", f"is sent at {at}"


def ending(shown: Shown) -> list[Content]:
    """How it ended."""
    if isinstance(shown.outcome, Finished):
        new = shown.state.more["new"]
        stands = f"all traffic to {new}" if shown.percent >= 100 else told(shown.state.before)
        return [Content.assemble((f" ✔ Done: {stands}", "bold $ok"), ("   enter closes", "$muted"))]
    return []
