"""The payload of the invoke screen: where it comes from, what of it is shown, what the first runs send."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.widgets import Static

from lambdatui.clock import Clock
from lambdatui.errors import LambdatuiError
from lambdatui.stages.invoke import Invoke
from lambdatui.text import one_line, size
from lambdatui.tui import payload_sources
from lambdatui.tui.payload_sources import Loaded, Source
from lambdatui.tui.widgets.payload_editor import PayloadEditor

if TYPE_CHECKING:
    from lambdatui.stages.load.payloads import Payloads
    from lambdatui.tui.screens.invoke import InvokeScreen


class InvokePayload:
    """What is sent. Made when its screen is mounted."""

    def __init__(self, screen: InvokeScreen) -> None:
        self._screen = screen
        self._source = Source()

    @property
    def editor(self) -> PayloadEditor:
        return self._screen.query_one(PayloadEditor)

    def fields(self, has_rows: bool) -> Mapping[str, Any] | None:
        """The fields of the stage; None where what is typed will not do, which the editor's frame says."""
        editor = self.editor
        editor.check()
        return None if editor.trouble else payload_sources.fields(self._source, editor.text, has_rows)

    @property
    def typed(self) -> Mapping[str, Any]:
        """The fields of the stage where somebody has typed something that will do; else none."""
        fields = self.fields(has_rows=False) or {}
        return {} if fields.get("payload", True) == {} else fields

    def show(self) -> None:
        """Shows the source over the editor, and the payload in the line that stands for it."""
        editor, source = self.editor, self._source
        editor.border_title = Content(one_line(source.title))
        text = one_line(editor.text[:300])
        kind = "template" if editor.is_template else size(len(editor.text.encode()))
        if source.kind != "typed":
            text, kind = one_line(source.name), "as it stands there"
        line = Content.assemble(("p  ", "bold $accent"), ("payload ", "$muted"), text, (f"  {kind}", "$muted"))
        self._screen.query_one("#payload-line", Static).update(line, layout=False)

    async def pick(self) -> None:
        """Asks where it is to come from."""
        from lambdatui.tui.screens.pick import PickScreen

        screen = self._screen
        options = await asyncio.to_thread(payload_sources.options, screen.session.settings)

        def picked(values: tuple[str, ...] | None) -> None:
            if values:
                screen.run_worker(self._load(values[0]), group="payload", exclusive=True, exit_on_error=False)

        title = "Payload: a file, s3://…, rows in .csv or .jsonl, or one of these"
        screen.app.push_screen(
            PickScreen(screen.session, screen.scope, title, None, options=options, free=True), picked
        )

    async def _load(self, picked: str) -> None:
        screen = self._screen
        try:
            loaded = await asyncio.to_thread(payload_sources.load, screen.session.settings, picked)
        except (LambdatuiError, OSError) as error:
            screen.say(f"✖ {error}", "$bad")
            return
        self._take(loaded)
        screen.edit_payload()

    def _take(self, loaded: Loaded) -> None:
        editor, choices = self.editor, self._screen.choices
        was_typed = not editor.read_only
        self._source = loaded.source
        editor.read_only = loaded.source.kind != "typed"
        if loaded.text is not None:
            editor.load_text(loaded.text)
        elif not was_typed:
            editor.load_text("{}")
        if loaded.rows is not None:
            choices.set_values({**choices.values, "rows": loaded.rows})
        editor.check()
        self.show()

    async def preview(self, stage: Invoke) -> None:
        """Shows what the first runs of a stage send."""
        from lambdatui.tui.screens.payload_preview import RUNS, PayloadPreview

        def made() -> tuple[list[bytes], bool]:
            payloads = self.made(stage)
            varies = payloads.constant is None
            return [payloads.payload(number) for number in range(1, RUNS + 1 if varies else 2)], varies

        try:
            previews, varies = await asyncio.to_thread(made)
        except LambdatuiError as error:
            self._screen.say(f"✖ {error}", "$bad")
            return
        self._screen.app.push_screen(PayloadPreview(previews, varies))

    def made(self, stage: Invoke, began: float | None = None) -> Payloads:
        """What a stage sends, which began then (seconds since the epoch). Blocks. Raises LambdatuiError."""
        return stage.events(self._screen.session.world(Clock() if began is None else _Then(began)))


class _Then(Clock):
    """The clock of a run that is over: its events may tell when it began."""

    def __init__(self, began: float) -> None:
        super().__init__()
        self._began = began

    def now(self) -> float:
        return self._began
