"""Package: what would be sent for a folder or a zip, file by file, with sizes and what was ignored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from lambdatui.errors import LambdatuiError
from lambdatui.stages.packages import package, package_cache
from lambdatui.stages.packages.package import DIRECT_LIMIT, UNZIPPED_LIMIT, Package
from lambdatui.stages.packages.package_files import IGNORE_FILE
from lambdatui.stages.progress_words import filled
from lambdatui.text import one_line, size
from lambdatui.tui import exporting
from lambdatui.tui.feed import Feed
from lambdatui.tui.labelled import labelled
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.record_documents import as_json
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.filter_input import FilterInput
from lambdatui.tui.widgets.identity_bar import IdentityBar
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

BAR = 24
FULL = 0.9
"""Share of a limit from which it is a warning."""


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A row: a file of the package, or what was ignored, whose sizes nobody looked at."""

    name: str
    size: int | None
    zipped: int | None
    executable: bool = False

    @property
    def ignored(self) -> bool:
        return self.size is None


ORDERS: dict[str, Callable[[PackedFile], Any]] = {
    "name": lambda row: row.name,
    "size": lambda row: (-(row.size or 0), row.name),
    "zipped": lambda row: (-(row.zipped or 0), row.name),
}


class PackageScreen(Screen[None]):
    """Shows the package that `source`, a folder or a zip relative to `folder`, makes. Nothing is asked of AWS."""

    CSS_PATH = "package.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", id="package.filter", key_display="/"),
        Binding("s", "sort", "sort", id="package.sort"),
        Binding("f5,ctrl+r", "reload", "read again", id="package.reload", key_display="f5"),
        Binding("escape,q", "back", "back", id="package.back", key_display="esc"),
    ]

    def __init__(self, session: Session, source: str, folder: Path | None = None) -> None:
        super().__init__()
        self.session = session
        self.source = source
        self._path = (folder or Path.cwd()) / Path(source).expanduser()
        self._rows: tuple[PackedFile, ...] = ()
        self._order = "name"

    def compose(self) -> ComposeResult:
        def amount(count: int | None) -> Cell:
            return ("–", "muted") if count is None else f"{count:,}"

        def name(row: PackedFile) -> Cell:
            return (one_line(row.name), "muted") if row.ignored else one_line(row.name)

        columns: list[Column[PackedFile]] = [
            Column("name", "NAME", name, 24, grow=1, most=90),
            Column("note", "", _note, 10, priority=1),
            Column("size", "BYTES", lambda row: amount(row.size), 12, align="right"),
            Column("zipped", "ZIPPED", lambda row: amount(row.zipped), 12, align="right"),
        ]
        yield IdentityBar("Package", one_line(self.source), demo=self.session.demo is not None)
        yield Lines(id="package")
        with Horizontal(id="filter-line"):
            yield Static("/ ", id="filter-mark")
            yield FilterInput(self._show_rows, lambda: self.set_focus(self._table), placeholder="filter the files")
        table: RecordTable[PackedFile] = RecordTable(columns, lambda row: (row.ignored, row.name), empty="Zipping …")
        table.sorted_by = ("name", False)
        yield table
        yield KeyBar()

    def on_mount(self) -> None:
        self._feed: Feed[Package | LambdatuiError] = Feed(self.app, self._take)
        self.set_focus(self._table)
        self.action_reload()

    def on_unmount(self) -> None:
        self._feed.close()

    @work(thread=True, exclusive=True, group="package", exit_on_error=False)
    def _build(self) -> None:
        try:
            self._feed.put(package.build(self._path, self.source, package_cache.folder()))
        except LambdatuiError as error:
            self._feed.put(error)

    def _take(self, items: list[Package | LambdatuiError]) -> None:
        last = items[-1]
        if isinstance(last, LambdatuiError):
            self._rows = ()
            self._table.empty = "Nothing can be deployed from here."
            lines = [Content.assemble((f"✖ {one_line(line)}", "$bad")) for line in (last.message, last.hint) if line]
        else:
            self._rows = (
                *(PackedFile(one.name, one.size, one.zipped, one.executable) for one in last.members),
                *(PackedFile(name, None, None) for name in last.ignored),
            )
            self._table.empty = "No file matches."
            lines = _summary(last)
        self.query_one("#package", Lines).update(lines)
        self._show_rows()

    def copies(self) -> Sequence[Copyable]:
        row = self._table.record
        return [] if row is None else [Copyable("name", row.name), Copyable("JSON", as_json(row))]

    def exported(self) -> Rows:
        """The files that are shown, with exact sizes."""
        fields: dict[str, Callable[[PackedFile], Any]] = {
            "name": lambda row: row.name,
            "size": lambda row: row.size,
            "zipped": lambda row: row.zipped,
            "executable": lambda row: row.executable,
            "ignored": lambda row: row.ignored,
        }
        words = self.query_one(FilterInput).value.strip()
        what = f"package {self._path.name}"
        return exporting.of_records(self._table.rows, fields, what, total=len(self._rows), filter=words)

    @property
    def _table(self) -> RecordTable[PackedFile]:
        return self.query_one(RecordTable)

    def _show_rows(self, _: str = "") -> None:
        words = self.query_one(FilterInput).value.lower().split()
        rows = [row for row in self._rows if all(word in f"{row.name} {_word(row)}".lower() for word in words)]
        # what is not in the package comes last
        rows.sort(key=lambda row: (row.ignored, ORDERS[self._order](row)))
        self._table.show(rows)

    # actions

    def action_reload(self) -> None:
        self.query_one("#package", Lines).update([Content.assemble(("Zipping …", "$muted"))])
        self._build()

    def action_filter(self) -> None:
        self.set_focus(self.query_one(FilterInput))

    def action_sort(self) -> None:
        orders = list(ORDERS)
        self._sort_by(orders[(orders.index(self._order) + 1) % len(orders)])

    def on_record_table_header_clicked(self, event: RecordTable.HeaderClicked) -> None:
        if event.column in ORDERS:
            self._sort_by(event.column)

    def _sort_by(self, order: str) -> None:
        self._order = order
        self._table.sorted_by = (order, order != "name")
        self._show_rows()
        self._table.redraw()

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        from lambdatui.tui.screens.document import DocumentScreen

        row: PackedFile = event.record
        self.app.push_screen(DocumentScreen(row.name, as_json(row)))

    def action_back(self) -> None:
        self.dismiss(None)


def _word(row: PackedFile) -> str:
    return "ignored" if row.ignored else "executable" if row.executable else ""


def _note(row: PackedFile) -> Cell:
    return _word(row), "muted" if row.ignored else "accent"


def _summary(found: Package) -> list[Content]:
    share = found.unzipped / UNZIPPED_LIMIT
    way = "more than a call takes: it goes through S3" if found.zipped > DIRECT_LIMIT else "sent in the call itself"
    left_out = f"{len(found.ignored):,} ignored, as {IGNORE_FILE} says" if found.ignored else "none ignored"
    return labelled(
        [
            ("files", f"{len(found.members):,}, {left_out}"),
            (
                "unzipped",
                f"{size(found.unzipped)}  {filled(share, BAR)}  {share:.1%} of {size(UNZIPPED_LIMIT)}",
                *(("$warn",) if share >= FULL else ()),
            ),
            ("zipped", f"{size(found.zipped)}, {way}"),
            ("sha256", found.sha256),
        ]
    )
