"""Export: asks for a file, and writes the rows of a table to it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lambdatui.errors import BadInput
from lambdatui.text import one_line
from lambdatui.tui import exporting
from lambdatui.tui.offers import Rows
from lambdatui.tui.widgets.key_bar import KeyBar


class ExportScreen(ModalScreen[Path | None]):
    """Ends with the file that was written, or None. A file that is there is replaced after a second enter only."""

    CSS_PATH = "export.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "write", id="export.write"),
        Binding("escape", "back", "not now", id="export.back"),
    ]

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self._rows = rows
        self._warned_of: Path | None = None
        self._writing = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content(one_line(self._rows.told)))
            yield Input(exporting.suggestion(self._rows), compact=True)
            yield Static("", id="word")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = Content(f"Export {one_line(self._rows.what)}")
        field = self.query_one(Input)
        field.cursor_blink = False
        self.set_focus(field)
        self._say()

    @property
    def _path(self) -> Path:
        return Path(self.query_one(Input).value.strip()).expanduser()

    def on_input_changed(self, _: Input.Changed) -> None:
        self._warned_of = None
        self._say()

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.action_write()

    def action_write(self) -> None:
        if not self._writing:
            self._writing = True
            self.run_worker(self._write(self._path), group="export", exit_on_error=False)

    async def _write(self, path: Path) -> None:
        try:
            if not str(self.query_one(Input).value).strip():
                raise BadInput("The name of a file was expected.")
            overwrite = self._warned_of == path
            if not overwrite and await asyncio.to_thread(path.is_file):
                self._warned_of = path
                self._say(f"▲ {path} is there already: enter replaces it, another name leaves it alone.", "$warn")
                return
            await asyncio.to_thread(exporting.write, self._rows, path, overwrite=overwrite)
        except (BadInput, OSError) as error:
            self._say(f"✖ {error}", "$bad")
        else:
            count = f"{len(self._rows.rows):,} row{'' if len(self._rows.rows) == 1 else 's'}"
            self.notify(f"{count} written to {path.absolute()}.", markup=False)
            self.dismiss(path)
        finally:
            self._writing = False

    def _say(self, text: str = "", colour: str = "$muted") -> None:
        if not text:
            folder = self._path.parent
            where = folder.absolute() if folder == Path() else folder
            endings = exporting.listed(exporting.formats(self._rows))
            text = f"The name's end says the format: {endings}. Enter writes it into {where}."
        self.query_one("#word", Static).update(Content.assemble((one_line(text), colour)))

    def action_back(self) -> None:
        self.dismiss(None)
