"""The app: wiring only. Settings, the session, themes, keys, screens."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from lambdatui.settings import Settings, config_folder
from lambdatui.tui import themes
from lambdatui.tui.credentials import Credentials
from lambdatui.tui.key_queue import KeyDone, KeyQueue
from lambdatui.tui.offers import HoldsApp, OffersRows, copies_at, rows_at
from lambdatui.tui.screens.functions import FunctionsScreen
from lambdatui.tui.session import Demo, Session
from lambdatui.tui.stopped_rollouts import StoppedRollouts
from lambdatui.tui.worker_threads import WorkerThreads

if TYPE_CHECKING:
    from lambdatui.tui.copying import Copying


class LambdatuiApp(App[int]):
    """lambdatui's app. It ends with the exit status of the process."""

    TITLE = "lambdatui"
    # the home screen's own sheet is read with the app's: it is part of the first frame
    CSS_PATH: ClassVar[list[str]] = ["app.tcss", "screens/functions.tcss"]  # type: ignore[assignment]
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-normal"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (18, "-short"), (30, "-tall")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="app.copy"),
        Binding("Y", "select_here", "select here", show=False, id="app.select_here"),
        Binding("e", "export", "export", id="app.export"),
        Binding("L", "login", "log in", id="app.login"),
        Binding("R", "retry", "retry", show=False, id="app.retry"),
        Binding("question_mark", "help", "help", id="app.help", key_display="?"),
        Binding("f1", "help", "help", id="app.help_anywhere"),
        Binding("ctrl+c", "leave", "quit", show=False, priority=True, id="app.interrupt"),
    ]

    def __init__(self, settings: Settings, demo: Demo | None = None) -> None:
        super().__init__()
        self.settings = settings
        self.session = Session(settings, demo)
        self.stopped_by: signal.Signals | None = None
        self._keys = KeyQueue(self, super().on_event)
        self.register_theme(themes.default())
        # without the watcher, which would style everything a second time
        self.set_reactive(App.theme, "dark")
        self.stylesheet.set_variables(self.get_css_variables())

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._keys.put(event)
        else:
            await super().on_event(event)

    def on_key_done(self, message: KeyDone) -> None:
        self._keys.done(message.number, message.last)

    # Textual's own ctrl+q would clash with terminals' flow control
    def _without_ctrl_q(self) -> None:
        self._bindings.key_to_bindings.pop("ctrl+q", None)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(themes.default().variables)

    def get_default_screen(self) -> Screen[Any]:
        screen = FunctionsScreen(self.session)
        # the classes that the size will give it: given now, they do not style the first frame a second time
        for breakpoints, cells in zip((self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS), self.size, strict=True):
            screen.add_class(*[name for least, name in breakpoints if cells >= least][-1:])
        return screen

    def on_mount(self) -> None:
        asyncio.get_running_loop().set_default_executor(WorkerThreads())
        # what the first frame was made of stays: a full collection of it would hold up a later frame by 20 ms and more
        self.call_after_refresh(gc.freeze)
        self._without_ctrl_q()
        self.call_after_refresh(self._stopped_rollouts.look, at_start=True)
        if self.settings.theme != "dark" or (config_folder() / "themes").is_dir():
            self._load_themes()
        else:
            # the others are wanted only when somebody looks for them
            self.set_timer(1.0, self._load_themes)
        if self.settings.keymap:
            from lambdatui.tui import keymap

            for word in keymap.unknown(self.settings.keymap):
                self.notify(word, title="Keymap", severity="warning", markup=False)
            self.set_keymap(dict(self.settings.keymap))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            # not on every platform, and not in a thread other than the main one
            with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(number, self._stop_for, number)

    def on_unmount(self) -> None:
        self.credentials.close()
        self._stopped_rollouts.close()
        self.session.close()

    def _stop_for(self, number: signal.Signals) -> None:
        self.stopped_by = number
        self.exit(128 + number, return_code=128 + number)

    def _fatal_error(self) -> None:
        # Textual would print the traceback; it belongs into the log file
        from lambdatui import log

        error = self._exception or sys.exception()
        self._exit_renderables.append(Text(f"lambdatui: {log.unexpected(error) if error else 'failed'}", style="red"))
        self._close_messages_no_wait()

    def _load_themes(self) -> None:
        loaded = themes.load(themes.shipped_folder(), config_folder() / "themes")
        for theme in loaded.themes.values():
            self.register_theme(theme)
        for name in [name for name in self.available_themes if name not in loaded.themes]:
            self.unregister_theme(name)
        for word in loaded.skipped:
            self.notify(word, title="A theme was skipped", severity="warning", timeout=10, markup=False)
        if self.settings.theme in loaded.themes:
            self.theme = self.settings.theme
        else:
            from lambdatui.errors import near_match

            self.notify(
                f"There is no theme '{self.settings.theme}'.{near_match(self.settings.theme, loaded.themes)}",
                severity="warning",
                markup=False,
            )

    @cached_property
    def _stopped_rollouts(self) -> StoppedRollouts:
        return StoppedRollouts(self)

    # credentials

    @cached_property
    def credentials(self) -> Credentials:
        """The state of the profiles' credentials. First asked for by the home screen, as it is mounted."""
        return Credentials(self, self.session)

    def action_login(self) -> None:
        self.credentials.login()

    def action_retry(self) -> None:
        self.credentials.retry()

    # copying and exporting

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("login", "retry"):
            return bool(self.session.lapses.all)
        offered = {"copy": copies_at, "select_here": copies_at, "export": rows_at}.get(action)
        if offered is not None:
            return offered(self.screen) is not None
        return super().check_action(action, parameters)

    @cached_property
    def _copying(self) -> Copying:
        from lambdatui.tui.copying import Copying

        return Copying(self)

    async def action_copy(self) -> None:
        await self._copying.copy()

    async def action_select_here(self) -> None:
        await self._copying.select()

    async def action_export(self) -> None:
        from lambdatui.tui import exporting
        from lambdatui.tui.screens.export import ExportScreen

        source = rows_at(self.screen)
        if source is not None:
            rows = source.exported() if isinstance(source, OffersRows) else exporting.of_table(source, "rows")
            await self.push_screen(ExportScreen(rows))

    def copy_to_clipboard(self, text: str) -> None:
        from lambdatui.tui.clipboard import terminal_sequence

        self._clipboard = text
        if self._driver is not None:
            # Textual's own does not get through tmux and GNU screen
            self._driver.write(terminal_sequence(text, os.environ))

    def action_leave(self) -> None:
        if not any(isinstance(screen, HoldsApp) and screen.hold_app() for screen in self.screen_stack):
            self.exit(0)

    async def action_help(self) -> None:
        from lambdatui.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            await self.push_screen(HelpScreen(self.screen))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the palette offers: what the screen can do now, then the themes and the way out."""
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.description and active.enabled and not binding.system and binding.show:
                yield SystemCommand(
                    binding.description.capitalize(),
                    f"Key: {self.get_key_display(binding)}",
                    self._runner(binding.action, active.node),
                )
        yield SystemCommand("Stopped rollouts", "Go on with them, or put them back", self._stopped_rollouts.look)
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)
        yield SystemCommand("Help", "Keys and words", self.action_help)
        yield SystemCommand("Quit", "Leave lambdatui", self.action_leave)

    def _runner(self, action: str, node: Any) -> Any:
        async def run() -> None:
            await self.run_action(action, node)

        return run


def run(settings: Settings, demo: Demo | None = None) -> int:
    """Runs the app until the operator leaves it, and returns the exit status. Takes over the terminal meanwhile."""
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    app = LambdatuiApp(settings, demo)
    result = app.run(mouse=settings.mouse)
    return app.return_code or result or 0
