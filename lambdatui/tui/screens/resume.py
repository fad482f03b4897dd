"""Resume: a rollout that stopped half-way, what AWS says of its alias now, and what is to become of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.errors import NotFound
from lambdatui.aws.scope import Scope
from lambdatui.aws.versions import Alias
from lambdatui.errors import LambdatuiError
from lambdatui.stages.alias_standing import routing_of, told
from lambdatui.stages.resume import Resume
from lambdatui.stages.rollout.stopped import Stands, Stopped, compare
from lambdatui.text import one_line
from lambdatui.tui.labelled import labelled
from lambdatui.tui.reading import Read, Reading
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.key_bar import KeyBar

_WORDS: Mapping[Stands, tuple[str, str]] = {
    Stands.AS_LEFT: ("✔ as the rollout left it", "$ok"),
    Stands.WRITTEN: ("● the change that was under way has arrived", "$busy"),
    Stands.BACK: ("● it is back where it was before the rollout", "$busy"),
    Stands.CHANGED: ("▲ somebody else has changed it since", "$warn"),
    Stands.GONE: ("▲ the alias is not there any more", "$warn"),
}


class ResumeScreen(ModalScreen[None]):
    """One rollout after the other: go on with it, put it back, leave it, or decide later."""

    CSS_PATH = "resume.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "take_up('go on')", "go on", id="resume.go_on"),
        Binding("b", "take_up('put back')", "put back", id="resume.put_back"),
        Binding("l", "leave", "leave it so", id="resume.leave"),
        Binding("escape", "later", "decide later", id="resume.later", key_display="esc"),
    ]

    def __init__(self, session: Session, stopped: Sequence[Stopped]) -> None:
        super().__init__()
        self.session = session
        self._left = list(stopped)
        self._stands: Stands | None = None
        """How the alias compares, once AWS has said it."""
        self._now: Alias | None = None
        self._trouble = ""
        self._reading: Reading[Alias | None] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("", id="stopped")
            yield Static("", id="outcome", classes="-empty")
            yield KeyBar()

    def on_mount(self) -> None:
        self._begin()

    def on_unmount(self) -> None:
        if self._reading is not None:
            self._reading.close()

    @property
    def stopped(self) -> Stopped:
        """The rollout that is decided on."""
        return self._left[0]

    def _begin(self) -> None:
        """Shows the first rollout that is left, and asks AWS about its alias."""
        if self._reading is not None:
            self._reading.close()
        self._stands, self._now, self._trouble = None, None, ""
        run = self.stopped.run
        scope = Scope(run.profile, run.region)
        self._reading = Reading(self, self.session, scope, self._read, self._take, self._fail)
        self._reading.start()
        self._show()

    def _read(self, account: Account) -> Alias | None:
        stopped = self.stopped
        identity = account.identity()
        if identity.account_id != stopped.run.account_id:
            raise LambdatuiError(
                f"It ran in account {stopped.run.account_id}, and this session is in {identity.account_id}."
            )
        named = {"FunctionName": stopped.run.function, "Name": stopped.state.alias}
        try:
            return aws.alias(account.call("lambda", "GetAlias", named))
        except NotFound:
            return None

    def _take(self, read: Read[Alias | None]) -> None:
        self._now = read.value
        self._stands = compare(self.stopped.state, read.value)
        self._trouble = ""
        self._show()

    def _fail(self, error: LambdatuiError) -> None:
        self._trouble = str(error)
        self._show()

    def _show(self) -> None:
        stopped, run = self.stopped, self.stopped.run
        more = f"  (1 of {len(self._left)})" if len(self._left) > 1 else ""
        self.query_one(".dialog").border_title = f"A rollout stopped half-way{more}"
        if self._trouble:
            stands, colour = f"✖ {one_line(self._trouble)}", "$bad"
        elif self._stands is None:
            stands, colour = "AWS is being asked …", "$muted"
        else:
            stands, colour = _WORDS[self._stands]
        lines = [
            Content.assemble((one_line(stopped.sentence), "bold")),
            Content(""),
            *labelled(
                [
                    ("account", " ".join(part for part in (run.account_id, run.profile, run.region) if part)),
                    ("rollout", run.title),
                    ("before it", told(stopped.state.before)),
                    ("it left", told(stopped.state.stands)),
                    ("AWS says", told(routing_of(self._now)) if self._now is not None else ""),
                    ("", stands, colour),
                    ("it ended", run.error or _ENDS.get(run.status, run.status)),
                ]
            ),
        ]
        self.query_one("#stopped", Static).update(Content("\n").join(lines))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "take_up":
            return True
        can = {"go on": (Stands.AS_LEFT, Stands.WRITTEN, Stands.BACK), "put back": (Stands.AS_LEFT, Stands.WRITTEN)}
        return self._stands in can[str(parameters[0])]

    def action_take_up(self, how: Literal["go on", "put back"]) -> None:
        from lambdatui.tui.screens.act import ActScreen

        run = self.stopped.run.id

        def over(outputs: Any) -> None:
            if outputs is not None:
                # where nothing was left to do there was no run, which would have said so itself
                self._decided(run, how)
                self._next()
            else:
                self._begin()

        self.app.push_screen(ActScreen(self.session, Resume.of(self.stopped, how)), over)

    def action_leave(self) -> None:
        self._decided(self.stopped.run.id, "left as it was")
        self.notify(f"{self.stopped.target} stays as it is.", markup=False)
        self._next()

    def _decided(self, run_id: str, how: str) -> None:
        def settle() -> None:
            journal = self.session.journal()
            run = journal.run(run_id)
            if run is not None and not run.settled:
                journal.settle(run_id, how)

        self.run_worker(settle, thread=True, group="leave", exit_on_error=False)

    def action_later(self) -> None:
        self.dismiss(None)

    def _next(self) -> None:
        self._left.pop(0)
        if self._left:
            self._begin()
        else:
            self.dismiss(None)


_ENDS: Mapping[str, str] = {
    "unknown": "its process ended, and said nothing more",
    "cancelled": "it was stopped",
    "failed": "it failed",
}
