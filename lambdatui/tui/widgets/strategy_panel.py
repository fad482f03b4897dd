"""The form of a strategy that takes more than a fader: its fields, their help, and the file that may fill them in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from lambdatui.text import one_line
from lambdatui.tui import strategy_forms
from lambdatui.tui.form import choosing
from lambdatui.tui.screens.choose import Option
from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.stage_form import StageForm

if TYPE_CHECKING:
    from lambdatui.aws.account import Account
    from lambdatui.aws.scope import Scope
    from lambdatui.tui.session import Session

_KINDS = {
    "linear": "the same share more at each step",
    "canary": "a first share, then everything",
    "steps": "shares one by one",
    "alarms": "CloudWatch alarms that must not turn red",
    "metrics": "the new version's errors and p95 beside the old one's",
    "probe": "invocations of the new version, whose answers are judged",
    "hook": "a function that gets the step and decides",
    "approval": "a person's go",
}


class StrategyPanel(Vertical):
    """`kind` is `blue_green` or `gradual`. `draft` has what is chosen; `folder` is where the paths in it start from."""

    DEFAULT_CSS = """
    StrategyPanel { height: 1fr; }
    StrategyPanel > #field-help { height: auto; max-height: 3; padding: 0 1; border-top: solid $rule; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "from_file", "from a file", id="strategy.from_file"),
    ]

    class Edited(Message):
        """Something else is chosen."""

    def __init__(self, session: Session, scope: Scope, kind: str) -> None:
        super().__init__(id=f"panel-{kind}")
        self.session, self.scope = session, scope
        self.kind = kind
        self.draft = strategy_forms.draft(kind)
        self.folder = Path.cwd()

    def compose(self) -> ComposeResult:
        yield StageForm(self.draft, strategy_forms.layout(self.kind), exists=False, pickable=frozenset({"gates.names"}))
        yield Lines(id="field-help")

    def on_mount(self) -> None:
        self._unfold()

    @property
    def form(self) -> StageForm:
        return self.query_one(StageForm)

    def _unfold(self) -> None:
        form = self.form
        for path in strategy_forms.unfolded(self.kind, self.draft.values):
            form.rows.unfold(path)
        form.show()

    def enter(self) -> None:
        """Puts the cursor into the form."""
        self.screen.set_focus(self.form.table)
        if self.form.table.cursor == 0:
            self.form.table.action_move(1)

    # messages of the form

    def on_stage_form_focused(self, event: StageForm.Focused) -> None:
        event.stop()
        row = event.row
        help_ = row.field.help if row.field is not None else "enter folds it"
        title = row.field.title if row.field is not None else row.label
        lines = [Content.assemble((f"{title}  ", "bold $accent"), (one_line(help_), "$foreground"))]
        if event.trouble and event.trouble != "wrong":
            lines.append(Content.assemble((f"✖ {one_line(event.trouble)}", "$bad")))
        self.query_one("#field-help", Lines).update(lines)
        self.post_message(self.Edited())

    def on_stage_form_changed(self, event: StageForm.Changed) -> None:
        event.stop()
        self.post_message(self.Edited())

    def on_stage_form_choosing(self, event: StageForm.Choosing) -> None:
        event.stop()
        choosing.ask(self.form, event, words=_KINDS)

    def on_stage_form_picking(self, event: StageForm.Picking) -> None:
        event.stop()
        from lambdatui.aws import alarms
        from lambdatui.tui.screens.pick import PickScreen

        path = event.path

        def read(account: Account) -> list[Option]:
            return [Option(name, name) for name in alarms.names(account)]

        def picked(values: tuple[str, ...] | None) -> None:
            if values:
                # of an entry of the list, the list
                self.form.append(path if isinstance(path[-1], str) else path[:-1], values)

        screen = PickScreen(self.session, self.scope, "CloudWatch alarms", read, what="alarms", several=True, free=True)
        self.app.push_screen(screen, picked)

    # a file

    def action_from_file(self) -> None:
        """Takes what a file says, such as sample_configs/gradual.yaml."""
        from lambdatui.tui.screens.ask_path import AskPath

        def use(path: Path) -> tuple[Path, dict[str, Any]]:
            return path.resolve().parent, strategy_forms.values_in(path, self.kind)

        def taken(found: tuple[Path, dict[str, Any]] | None) -> None:
            if found is not None:
                self.folder, values = found
                self.form.start_from({"to": "newest", **values})
                self._unfold()
                self.enter()

        flag = "--blue-green" if self.kind == "blue_green" else "--gradual"
        question = f"The file that `lambdatui route {flag}` takes:"
        self.app.push_screen(
            AskPath("From a file", question, "", use, endings=(".yaml", ".yml")),
            taken,
        )
