"""Copy anything: what the focus offers, a choice where it is more than one thing, and true words on what came of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lambdatui.text import clean, one_line
from lambdatui.tui import clipboard
from lambdatui.tui.offers import Copyable, copies_at
from lambdatui.tui.record_documents import as_json
from lambdatui.tui.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from textual.app import App

_FIELDS = {"arn": "ARN", "name": "name", "request_id": "request id", "uuid": "UUID", "url": "URL"}


def of_record(record: Any) -> list[Copyable]:
    """What can be copied of any record: its ARN, name and ids, where it has them, and all of it as JSON."""
    if record is None:
        return []
    found = [
        Copyable(word, text)
        for field, word in _FIELDS.items()
        if isinstance(text := getattr(record, field, None), str) and text
    ]
    return [*found, Copyable("JSON", as_json(record))]


class Copying:
    """The app's two actions, copy and select here. It remembers what was copied last by its place in the choice."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._last: tuple[int, int] | None = None

    async def copy(self) -> None:
        """Copies what the focus offers; asks which where it is more than one thing."""
        await self._choose("Copy", self._copied)

    async def select(self) -> None:
        """Shows the text alone, for the terminal's own selection: what was just copied, or what is chosen."""
        offered = self._offered()
        if self._last is not None and self._last[0] == hash(tuple(offered)):
            self._selected(offered, self._last[1])
        else:
            await self._choose("Select here", self._selected)

    def _offered(self) -> list[Copyable]:
        source = copies_at(self._app.screen)
        if source is None:
            return []
        found = of_record(source.record) if isinstance(source, RecordTable) else source.copies()
        return [_harmless(one) for one in found if one.text]

    async def _choose(self, title: str, take: Callable[[Sequence[Copyable], int], None]) -> None:
        offered = self._offered()
        if not offered:
            self._app.notify("There is nothing to copy here.", markup=False)
            return
        if len(offered) == 1:
            take(offered, 0)
            return
        from lambdatui.tui.screens.choose import ChooseScreen, Option

        options = [
            Option(str(index), one.name, "••••••" if one.secret else _preview(one.text))
            for index, one in enumerate(offered)
        ]

        def chosen(values: tuple[str, ...] | None) -> None:
            if values:
                take(offered, int(values[0]))

        await self._app.push_screen(ChooseScreen(title, options), chosen)

    def _copied(self, offered: Sequence[Copyable], index: int) -> None:
        self._last = (hash(tuple(offered)), index)
        self._app.run_worker(self._put(offered[index]), group="copying", exclusive=True)

    async def _put(self, one: Copyable) -> None:
        app = self._app
        command = clipboard.native_command(os.environ)
        if command is not None and await asyncio.to_thread(clipboard.copied_by, command, one.text):
            app.notify(f"The {one.name} is in the clipboard ({command[0]}).", markup=False)
            return
        length = len(one.text.encode())
        if length > clipboard.LIMIT:
            words = (
                f"The {one.name} has {length:,} bytes, more than a terminal's clipboard takes: Y shows it to select."
            )
            app.notify(words, severity="warning", markup=False)
            return
        app.copy_to_clipboard(one.text)
        words = (
            f"The {one.name} was sent to the terminal's clipboard (OSC 52), which does not answer. "
            "If nothing arrives, press Y to select it here."
        )
        app.notify(words, markup=False, timeout=8)

    def _selected(self, offered: Sequence[Copyable], index: int) -> None:
        from lambdatui.tui.screens.select_text import SelectTextScreen

        self._app.push_screen(SelectTextScreen(offered[index].text))


def _harmless(one: Copyable) -> Copyable:
    """Without terminal escapes: what is pasted into a shell should not act."""
    return Copyable(one.name, clean(one.text), one.secret)


def _preview(text: str) -> str:
    lines = text.count("\n") + 1
    return one_line(text[:200]) if lines == 1 else f"{lines} lines"
