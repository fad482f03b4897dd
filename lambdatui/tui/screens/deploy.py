"""Deploy: a form for a function's code and settings. What is left empty stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from pydantic import ValidationError
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from lambdatui import mistakes
from lambdatui.aws import functions
from lambdatui.aws.account import Account
from lambdatui.aws.functions import Function
from lambdatui.aws.scope import Scope
from lambdatui.errors import LambdatuiError
from lambdatui.stages.deploy import Deploy
from lambdatui.text import one_line
from lambdatui.tui.screens.function_screen import FunctionScreen
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.stage_form import StageForm

FIELDS = (
    "function",
    "code",
    "publish",
    "publish_description",
    "aliases",
    "runtime",
    "handler",
    "role",
    "memory",
    "timeout",
    "description",
    "environment",
    "ephemeral_storage",
    "architecture",
    "layers",
    "tags",
)


class DeployScreen(FunctionScreen[Function | None]):
    """The form of the deploy stage. `function` is empty for a new one."""

    CSS_PATH = "deploy.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "plan", "plan", id="deploy.plan", key_display="f5"),
        Binding("escape", "back", "back", id="deploy.back", key_display="esc"),
    ]

    def __init__(self, session: Session, scope: Scope, function: str) -> None:
        super().__init__(session, scope, function, "Deploy")

    def compose(self) -> ComposeResult:
        yield self.identity_bar()
        yield StageForm(Deploy, FIELDS, {"function": self.function, "publish": True}, {})
        yield Static("", id="field-help")
        yield KeyBar()

    def on_mount(self) -> None:
        super().on_mount()
        self.set_focus(self.query_one("#field-code" if self.function else "#field-function", Input))

    def read_function(self, account: Account) -> Function | None:
        return functions.find(account, self.function) if self.function else None

    def show(self, value: Function | None) -> None:
        if value is None:
            return
        get: Any = value.configuration.get
        variables = (get("Environment") or {}).get("Variables") or {}
        now = {
            "code": f"sha256 {str(get('CodeSha256', ''))[:8]} now; a folder, a zip, s3://bucket/key or an image",
            "runtime": get("Runtime"),
            "handler": get("Handler"),
            "role": get("Role"),
            "memory": f"{get('MemorySize')} MB",
            "timeout": f"{get('Timeout')} s",
            "description": get("Description"),
            "ephemeral_storage": f"{(get('EphemeralStorage') or {}).get('Size', 512)} MB",
            "architecture": (get("Architectures") or ["x86_64"])[0],
            "layers": ", ".join(layer["Arn"] for layer in get("Layers") or []),
            "tags": ", ".join(f"{key}={item}" for key, item in value.tags.items()),
            "environment": f"{len(variables)} variables",
        }
        self.query_one(StageForm).show_now({name: one_line(str(said)) for name, said in now.items() if said})

    def show_error(self, error: LambdatuiError) -> None:
        self._help("", str(error), bad=True)

    def on_stage_form_focused(self, event: StageForm.Focused) -> None:
        self._help(event.title, event.trouble or event.help, bad=bool(event.trouble))

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.action_plan()

    def _help(self, title: str, text: str, bad: bool) -> None:
        line = Content.assemble(
            (f" {'✖ ' if bad else ''}{title}{'  ' if title else ''}", "bold $bad" if bad else "bold $accent"),
            (one_line(text), "$bad" if bad else "$muted"),
        )
        self.query_one("#field-help", Static).update(line)

    def action_plan(self) -> None:
        form = self.query_one(StageForm)
        if trouble := form.first_trouble():
            self._help(*trouble, bad=True)
            return
        try:
            stage = Deploy(**form.values(), profile=self.scope.profile or None, region=self.scope.region)
        except ValidationError as error:
            mistake = mistakes.first(error, Deploy, form.values())
            self._help(mistake.field, mistake.words, bad=True)
            return
        self.act(stage, self._done, Path.cwd())

    def _done(self, outputs: Any) -> None:
        if outputs:
            self.function = self.function or self.query_one("#field-function", Input).value.strip()
