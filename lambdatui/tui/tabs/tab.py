"""What all tabs of the function view share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer

from lambdatui.aws.account import Account
from lambdatui.aws.scope import Scope
from lambdatui.errors import LambdatuiError
from lambdatui.tui.offers import Copyable
from lambdatui.tui.reading import Read, Reading
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from lambdatui.aws.clients import Retry
    from lambdatui.tui.screens.function import FunctionView

T = TypeVar("T")

SLOW_SECONDS = 5
"""How long a reading may take before the tab says that it has no answer yet."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The function that a view is about, and where it is."""

    session: Session
    scope: Scope
    function: str
    request_id: str = ""
    """The invocation that the view was opened for: the logs' tab shows its lines alone."""


class FunctionTab(Vertical, Generic[T]):
    """One tab. Subclasses compose their widgets, read in a worker thread, and show what was read.

    `title` is what the tab bar says. The widget that takes the focus when the tab is opened has the class `first`.
    """

    title: ClassVar[str]

    DEFAULT_CSS = """
    FunctionTab { height: 1fr; }
    """

    class Changed(Message):
        """What a tab says of its reading: a new one, or why there is none."""

        def __init__(self, tab: FunctionTab[Any]) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.subject = subject
        self.last: Read[T] | None = None
        """What was read last."""
        self.trouble: LambdatuiError | None = None
        """Why the last reading brought nothing."""
        self.waiting = ""
        """Why the reading that is under way takes long, as a sentence; empty while it does not."""
        self._slow: Timer | None = None

    @property
    def view(self) -> FunctionView:
        """The screen that the tab is in."""
        from lambdatui.tui.screens.function import FunctionView

        screen = self.screen
        assert isinstance(screen, FunctionView)
        return screen

    @property
    def read_at(self) -> dt.datetime | None:
        """When it was read."""
        return self.last.at if self.last else None

    def read(self, account: Account) -> T:
        """Reads what the tab shows. Runs in a worker thread. Raises LambdatuiError."""
        raise NotImplementedError

    def show(self, value: T) -> None:
        """Shows what was read."""
        raise NotImplementedError

    def show_trouble(self, error: LambdatuiError) -> None:
        """Shows why there is nothing to show; the view tells it beside the tab bar in any case."""

    def copies(self) -> Sequence[Copyable]:
        """What can be copied of what the tab shows, the likeliest first: by default what is under its cursor."""
        from lambdatui.tui.copying import of_record

        tables = self.query(RecordTable)
        return of_record(tables.first().record) if tables else [Copyable("function's name", self.subject.function)]

    def on_mount(self) -> None:
        self._reading = Reading(
            self,
            self.subject.session,
            self.subject.scope,
            self.read,
            self._take_reading,
            self._take_trouble,
            self._take_retry,
        )
        self.reload()

    def on_unmount(self) -> None:
        self._reading.close()

    def reload(self) -> None:
        """Reads anew; what is shown stays meanwhile."""
        self._ended()
        self._slow = self.set_timer(SLOW_SECONDS, self._take_slowness)
        self._reading.start()

    def opened(self) -> None:
        """The tab has come to the front. Called each time."""

    def closed(self) -> None:
        """Another tab has come to the front."""

    def _ended(self) -> None:
        self.waiting = ""
        if self._slow is not None:
            self._slow.stop()

    def _take_slowness(self) -> None:
        if not self.waiting:
            self.waiting = f"There is no answer after {SLOW_SECONDS} s; it is waited for. r asks anew."
            self.post_message(self.Changed(self))

    def _take_retry(self, retry: Retry) -> None:
        self.waiting = str(retry)
        self.post_message(self.Changed(self))

    def _take_reading(self, read: Read[T]) -> None:
        self._ended()
        self.last, self.trouble = read, None
        self.show(read.value)
        self.post_message(self.Changed(self))

    def _take_trouble(self, error: LambdatuiError) -> None:
        self._ended()
        self.trouble = error
        self.show_trouble(error)
        self.post_message(self.Changed(self))
