"""What the screens that fill in a stage share: the form, the line that helps, the pickers, the way to a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ValidationError
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lambdatui import mistakes
from lambdatui.aws.account import Account
from lambdatui.aws.errors import NotFound
from lambdatui.aws.scope import Scope
from lambdatui.stages import deployed
from lambdatui.stages.deployed import Deployed
from lambdatui.stages.stage import Stage
from lambdatui.text import clean, one_line
from lambdatui.tui.form import choosing, files
from lambdatui.tui.form.draft import Draft
from lambdatui.tui.form.draft import Path as FieldPath
from lambdatui.tui.form.fields import Kind, fields_of
from lambdatui.tui.form.paths import CodeSuggester
from lambdatui.tui.form.pickers import PICKERS, Picker
from lambdatui.tui.form.rows import Row
from lambdatui.tui.form.sections import MERGING, Section, laid_out
from lambdatui.tui.screens.choose import Option
from lambdatui.tui.screens.form_exchange import FormExchange
from lambdatui.tui.screens.function_screen import FunctionScreen
from lambdatui.tui.screens.pick import PickScreen
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.stage_form import StageForm


class FormScreen(FunctionScreen[Deployed | None]):
    """A form of a stage about one function. `function` is empty for one that is yet to be made.

    Subclasses name the model and the sections, and the values that the form begins with.
    """

    MODEL: ClassVar[type[Stage]]
    SECTIONS: ClassVar[Sequence[Section]]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "plan", "plan", id="form.plan", key_display="f5"),
        Binding("slash", "jump", "go to", id="form.jump", key_display="/"),
        Binding("v", "preview", "what is in it", id="form.preview"),
        Binding("f", "start_from", "start from", id="form.start_from"),
        Binding("s", "save", "save", id="form.save"),
        Binding("escape,q", "back", "back", id="form.back", key_display="esc"),
    ]

    def __init__(self, session: Session, scope: Scope, function: str, title: str) -> None:
        super().__init__(session, scope, function, title)
        self.now: Deployed | None = None
        """The function as it was read, None for one that is not there."""
        self.partition = ""
        """AWS's partition in which the function is; empty until who acts is known."""
        self.draft = Draft(self.MODEL, self.first_values(), merging=MERGING, also=self.also)

    def first_values(self) -> dict[str, Any]:
        """What the form begins with."""
        return {"function": self.function} if self.function else {}

    def also(self, stage: Any) -> None:
        """Checks a valid stage further. Raises BadInput."""

    def compose(self) -> ComposeResult:
        yield self.identity_bar()
        with Horizontal(id="form-body"):
            yield StageForm(
                self.draft,
                laid_out(self.SECTIONS, fields_of(self.MODEL)),
                exists=bool(self.function),
                pickable=frozenset(PICKERS),
                suggester=CodeSuggester(),
            )
            with Vertical(id="form-side"):
                yield Lines(id="form-help")
                with VerticalScroll(id="form-file", can_focus=False):
                    yield Static("", id="form-text")
        yield KeyBar()

    def on_mount(self) -> None:
        self._exchange = FormExchange(self)
        form = self.form
        form.rows.fixed = frozenset({"function"}) if self.function else frozenset()
        self._show_file()
        self.set_focus(form.table)
        form.go_to(("code",) if self.function else ("function",))

    def on_unmount(self) -> None:
        self._exchange.close()

    @property
    def form(self) -> StageForm:
        return self.query_one(StageForm)

    # what stands there

    def read_function(self, account: Account) -> Deployed | None:
        self.partition = account.identity().arn.split(":")[1]
        try:
            return deployed.read(account, self.function) if self.function else None
        except NotFound:
            return None

    def show(self, value: Deployed | None) -> None:
        self.now = value
        if value is not None:
            self.draft.standing = value.values
            self.form.rows.notes = {
                ("code",): _code_words(value),
                ("aliases",): ", ".join(f"{one_line(alias.name)} {alias.version}" for alias in value.aliases),
                **{(name,): f"? {one_line(str(error))}" for name, error in value.refused.items()},
            }
        self.draft.check()
        self.form.show()

    # the help

    def on_stage_form_focused(self, event: StageForm.Focused) -> None:
        self._help(event.row, event.trouble)

    def on_stage_form_changed(self, _: StageForm.Changed) -> None:
        self._show_file()

    def _show_file(self) -> None:
        """The file that would say what is chosen, where there is room for it."""
        lines = files.preview_of(self.draft.values).splitlines()
        told = [Content.assemble((clean(line), "$muted" if line.startswith("#") else "")) for line in lines]
        title = Content.assemble(("As a deploy file", "bold $accent"))
        self.query_one("#form-text", Static).update(Content("\n").join([title, Content(""), *told]))

    def _help(self, row: Row, trouble: str) -> None:
        title, text = row.label, ""
        if row.kind == "section":
            text = "enter unfolds it" if not row.open else "enter folds it"
        elif row.field is not None:
            title = row.field.title if row.kind != "item" else f"{row.field.title} · {row.label}"
            text = row.field.help
        lines = [Content.assemble((f"{title}  ", "bold $accent"), (one_line(text), "$foreground"))]
        if trouble and trouble != "wrong":
            lines.append(Content.assemble((f"✖ {one_line(trouble)}", "$bad")))
        elif row.kind == "field" and row.field is not None:
            lines.append(Content.assemble((self._state_words(row), "$muted")))
        if row.now:
            lines.append(Content.assemble(("now  ", "$muted"), row.now))
        self.query_one("#form-help", Lines).update(lines)

    def _state_words(self, row: Row) -> str:
        there = "what stands there stays" if self.function else "AWS's default counts"
        words = {"unchanged": f"Left alone: {there}.", "set": "Set.", "removed": "Removed: nothing of it is kept."}
        if row.needed:
            return "It is needed."
        if len(row.path) == 1 and row.path[0] in self.form.rows.fixed:
            return "What this form is about."
        keys = [row.shape.limits] if row.shape.limits else []
        if row.field is not None and row.field.removable and row.state != "removed":
            keys.append("x removes it")
        if row.state != "unchanged":
            keys.append("del leaves it alone")
        if StageForm.pick_key(row.path) in PICKERS:
            keys.append("p picks from what there is")
        if row.path == ("code",):
            keys.append("→ completes a path")
        return "  ·  ".join([words[row.state.value], *keys])

    # choosing and picking

    def on_stage_form_choosing(self, event: StageForm.Choosing) -> None:
        choosing.ask(self.form, event, left_alone="as it is" if self.function else "AWS's default")

    def on_stage_form_picking(self, event: StageForm.Picking) -> None:
        path = event.path
        if (picker := PICKERS.get(StageForm.pick_key(path))) is not None:
            self._pick(picker, path)

    def _pick(self, picker: Picker, path: FieldPath) -> None:
        field = self.draft.field(path)
        several = field is not None and field.shape.kind is Kind.LIST

        def picked(values: tuple[str, ...] | None) -> None:
            if not values:
                return
            following = picker.then(values[0])
            if following is not None:
                self._pick(following, path)
            elif several:
                self.form.append(path, values)
            else:
                self.form.choose(path, values[0])

        screen = PickScreen(
            self.session,
            self.scope,
            picker.title,
            lambda account: picker.read(account, self.draft),
            what=picker.what,
            several=several,
            free=True,
        )
        self.app.push_screen(screen, picked)

    def action_jump(self) -> None:
        """Goes to a section or a field, by some letters of its name."""
        options: list[Option] = []
        places: dict[str, FieldPath] = {}
        for section, fields in self.form.rows.layout:
            options.append(Option(f"section {section.key}", section.title, ", ".join(f.title.lower() for f in fields)))
            for field in fields:
                value = f"field {field.name}"
                options.append(Option(value, f"  {field.title}", field.help))
                places[value] = (field.name,)

        def chosen(values: tuple[str, ...] | None) -> None:
            if not values:
                return
            if values[0] in places:
                self.form.go_to(places[values[0]])
            else:
                self.form.go_to_section(values[0].removeprefix("section "))

        self.app.push_screen(PickScreen(self.session, self.scope, "Go to", None, options=options), chosen)

    # other sources of values

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "preview":
            row = self.form.row if self.query(StageForm) else None
            return row is not None and row.path == ("code",) and files.is_local(self.draft.get(("code",)))
        return super().check_action(action, parameters)

    def action_preview(self) -> None:
        """What is in the package that the code makes."""
        from lambdatui.tui.screens.package import PackageScreen

        self.app.push_screen(PackageScreen(self.session, str(self.draft.get(("code",)))))

    def action_start_from(self) -> None:
        """Takes over the settings of another function, or what a file says."""
        self._exchange.start_from()

    def on_stage_form_importing(self, event: StageForm.Importing) -> None:
        self._exchange.import_variables(event.path)

    def action_save(self) -> None:
        """Writes what is chosen into a deploy file."""
        self.form.take()
        self._exchange.save()

    # the plan

    def action_plan(self) -> None:
        form = self.form
        form.take()
        if form.first_trouble():
            return
        try:
            stage = self.MODEL(
                **self.draft.values, profile=self.scope.profile or None, region=self.scope.region or None
            )
        except ValidationError as error:
            mistake = mistakes.first(error, self.MODEL, self.draft.values)
            self.notify(mistake.words, title=mistake.field, severity="error", markup=False)
            return
        self.act(stage, self._done, Path.cwd())

    def _done(self, outputs: Mapping[str, Any] | None) -> None:
        """The run is over; `outputs` is None where nothing was done."""

    def action_back(self) -> None:
        self.dismiss(self.changed)


def _code_words(now: Deployed) -> str:
    """What the function runs now."""
    uri = now.function.code.get("ImageUri")
    return one_line(str(uri)) if uri else f"sha256 {str(now.function.configuration.get('CodeSha256', ''))[:8]}"
