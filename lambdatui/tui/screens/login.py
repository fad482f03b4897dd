"""Log in: to SSO by a code and any browser, with the AWS CLI, or told what else renews a profile's credentials."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lambdatui.clock import Clock
from lambdatui.errors import Cancelled, LambdatuiError
from lambdatui.text import one_line
from lambdatui.tui.feed import Feed
from lambdatui.tui.offers import Copyable
from lambdatui.tui.session import Session
from lambdatui.tui.ways_in import WayIn
from lambdatui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from lambdatui.aws.account import Identity
    from lambdatui.aws.profiles import ProfileEntry
    from lambdatui.aws.sso_login import DeviceCode


@dataclass(frozen=True, slots=True)
class _Found:
    """The profile, and what can be done."""

    entry: ProfileEntry
    way: WayIn


@dataclass(frozen=True, slots=True)
class _Asked:
    """A code to be confirmed."""

    code: DeviceCode


@dataclass(frozen=True, slots=True)
class _Trying:
    """The credentials are being tried."""


@dataclass(frozen=True, slots=True)
class _Works:
    identity: Identity


@dataclass(frozen=True, slots=True)
class _Failed:
    error: LambdatuiError


_Word = _Found | _Asked | _Trying | _Works | _Failed


class LoginScreen(ModalScreen[bool]):
    """Ends with whether the profile's credentials work now; its lapse has ended then."""

    CSS_PATH = "login.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "browse", "open browser", id="login.browse"),
        Binding("y", "copy", "copy address", id="login.copy"),
        Binding("w", "aws_cli", "with aws", id="login.aws_cli"),
        Binding("r,R", "retry", "retry", id="login.retry"),
        Binding("escape,q", "back", "not now", id="login.back", key_display="esc"),
    ]

    def __init__(self, session: Session, profile: str) -> None:
        super().__init__()
        self.session = session
        self.profile = profile
        self._clock = Clock()
        self._entry: ProfileEntry | None = None
        self._way = WayIn(())
        self._code: DeviceCode | None = None
        self._is_busy = True
        self._line: tuple[str, str] = ("◌ Looking at the profile …", "$busy")

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            with VerticalScroll():
                yield Static("", id="way")
                yield Static("", id="line")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = Content(f"Log in: {one_line(self.profile) or 'default profile'}")
        self._feed: Feed[_Word] = Feed(self.app, self._take)
        self._show()
        self._begin()

    def on_unmount(self) -> None:
        self._clock.cancel()
        self._feed.close()

    # workers

    @work(thread=True, group="login", exclusive=True, exit_on_error=False)
    def _begin(self) -> None:
        from lambdatui.aws import profiles
        from lambdatui.tui import ways_in

        clock = self._clock
        try:
            entry = profiles.find(self.profile)
            self._feed.put(_Found(entry, ways_in.of(entry)))
            if entry.sso is None:
                return
            login = self.session.accounts().login(self.profile)
            self._feed.put(_Asked(login.begin()))
            login.finish(clock)
            self._renew(entry)
        except Cancelled:
            pass
        except LambdatuiError as error:
            if not clock.cancelled:
                self._feed.put(_Failed(error))

    @work(thread=True, group="login", exclusive=True, exit_on_error=False)
    def _try(self, entry: ProfileEntry | None) -> None:
        try:
            self._renew(entry)
        except LambdatuiError as error:
            self._feed.put(_Failed(error))

    @work(thread=True, group="browser", exclusive=True, exit_on_error=False)
    def _open_browser(self, url: str) -> None:
        from lambdatui.tui import browser

        try:
            browser.open_page(url)
        except LambdatuiError as error:
            self.app.call_from_thread(self.notify, str(error), severity="warning", markup=False)

    def _renew(self, entry: ProfileEntry | None) -> None:
        """Tries the profile, and every other one that waits for the same login."""
        from lambdatui.aws import profiles

        self._feed.put(_Trying())
        accounts = self.session.accounts()
        identity = accounts.renew(self.profile)
        self._feed.put(_Works(identity))
        if entry is None or entry.sso is None:
            return
        for lapse in self.session.lapses.all:
            if profiles.find(lapse.profile).sso == entry.sso:
                # one that still cannot be used goes on lapsing, and says why
                try:
                    accounts.renew(lapse.profile)
                except LambdatuiError:
                    continue

    # what comes back

    def _take(self, items: list[_Word]) -> None:
        for item in items:
            match item:
                case _Found(entry, way):
                    self._entry, self._way = entry, way
                    self._is_busy = entry.sso is not None
                    lapse = self.session.lapses.of(self.profile)
                    if entry.sso is not None:
                        self._line = ("◌ Asking for a code …", "$busy")
                    elif lapse is not None:
                        self._line = (f"▲ {lapse.error.message}", "$warn")
                    else:
                        self._line = ("", "")
                case _Asked(code):
                    self._code = code
                    until = dt.datetime.fromtimestamp(code.expires).astimezone()
                    self._line = (f"◌ Waiting for the answer in the browser, until {until:%H:%M} …", "$busy")
                case _Trying():
                    self._is_busy, self._code = True, None
                    self._line = ("◌ Trying the credentials …", "$busy")
                case _Works(identity):
                    words = f"{identity.principal} of {identity.account_id}"
                    self.app.notify(one_line(words), title="Logged in", markup=False)
                    self.dismiss(True)
                    return
                case _Failed(error):
                    self._is_busy, self._code = False, None
                    self._line = (f"✖ {error}", "$bad")
        self._show()
        self.refresh_bindings()

    def _show(self) -> None:
        entry, lines = self._entry, []
        if entry is not None and entry.sso is not None:
            lines.append(Content.assemble(("SSO  ", "$muted"), one_line(entry.sso.title)))
            if entry.sso.name:
                lines.append(Content.assemble(("     ", ""), (one_line(entry.sso.start_url), "$muted")))
            if entry.builds_on:
                lines.append(Content.assemble(("     by way of ", "$muted"), one_line(entry.builds_on)))
        lines += [Content(one_line(sentence)) for sentence in self._way.sentences]
        if self._code is not None:
            lines += [
                Content(""),
                Content("Open this page in a browser, here or on any other machine:"),
                Content.assemble((one_line(self._code.complete_url), "bold $primary")),
                Content(""),
                Content("and confirm there only if it shows this code:"),
                Content.assemble((f" {one_line(self._code.user_code)} ", "bold $lapse-text on $accent")),
            ]
        elif entry is not None and entry.sso is not None and not self._is_busy:
            lines += [Content(""), Content("r begins anew.")]
        self.query_one("#way", Static).update(Content("\n").join(lines))
        text, colour = self._line
        self.query_one("#line", Static).update(Content.assemble((one_line(text), colour)))

    # actions

    def copies(self) -> Sequence[Copyable]:
        if self._code is None:
            return []
        return [Copyable("address", self._code.complete_url), Copyable("code", self._code.user_code)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        shown = {
            "browse": self._code is not None,
            "copy": self._code is not None,
            "aws_cli": bool(self._way.command) and (self._code is not None or not self._is_busy),
            "retry": not self._is_busy,
        }
        return shown.get(action, True)

    def action_browse(self) -> None:
        if self._code is not None:
            self._open_browser(self._code.complete_url)

    async def action_copy(self) -> None:
        await self.app.run_action("app.copy")

    def action_aws_cli(self) -> None:
        """Runs the AWS CLI's own login on the terminal, and tries what it leaves."""
        self._clock.cancel()
        self._clock = Clock()
        command = list(self._way.command)
        try:
            with self.app.suspend():
                status = subprocess.run(command, check=False).returncode
        except (SuspendNotSupported, OSError, KeyboardInterrupt) as error:
            words = "was interrupted" if isinstance(error, KeyboardInterrupt) else f"could not be run here: {error}"
            self._take([_Failed(LambdatuiError(f"`{' '.join(command)}` {words}."))])
            return
        if status:
            self._take([_Failed(LambdatuiError(f"`{' '.join(command)}` ended with status {status}."))])
            return
        self._try(self._entry)

    def action_retry(self) -> None:
        """Begins an SSO login anew; any other profile is tried with what it has now."""
        self._is_busy = True
        if self._entry is not None and self._entry.sso is not None:
            self._clock = Clock()
            self._begin()
        else:
            self._try(self._entry)

    def action_back(self) -> None:
        self.dismiss(False)
