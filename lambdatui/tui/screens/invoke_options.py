"""All that can be chosen for a run of invocations but its payload, in a form made from the stage's model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from lambdatui.aws.scope import Scope
from lambdatui.errors import BadInput
from lambdatui.stages.invoke import Invoke
from lambdatui.text import one_line
from lambdatui.tui.form import choosing, row_help
from lambdatui.tui.form.draft import Draft
from lambdatui.tui.form.fields import fields_of
from lambdatui.tui.form.sections import Section, laid_out
from lambdatui.tui.screens.choose import Option
from lambdatui.tui.screens.pick import PickScreen
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.stage_form import StageForm

SECTIONS: Sequence[Section] = (
    Section("load", "How many, how fast", ("runs", "duration", "concurrency", "rate", "ramp", "warm_up")),
    Section("what", "What is invoked", ("qualifier", "other_qualifier", "invocation_type", "follow")),
    Section("stop", "When it stops", ("max_errors", "max_error_rate", "error_rate_after", "retry_throttled")),
    Section("with", "What goes along", ("rows", "seed", "client_context", "tenant", "keep")),
)
_NAMES = frozenset(name for section in SECTIONS for name in section.fields)


class InvokeOptionsScreen(ModalScreen[dict[str, Any] | None]):
    """The form. It ends with what is chosen, by the names of the stage's fields, or with None.

    `qualifiers` are offered for those fields that take one: a label and a qualifier each.
    """

    CSS_PATH = "invoke_options.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "take", "take them", id="invoke_options.take", key_display="f5"),
        Binding("escape,q", "back", "as it was", id="invoke_options.back", key_display="esc"),
    ]

    def __init__(
        self,
        session: Session,
        scope: Scope,
        function: str,
        values: Mapping[str, Any],
        qualifiers: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__()
        self._session, self._scope = session, scope
        self._qualifiers = [Option(name, one_line(label)) for label, name in qualifiers]
        chosen = {name: value for name, value in values.items() if name in _NAMES}
        if "client_context" in chosen and not isinstance(chosen["client_context"], str):
            chosen["client_context"] = json.dumps(chosen["client_context"], ensure_ascii=False)
        self.draft = Draft(Invoke, {"function": function, **chosen}, also=self._also)

    def compose(self) -> ComposeResult:
        fields = [field for field in fields_of(Invoke) if field.name in _NAMES]
        with Vertical(classes="dialog"):
            yield StageForm(
                self.draft,
                laid_out(SECTIONS, fields),
                exists=False,
                pickable=frozenset({"qualifier", "other_qualifier"}),
            )
            yield Lines(id="form-help")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = "How it is invoked"
        self.form.rows.open_all(True)
        self.form.show()
        self.set_focus(self.form.table)
        self.form.go_to(("concurrency",))

    @property
    def form(self) -> StageForm:
        return self.query_one(StageForm)

    def _also(self, stage: Invoke) -> None:
        if isinstance(stage.client_context, str):
            try:
                json.loads(stage.client_context)
            except ValueError:
                raise BadInput("client_context: JSON was expected.") from None

    def on_stage_form_focused(self, event: StageForm.Focused) -> None:
        self.query_one("#form-help", Lines).update(row_help.lines(event.row, event.trouble))

    def on_stage_form_choosing(self, event: StageForm.Choosing) -> None:
        choosing.ask(self.form, event, words=_WORDS, left_alone="the default counts")

    def on_stage_form_picking(self, event: StageForm.Picking) -> None:
        path = event.path

        def picked(values: tuple[str, ...] | None) -> None:
            if values:
                self.form.choose(path, values[0])

        screen = PickScreen(
            self._session, self._scope, "Aliases and versions", None, options=self._qualifiers, free=True
        )
        self.app.push_screen(screen, picked)

    def action_take(self) -> None:
        self.form.take()
        if self.form.first_trouble():
            return
        found = {name: value for name, value in self.draft.values.items() if name in _NAMES and value not in ("", None)}
        if isinstance(found.get("client_context"), str):
            found["client_context"] = json.loads(found["client_context"])
        self.dismiss(found)

    def action_back(self) -> None:
        self.dismiss(None)


_WORDS = {
    "RequestResponse": "waits for the answer",
    "Event": "is handed over, and runs later",
    "DryRun": "asks whether it would be allowed",
    "ResponseStream": "takes the answer as it comes",
    "all": "every answer with its log",
    "figures": "the figures alone",
}
