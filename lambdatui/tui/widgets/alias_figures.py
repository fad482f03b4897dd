"""What an alias's versions served lately, read again and again, and its provisioned concurrency as it is allocated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.widgets import Static

from lambdatui.aws import concurrency, metrics
from lambdatui.aws.concurrency import Provisioned
from lambdatui.aws.errors import AccessDenied
from lambdatui.aws.metrics import Minutes
from lambdatui.aws.versions import Alias
from lambdatui.errors import LambdatuiError
from lambdatui.text import one_line
from lambdatui.tui import provisioned_words, served_words, states
from lambdatui.tui.feed import Feed

if TYPE_CHECKING:
    from lambdatui.aws.account import Account
    from lambdatui.aws.scope import Scope
    from lambdatui.tui.session import Session

MINUTES = 15
POLL_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Observed:
    """What an alias's versions served lately, or why nobody knows; `provisioned` is what is provisioned for it."""

    alias: str
    by_version: Mapping[str, Minutes]
    provisioned: Provisioned | None = None
    error: str = ""


def provisioned_by_qualifier(account: Account, function: str) -> Mapping[str, Provisioned]:
    """Provisioned concurrency of a function; nothing where that may not be read, for an alias may be moved all the
    same, and AWS itself refuses weights beside what is not seen here. Raises AwsError."""
    try:
        return {one.qualifier: one for one in concurrency.list_provisioned(account, function)}
    except AccessDenied:
        return {}


class AliasFigures(Static):
    """The figures of the alias that `current` gives; None where there is none."""

    def __init__(
        self,
        session: Session,
        scope: Scope,
        function: str,
        current: Callable[[], Alias | None],
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__("", id=id)
        self._session, self._scope, self._function = session, scope, function
        self._current = current
        self._provisioned: Provisioned | None = None

    def on_mount(self) -> None:
        self._feed: Feed[Observed] = Feed(self.app, self._take)
        self.set_interval(POLL_SECONDS, self.observe)

    def on_unmount(self) -> None:
        self._feed.close()

    def show(self, provisioned: Provisioned | None) -> None:
        """Another alias is to be shown, or its provisioned concurrency was read."""
        self._provisioned = provisioned
        self.observe()

    @work(thread=True, exclusive=True, group="observe", exit_on_error=False)
    def observe(self) -> None:
        """Reads the figures now."""
        alias, provisioned = self._current(), self._provisioned
        if alias is None:
            return
        try:
            account = self._session.account(self._scope)
            found = metrics.traffic_by_version(
                account, self._function, alias.name, list(alias.shares), MINUTES, states.now()
            )
            if provisioned is not None and provisioned.status == "IN_PROGRESS":
                provisioned = provisioned_by_qualifier(account, self._function).get(alias.name)
            self._feed.put(Observed(alias.name, found, provisioned))
        except LambdatuiError as error:
            self._feed.put(Observed(alias.name, {}, provisioned, str(error)))

    def _take(self, items: list[Observed]) -> None:
        last, alias = items[-1], self._current()
        if alias is None or last.alias != alias.name:
            return
        self._provisioned = last.provisioned
        lines = []
        if last.provisioned is not None:
            words, style = provisioned_words.whole(last.provisioned)
            lines.append(Content.assemble((" provisioned  ", "$muted"), (words, style)))
        if last.error:
            lines.append(Content.assemble((f" live figures: {one_line(last.error)}", "$muted")))
        else:
            title = f" What {one_line(last.alias)} served in the last {MINUTES} minutes"
            lines.append(Content.assemble((title, "$muted")))
            lines += served_words.lines(last.by_version, self.size.width)
            if not any(minutes.total for minutes in last.by_version.values()):
                lines.append(Content.assemble(("   no calls yet; CloudWatch is a minute or two late", "$muted")))
        self.update(Content("\n").join(lines))
