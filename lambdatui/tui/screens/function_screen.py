"""What the screens about one function share: its identity line, the worker that reads it, the way to a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual import work
from textual.screen import Screen

from lambdatui.aws.account import Account, Identity, Scope
from lambdatui.errors import LambdatuiError
from lambdatui.tui.feed import Feed
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.identity_bar import IdentityBar, Who

if TYPE_CHECKING:
    from lambdatui.stages.stage import Stage

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What a reading brought, with the identity under which it was read."""

    value: T
    identity: Identity
    read_only: bool


@dataclass(frozen=True, slots=True)
class ReadFailed:
    """A reading brought nothing, and this is why."""

    error: LambdatuiError


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
        bar.set_reactive(IdentityBar.who, Who(profile=self.scope.profile, region=self.scope.region))
        return bar

    def read_function(self, account: Account) -> T:
        """Reads what the screen shows. Runs in a worker thread. Raises LambdatuiError."""
        raise NotImplementedError

    def show(self, value: T) -> None:
        """Shows what was read."""
        raise NotImplementedError

    def show_error(self, error: LambdatuiError) -> None:
        """Shows why nothing could be read."""
        self.notify(str(error), title="Cannot be read", severity="error", markup=False, timeout=10)

    def on_mount(self) -> None:
        self._readings: Feed[Read[T] | ReadFailed] = Feed(self.app, self._take_reading)
        self.reload()

    def on_unmount(self) -> None:
        self._readings.close()

    def reload(self) -> None:
        """Reads anew; what is shown stays meanwhile."""
        self._read()

    @work(thread=True, exclusive=True, group="read", exit_on_error=False)
    def _read(self) -> None:
        try:
            account = self.session.account(self.scope)
            value = self.read_function(account)
            self._readings.put(Read(value, account.identity(), account.read_only))
        except LambdatuiError as error:
            self._readings.put(ReadFailed(error))

    def _take_reading(self, items: list[Read[T] | ReadFailed]) -> None:
        last = items[-1]
        if isinstance(last, ReadFailed):
            self.show_error(last.error)
            return
        identity = last.identity
        self.query_one(IdentityBar).who = Who(
            identity.account_id, self.scope.profile, self.scope.region, identity.principal, last.read_only
        )
        self.show(last.value)

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
