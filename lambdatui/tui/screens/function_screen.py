"""What the screens about one function share: its identity line, the worker that reads it, the way to a plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual.screen import Screen

from lambdatui.aws.account import Account
from lambdatui.aws.errors import CredentialsError
from lambdatui.aws.scope import Scope
from lambdatui.errors import LambdatuiError
from lambdatui.tui.reading import Read, Reading
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.identity_bar import IdentityBar, Who

if TYPE_CHECKING:
    from lambdatui.stages.stage import Stage

T = TypeVar("T")


class FunctionScreen(Screen[bool], Generic[T]):
    """A screen about one function. It ends with whether anything was changed.

    Subclasses say what `read_function` reads, in a worker thread, and what `show` makes of it.
    """

    def __init__(self, session: Session, scope: Scope, function: str, title: str) -> None:
        super().__init__()
        self.session = session
        self.scope = scope
        self.function = function
        self.changed = False
        self._title = title

    def identity_bar(self) -> IdentityBar:
        """The first line of the screen."""
        bar = IdentityBar(self._title, self.function, demo=self.session.demo is not None)
        bar.set_reactive(IdentityBar.who, known_who(self.session, self.scope))
        return bar

    def read_function(self, account: Account) -> T:
        """Reads what the screen shows. Runs in a worker thread. Raises LambdatuiError."""
        raise NotImplementedError

    def show(self, value: T) -> None:
        """Shows what was read."""
        raise NotImplementedError

    def show_error(self, error: LambdatuiError) -> None:
        """Shows why nothing could be read. Credentials are told by the identity bar, and the reading starts again."""
        if isinstance(error, CredentialsError):
            return
        self.notify(str(error), title="Cannot be read", severity="error", markup=False, timeout=10)

    def on_mount(self) -> None:
        self._reading = Reading(self, self.session, self.scope, self.read_function, self._take_reading, self.show_error)
        self.reload()

    def on_unmount(self) -> None:
        self._reading.close()

    def reload(self) -> None:
        """Reads anew; what is shown stays meanwhile."""
        self._reading.start()

    def _take_reading(self, read: Read[T]) -> None:
        self.query_one(IdentityBar).who = who(self.scope, read)
        self.show(read.value)

    def act(self, stage: Stage, then: Callable[[Any], None] | None = None, folder: Path | None = None) -> None:
        """Plans a stage, asks, and carries it out; reads anew afterwards if something was changed."""
        from lambdatui.tui.screens.act import ActScreen

        def over(outputs: Any) -> None:
            if outputs is not None:
                self.changed = True
                self.reload()
            if then is not None:
                then(outputs)

        self.app.push_screen(ActScreen(self.session, stage, folder), over)

    def action_back(self) -> None:
        self.dismiss(self.changed)


def who(scope: Scope, read: Read[Any]) -> Who:
    """The identity under which something was read, for the identity bar."""
    return Who(read.identity.account_id, scope.profile, scope.region, read.identity.principal, read.read_only)


def known_who(session: Session, scope: Scope) -> Who:
    """The identity that the list was told, until a reading tells its own; without one, the profile and the region."""
    told = session.told.get(scope)
    if told is None or session.lapses.of(scope.profile) is not None:
        return Who(profile=scope.profile, region=scope.region)
    identity, is_read_only = told
    return Who(identity.account_id, scope.profile, scope.region, identity.principal, is_read_only)
