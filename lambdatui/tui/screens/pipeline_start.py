"""Before a pipeline runs: the values of its parameters, then what it would do, then a person's yes."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Select, Static

from lambdatui.clock import Clock
from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.pipeline.document import Parameter
from lambdatui.pipeline.parameters import value_of, values
from lambdatui.pipeline.pipeline_file import PipelineFile
from lambdatui.pipeline.planning import StagePlan, planned
from lambdatui.stages.change import Danger
from lambdatui.text import one_line
from lambdatui.tui import pipeline_words
from lambdatui.tui.feed import Feed
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.lines import Lines


@dataclass(frozen=True, slots=True)
class Planned:
    """The plans of all stages, or why there are none."""

    plans: tuple[StagePlan, ...] = ()
    error: LambdatuiError | None = None


class PipelineStart(ModalScreen[Mapping[str, Any] | None]):
    """It ends with the values to run with, or None."""

    CSS_PATH = "pipeline_start.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r,enter", "plan", "next: what it would do", id="pipeline_start.plan", key_display="f5"),
        Binding("enter", "go", "run it", id="pipeline_start.go"),
        Binding("b", "edit", "other values", id="pipeline_start.edit"),
        Binding("escape", "back", "not now", id="pipeline_start.back", key_display="esc"),
    ]

    def __init__(self, session: Session, file: PipelineFile) -> None:
        super().__init__()
        self.session = session
        self.file = file
        self._clock = Clock()
        self._values: Mapping[str, Any] = {}
        self._phase = "asking" if file.pipeline.parameters else "planning"

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            with VerticalScroll(id="parameters", can_focus=False):
                for name, parameter in self.file.pipeline.parameters.items():
                    yield Static(_label(name, parameter), classes="label")
                    yield _field(name, parameter)
                    yield Static("", id=f"trouble-{name}", classes="trouble -empty")
            with VerticalScroll(id="plans", can_focus=True):
                yield Lines(id="plan")
            yield KeyBar()

    def on_mount(self) -> None:
        self._feed: Feed[Planned] = Feed(self.app, self._take)
        for field in self.query(Input):
            field.cursor_blink = False
        self._show_phase()
        if self._phase == "planning":
            self.action_plan()
        else:
            self.set_focus(next(iter(self.query("Input, Select"))))

    def on_unmount(self) -> None:
        self._clock.cancel()
        self._feed.close()

    def _show_phase(self) -> None:
        name = one_line(self.file.pipeline.name)
        titles = {"asking": f"Run {name}: parameters", "planning": f"Run {name}", "agreeing": f"Run {name}?"}
        self.query_one(".dialog").border_title = titles.get(self._phase, f"Run {name}")
        self.query_one("#parameters").display = self._phase == "asking"
        self.query_one("#plans").display = self._phase != "asking"
        self.refresh_bindings()

    # the values

    def _given(self) -> dict[str, Any] | None:
        """The values as typed, or None with a word beside each that is wrong."""
        found: dict[str, Any] = {}
        wrong: list[str] = []
        for name, parameter in self.file.pipeline.parameters.items():
            trouble = self.query_one(f"#trouble-{name}", Static)
            trouble.add_class("-empty")
            widget = self.query_one(f"#parameter-{name}")
            value: Any = getattr(widget, "value", "")
            text = value if isinstance(value, str) else ""
            if text == "" and not (parameter.type == "string" and parameter.default == ""):
                if parameter.must_be_given:
                    self._say(name, "is needed.")
                    wrong.append(name)
                continue
            try:
                value_of(parameter, text)
                found[name] = text
            except ValueError as error:
                self._say(name, str(error))
                wrong.append(name)
        if wrong:
            self.set_focus(self.query_one(f"#parameter-{wrong[0]}"))
            return None
        return found

    def _say(self, name: str, words: str) -> None:
        trouble = self.query_one(f"#trouble-{name}", Static)
        trouble.update(Content.assemble((one_line(words), "$bad")))
        trouble.remove_class("-empty")

    # the plan

    def action_plan(self) -> None:
        given = self._given()
        if given is None:
            return
        try:
            self._values = values(self.file.pipeline, given)
        except BadInput as error:
            name = next(iter(self.file.pipeline.parameters))
            self._say(name, error.message)
            return
        self._phase = "planning"
        self.query_one("#plan", Lines).update([Content("Reading what is there …")])
        self._show_phase()
        self.set_focus(self.query_one("#plans"))
        self._make_plans(self._values)

    @work(thread=True, exclusive=True, group="plans", exit_on_error=False)
    def _make_plans(self, given: Mapping[str, Any]) -> None:
        try:
            world = self.session.world(self._clock, self.file.folder)
            with tempfile.TemporaryDirectory(prefix="lambdatui-plan-") as folder:
                self._feed.put(Planned(tuple(planned(world, self.file, given, Path(folder)))))
        except LambdatuiError as error:
            self._feed.put(Planned(error=error))

    def _take(self, items: list[Planned]) -> None:
        found = items[-1]
        error = found.error or next((one.error for one in found.plans if one.error is not None), None)
        refused = any(one.plan is not None and one.plan.refused and not one.skipped for one in found.plans)
        order = list(Danger)
        danger = max((one.danger for one in found.plans), key=order.index, default=Danger.SAFE)
        lines = self._places(found.plans) + pipeline_words.plan_lines(found.plans, self.file.graph.called_by)
        if error is not None:
            lines = [*lines, Content(""), Content.assemble((f"✖ {one_line(str(error))}", "bold $bad"))]
        elif refused:
            words = "▲ This session is read-only: nothing of it will be done."
            lines = [*lines, Content(""), Content.assemble((words, "bold $warn"))]
        elif danger is Danger.DESTRUCTIVE:
            words = "▲ What it deletes is gone for good, unless it is archived."
            lines = [*lines, Content(""), Content.assemble((words, "bold $warn"))]
        self.query_one(".dialog").set_class(danger is not Danger.SAFE, "-danger")
        self._phase = "over" if error is not None or refused else "agreeing"
        self.query_one("#plan", Lines).update(lines)
        self._show_phase()

    def _places(self, plans: tuple[StagePlan, ...]) -> list[Content]:
        places = sorted({str(one.plan.place) for one in plans if one.plan is not None and one.plan.place.account_id})
        return [*(Content.assemble((one_line(place), "$muted")) for place in places), Content("")]

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        shown = {
            "plan": self._phase == "asking",
            "go": self._phase == "agreeing",
            "edit": self._phase in ("agreeing", "over") and bool(self.file.pipeline.parameters),
        }
        return shown.get(action, True)

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.action_plan()

    def action_go(self) -> None:
        self.dismiss(self._values)

    def action_edit(self) -> None:
        self._phase = "asking"
        self._show_phase()
        self.set_focus(next(iter(self.query("Input, Select"))))

    def action_back(self) -> None:
        self.dismiss(None)


def _label(name: str, parameter: Parameter) -> Content:
    words = one_line(parameter.description or "")
    kind = parameter.type if parameter.type != "string" else "text"
    needed = "needed" if parameter.must_be_given else "optional"
    return Content.assemble((name, "bold"), (f"   {kind}, {needed}   {words}", "$muted"))


def _field(name: str, parameter: Parameter) -> Input | Select[str]:
    default = parameter.default
    text = ",".join(map(str, default)) if isinstance(default, list) else "" if default is None else str(default)
    options = [str(choice) for choice in parameter.choices or ()]
    if parameter.type == "boolean" and not options:
        options, text = ["true", "false"], text.lower()
    if options and parameter.type != "list":
        from rich.text import Text

        # Text, for a plain string would be read as markup
        shown: list[tuple[Any, str]] = [(Text(one_line(option)), option) for option in options]
        chosen: Any = text if text in options else Select.NULL
        return Select(shown, value=chosen, id=f"parameter-{name}", compact=True, prompt="choose")
    hint = f"one or more of {', '.join(options)}" if options else "a,b,c" if parameter.type == "list" else ""
    return Input(text, id=f"parameter-{name}", compact=True, password=parameter.secret, placeholder=hint)
