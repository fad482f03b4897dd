"""Download: asks for a folder, and writes a function, or one version of it, there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lambdatui.aws.functions import LATEST
from lambdatui.aws.scope import Scope
from lambdatui.clock import Clock
from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.stages import progress_words
from lambdatui.stages.packages import downloading
from lambdatui.stages.packages.downloading import Downloaded
from lambdatui.stages.stage import Progress
from lambdatui.text import one_line
from lambdatui.tui.feed import Feed
from lambdatui.tui.form.paths import PathSuggester
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.key_bar import KeyBar

Told = Progress | Downloaded | LambdatuiError


class DownloadScreen(ModalScreen[Path | None]):
    """One folder, which is not there yet or is empty. Ends with it once it is written, or with None."""

    CSS_PATH = "download.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "download", id="download.write"),
        Binding("f2", "environment", "environment's values", id="download.environment"),
        Binding("escape", "back", "not now", id="download.back"),
        Binding("escape", "stop", "stop", id="download.stop"),
        Binding("enter,escape", "close", "close", id="download.close"),
    ]

    def __init__(self, session: Session, scope: Scope, function: str, version: str = LATEST) -> None:
        super().__init__()
        self._session, self._scope = session, scope
        self._function, self._version = function, version
        self._with_environment = False
        self._clock = Clock()
        self._phase = "asking"
        self._written: Path | None = None

    def compose(self) -> ComposeResult:
        name = self._function if self._version == LATEST else f"{self._function}-{self._version}"
        with Vertical(classes="dialog"):
            yield Static("The folder to write it to: one that is not there yet, or is empty.")
            # what names it comes from AWS
            suggestion = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "function"
            yield Input(f"./{suggestion}", compact=True, suggester=PathSuggester(), select_on_focus=False)
            yield Static("", id="environment")
            yield Static("", id="word")
            yield KeyBar()

    def on_mount(self) -> None:
        self._feed: Feed[Told] = Feed(self.app, self._take)
        what = self._function if self._version == LATEST else f"{self._function}:{self._version}"
        self.query_one(".dialog").border_title = Content(f"Download {one_line(what)}")
        field = self.query_one(Input)
        field.cursor_blink = False
        self.set_focus(field)
        self._show()
        self._say(
            ("Enter writes it: deploy.yaml with every setting, and the code as AWS has it and unpacked.", "$muted")
        )

    def on_unmount(self) -> None:
        self._clock.cancel()
        self._feed.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        phases = {"write": "asking", "environment": "asking", "back": "asking", "stop": "running", "close": "over"}
        return phases.get(action, self._phase) == self._phase

    def on_input_submitted(self, _: Input.Submitted) -> None:
        if self._phase == "asking":
            self.action_write()
        elif self._phase == "over":
            self.action_close()

    def action_environment(self) -> None:
        """Takes the environment's values along, or leaves them out."""
        self._with_environment = not self._with_environment
        self._show()

    def action_write(self) -> None:
        text = self.query_one(Input).value.strip()
        if not text:
            self._say(("✖ The name of a folder was expected.", "$bad"))
            return
        self._enter("running")
        self._say(("reading the function …", "$muted"))
        self._download(Path(text).expanduser())

    def action_stop(self) -> None:
        self._clock.cancel()

    def action_back(self) -> None:
        self.dismiss(None)

    def action_close(self) -> None:
        self.dismiss(self._written)

    @work(thread=True, exclusive=True, group="download", exit_on_error=False)
    def _download(self, folder: Path) -> None:
        try:
            downloading.check_folder(folder)
            account = self._session.account(self._scope)
            found = downloading.find(account, self._function, self._version)
            self._feed.put(
                downloading.download(
                    account,
                    found,
                    folder,
                    with_environment=self._with_environment,
                    clock=self._clock,
                    told=self._feed.put,
                )
            )
        except LambdatuiError as error:
            self._feed.put(error)
        except OSError as error:
            self._feed.put(BadInput(f"{folder}: cannot be written: {error.strerror}."))

    def _take(self, items: list[Told]) -> None:
        match items[-1]:
            case Progress() as now:
                self._say((progress_words.told(now) if now.total else f"{now.what} …", "$muted"))
            case Downloaded() as done:
                self._written = done.folder
                self._enter("over")
                told = [(f"✔ {', '.join(done.files)} in {done.folder.absolute()}", "$ok")]
                self._say(*told, *((note, "$muted") for note in done.notes))
            case LambdatuiError() as error:
                # what was there before is as it was: another name may do
                self._clock = Clock()
                self._enter("asking")
                self._say((f"✖ {error.message}", "$bad"), *([(error.hint, "$muted")] if error.hint else []))

    def _enter(self, phase: str) -> None:
        self._phase = phase
        self.query_one(Input).disabled = phase == "running"
        if phase != "running":
            self.set_focus(self.query_one(Input))
        self.refresh_bindings()

    def _show(self) -> None:
        words = (
            ("▲ The environment's values go along in the open; the file is yours alone.", "$warn")
            if self._with_environment
            else ("The environment's names go along, its values do not.", "$muted")
        )
        self.query_one("#environment", Static).update(Content.assemble(words))

    def _say(self, *lines: tuple[str, str]) -> None:
        content = [Content.assemble((one_line(text), colour)) for text, colour in lines]
        self.query_one("#word", Static).update(Content("\n").join(content))
