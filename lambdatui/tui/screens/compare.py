"""Compare: two versions of a function, their configuration field by field and their code file by file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from lambdatui.aws import configuration_diff, functions, packages
from lambdatui.aws.account import Account
from lambdatui.aws.functions import LATEST, Function
from lambdatui.aws.package_diff import FileChange, PackageDiff
from lambdatui.aws.scope import Scope
from lambdatui.errors import Cancelled, LambdatuiError
from lambdatui.text import one_line, size
from lambdatui.tui import states
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.package_reading import Lines, PackageReading, Progress, Told
from lambdatui.tui.record_documents import as_json
from lambdatui.tui.screens.function_screen import FunctionScreen
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable, Tone

UNASKED = 10 * 1024 * 1024
"""Bytes of both packages together, up to which they are downloaded without being asked for."""

Pair = tuple[Function, Function]
Sign = Literal["+", "-", "~"]

_TONES: dict[Sign, Tone] = {"+": "ok", "-": "bad", "~": "accent"}
_SIGNS: dict[str, Sign] = {"added": "+", "removed": "-", "changed": "~", "mode": "~"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One row: a setting, or a file of the package. `before` and `after` are None where there is none."""

    part: Literal["setting", "file"]
    sign: Sign
    name: str
    before: str | None
    after: str | None
    file: FileChange | None = None


class CompareScreen(FunctionScreen[Pair]):
    """Shows what `after` has that `before` has not, and the other way round. Both are qualifiers, `$LATEST` as well."""

    CSS_PATH = "compare.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "code", "compare the code", id="compare.code"),
        Binding("x", "cancel", "stop", id="compare.cancel"),
        Binding("s", "swap", "swap", id="compare.swap"),
        Binding("escape,q", "back", "back", id="compare.back", key_display="esc"),
    ]

    def __init__(self, session: Session, scope: Scope, function: str, before: str, after: str) -> None:
        super().__init__(session, scope, function, "Compare")
        self._before, self._after = before, after
        self._pair: Pair | None = None
        self._settings: tuple[Difference, ...] = ()
        self._files: tuple[Difference, ...] = ()
        self._packages: PackageReading | None = None
        self._is_downloading = False

    def compose(self) -> ComposeResult:
        def value(text: str | None) -> Cell:
            return one_line(text) if text is not None else ("–", "muted")

        columns: list[Column[Difference]] = [
            Column("sign", "", lambda one: (one.sign, _TONES[one.sign]), 1),
            Column("part", "WHAT", lambda one: (one.part, "muted"), 7, priority=1),
            Column("name", "NAME", lambda one: (one_line(one.name), _TONES[one.sign]), 20, grow=3, most=70),
            Column("before", "BEFORE", lambda one: value(one.before), 12, grow=2, most=60),
            Column("after", "AFTER", lambda one: value(one.after), 12, grow=2, most=60),
        ]
        yield self.identity_bar()
        yield Static("", id="pair")
        yield Static("", id="code")
        table: RecordTable[Difference] = RecordTable(
            columns, lambda one: (one.part, one.name), empty="Reading both versions …"
        )
        yield table
        yield KeyBar()

    def on_mount(self) -> None:
        self.set_focus(self._table)

    def on_unmount(self) -> None:
        self._close_packages()

    def read_function(self, account: Account) -> Pair:
        first, second = (functions.get(account, self.function, name) for name in (self._before, self._after))
        return first, second

    def show(self, value: Pair) -> None:
        self._pair = value
        before, after = value
        self._settings = tuple(
            Difference(
                "setting",
                "+" if one.before is None else "-" if one.after is None else "~",
                one.name,
                one.before,
                one.after,
            )
            for one in configuration_diff.compare(before.configuration, after.configuration)
            # the package says more about itself than these
            if one.name not in ("CodeSha256", "CodeSize")
        )
        self._files = ()
        lines = [_line("before", before, "$stable"), _line("after", after, "$canary")]
        self.query_one("#pair", Static).update(Content("\n").join(lines))
        self._show_rows()
        self._offer_code(before, after)

    def show_error(self, error: LambdatuiError) -> None:
        self._table.empty = f"✖ {one_line(str(error))}"
        self._table.redraw()

    def copies(self) -> Sequence[Copyable]:
        one = self._table.record
        if one is None:
            return []
        return [Copyable("name", one.name), Copyable("JSON", as_json(one))]

    def exported(self) -> Rows:
        """All differences, settings first."""
        rows = [
            {"what": one.part, "change": one.sign, "name": one.name, "before": one.before, "after": one.after}
            for one in self._table.rows
        ]
        what = f"differences of {self.function} {self._before} and {self._after}"
        return Rows(what, rows, total=len(rows))

    @property
    def _table(self) -> RecordTable[Difference]:
        return self.query_one(RecordTable)

    def _show_rows(self) -> None:
        self._table.empty = "No setting differs." if not self._settings else ""
        self._table.show((*self._settings, *self._files))

    # the code

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "code":
            return self._comparable() and self._packages is None
        if action == "cancel":
            return self._is_downloading
        if action == "swap":
            return self._pair is not None and not self._is_downloading
        return True

    def _comparable(self) -> bool:
        """Whether there are two packages, and not the same twice."""
        if self._pair is None or any(map(packages.is_image, self._pair)):
            return False
        first, second = (one.configuration.get("CodeSha256", "") for one in self._pair)
        return bool(first != second)

    def _offer_code(self, before: Function, after: Function) -> None:
        self._close_packages()
        if any(map(packages.is_image, (before, after))):
            self._say("A container image cannot be compared file by file. " + _images(before, after))
        elif not self._comparable():
            self._say("The code is the same: both have one SHA-256, and nothing had to be downloaded.", "$ok")
        else:
            total = sum(int(one.configuration.get("CodeSize", 0)) for one in (before, after))
            if total <= UNASKED:
                self.action_code()
            else:
                self._say(
                    f"The code differs. c downloads both packages, {size(total)}, and compares them file by file."
                )
        self.refresh_bindings()

    def action_code(self) -> None:
        assert self._pair is not None
        self._packages = PackageReading(self, self.session, self.scope, self._pair, self._told)
        self._is_downloading = True
        self._say("The code differs: downloading both packages …")
        self._packages.start()
        self.refresh_bindings()

    def action_cancel(self) -> None:
        if self._packages is not None:
            self._packages.cancel()

    def action_swap(self) -> None:
        self._before, self._after = self._after, self._before
        if self._pair is not None:
            self.show((self._pair[1], self._pair[0]))

    def action_back(self) -> None:
        self.dismiss(False)

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        one: Difference = event.record
        if one.file is None:
            self._open(one.name, f"before\n{_or_none(one.before)}\n\nafter\n{_or_none(one.after)}")
        elif one.file.kind == "mode":
            self._open(one.name, f"The content is the same. Permissions: {one.before} before, {one.after} after.")
        elif self._packages is not None:
            self._packages.read_lines(one.file, lambda found: self._show_lines(one, found))

    def _show_lines(self, one: Difference, found: Lines) -> None:
        text = "\n".join(found) if isinstance(found, list) else str(found)
        self._open(one.name, text, is_diff=isinstance(found, list))

    def _open(self, title: str, text: str, is_diff: bool = False) -> None:
        from lambdatui.tui.screens.document import DocumentScreen

        if is_diff:
            self.app.push_screen(DocumentScreen(title, text, style=_line_style))
        else:
            self.app.push_screen(DocumentScreen(title, text))

    def _told(self, told: Told) -> None:
        if isinstance(told, Progress):
            self._say(f"The code differs: {told.text}   x stops")
            return
        self._is_downloading = False
        if isinstance(told, PackageDiff):
            self._files = tuple(_file(change) for change in told.changes)
            self._show_rows()
            self._say(_summary(told))
        else:
            self._close_packages()
            if isinstance(told, Cancelled):
                self._say("The code differs. Stopped: c downloads both packages again.", "$warn")
            else:
                self._say(f"✖ {told}", "$bad")
        self.refresh_bindings()

    def _close_packages(self) -> None:
        if self._packages is not None:
            self._packages.close()
        self._packages = None
        self._is_downloading = False

    def _say(self, text: str, style: str = "$muted") -> None:
        self.query_one("#code", Static).update(Content.assemble((one_line(text), style)))


def in_order(first: str, second: str) -> tuple[str, str]:
    """Two qualifiers, the older version first; $LATEST is newer than all."""

    def age(name: str) -> float:
        return float("inf") if name == LATEST or not name.isdigit() else float(name)

    return (first, second) if age(first) <= age(second) else (second, first)


def _line(word: str, function: Function, colour: str) -> Content:
    get = function.configuration.get
    return Content.assemble(
        (f"{word:<7}", "$muted"),
        (f"{get('Version', ''):>8}", f"bold {colour}"),
        (f"  {size(get('CodeSize', 0)):>9}", ""),
        (f"  sha {str(get('CodeSha256', ''))[:8]}", "$muted"),
        (f"  {states.modified(get('LastModified', ''))}", "$muted"),
        f"  {one_line(get('Description', ''))}",
    )


def _images(before: Function, after: Function) -> str:
    first, second = (one_line(str(one.code.get("ImageUri", "a package"))) for one in (before, after))
    return f"Both are {first}." if first == second else f"Before: {first}  after: {second}"


def _file(change: FileChange) -> Difference:
    if change.kind == "mode":
        before, after = f"{change.mode_before:o}", f"{change.mode_after:o}"
        return Difference("file", "~", change.name, f"mode {before}", f"mode {after}", change)
    old, new = (None if count is None else f"{count:,} B" for count in (change.before, change.after))
    return Difference("file", _SIGNS[change.kind], change.name, old, new, change)


def _summary(found: PackageDiff) -> str:
    kinds = [change.kind for change in found.changes]
    parts = [
        f"{kinds.count('changed'):,} changed",
        f"{kinds.count('added'):,} added",
        f"{kinds.count('removed'):,} removed",
        f"{found.same:,} the same",
    ]
    if kinds.count("mode"):
        parts.insert(1, f"{kinds.count('mode'):,} with other permissions")
    nothing = "" if kinds else ": the files are the same, the zip around them is not"
    return f"Files: {', '.join(parts)}{nothing}"


def _line_style(line: str) -> str:
    """The style of a line of a unified diff."""
    if line.startswith("@@"):
        return "$accent"
    return {"+": "$ok", "-": "$bad"}.get(line[:1], "")


def _or_none(text: str | None) -> str:
    return "–" if text is None else text
