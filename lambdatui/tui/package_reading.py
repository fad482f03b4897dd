"""Two packages on their way to being compared: downloaded into a private folder that goes with who asked for them."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.widget import Widget

from lambdatui.aws import package_diff, packages
from lambdatui.aws.account import Account
from lambdatui.aws.functions import Function
from lambdatui.aws.package_diff import FileChange, PackageDiff
from lambdatui.aws.scope import Scope
from lambdatui.clock import Clock
from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.text import size
from lambdatui.tui.feed import Feed

if TYPE_CHECKING:
    from lambdatui.tui.session import Session


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done, in words."""

    text: str


Told = Progress | PackageDiff | LambdatuiError
Lines = list[str] | str | LambdatuiError


class PackageReading:
    """Downloads and compares once, in a worker thread; `tell` hears of it in the event loop.

    To be made when `owner` is mounted, and closed when it is unmounted: that ends a download and removes the folder.
    """

    def __init__(
        self,
        owner: Widget,
        session: Session,
        scope: Scope,
        pair: tuple[Function, Function],
        tell: Callable[[Told], None],
    ) -> None:
        self._owner = owner
        self._session = session
        self._scope = scope
        self._pair = pair
        self._tell = tell
        self._clock = Clock()
        self._feed: Feed[Callable[[], None]] = Feed(owner.app, self._hand_over)
        self._folder = tempfile.TemporaryDirectory(prefix="lambdatui-", ignore_cleanup_errors=True)
        # whoever holds it reads or writes in the folder
        self._in_use = threading.Lock()

    @property
    def folder(self) -> Path:
        """Where the packages are, readable by the operator alone."""
        return Path(self._folder.name)

    def start(self) -> None:
        """Downloads both and compares them."""
        self._owner.run_worker(self._work, thread=True, group="packages", exit_on_error=False)

    def cancel(self) -> None:
        """Ends the download at the next piece that comes; it is told as Cancelled."""
        self._clock.cancel()

    def close(self) -> None:
        """Ends what is under way, and removes what was downloaded as soon as nothing reads it any more."""
        self._clock.cancel()
        self._feed.close()
        threading.Thread(target=self._remove, name="remove packages").start()

    def read_lines(self, change: FileChange, take: Callable[[Lines], None]) -> None:
        """Compares one file, in a worker thread, and gives the lines to `take`, in the event loop."""

        def work() -> None:
            found: Lines
            try:
                with self._in_use:
                    found = package_diff.lines(*self._paths, change)
            except (LambdatuiError, OSError) as error:
                found = _told(error)
            self._feed.put(lambda: take(found))

        self._owner.run_worker(work, thread=True, group="lines", exit_on_error=False)

    @property
    def _paths(self) -> tuple[Path, Path]:
        return self.folder / "before.zip", self.folder / "after.zip"

    def _work(self) -> None:
        told: Told
        try:
            with self._in_use:
                told = self._compared(self._session.account(self._scope))
        except (LambdatuiError, OSError) as error:
            told = _told(error)
        self._feed.put(lambda: self._tell(told))

    def _compared(self, account: Account) -> PackageDiff:
        for function, path in zip(self._pair, self._paths, strict=True):
            version = function.configuration.get("Version", "")

            def progress(count: int, total: int, version: str = version) -> None:
                words = Progress(f"downloading {version}: {size(count)} of {size(total)}")
                self._feed.put(lambda: self._tell(words))

            self._clock.check()
            packages.download(account, function, path, progress, self._clock)
        words = Progress("comparing")
        self._feed.put(lambda: self._tell(words))
        return package_diff.compare(*self._paths, self._clock.check)

    def _hand_over(self, calls: list[Callable[[], None]]) -> None:
        for call in calls:
            call()

    def _remove(self) -> None:
        with self._in_use:
            self._folder.cleanup()


def _told(error: LambdatuiError | OSError) -> LambdatuiError:
    if isinstance(error, LambdatuiError):
        return error
    return BadInput(f"A package cannot be kept in {tempfile.gettempdir()}: {error.strerror or error}.")
