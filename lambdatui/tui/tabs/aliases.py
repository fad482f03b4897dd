"""Aliases: where each leads, what is provisioned for it, its URL, and who may invoke by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from lambdatui.aws import concurrency, functions, policies, urls
from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.concurrency import Provisioned
from lambdatui.aws.errors import AwsError
from lambdatui.aws.parts import permitted
from lambdatui.aws.policies import Policy
from lambdatui.aws.urls import FunctionUrl
from lambdatui.aws.versions import Alias
from lambdatui.aws.who_may_invoke import Invoker
from lambdatui.errors import LambdatuiError
from lambdatui.journal import Routing
from lambdatui.text import one_line
from lambdatui.tui import exporting, provisioned_words
from lambdatui.tui.copying import of_record
from lambdatui.tui.invoker_words import in_short, invokers, sentences
from lambdatui.tui.labelled import labelled, refused
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.tabs.tab import FunctionTab
from lambdatui.tui.widgets.record_detail import RecordDetail
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

BAR = 10


@dataclass(frozen=True, slots=True)
class Aliases:
    """The aliases of a function and what hangs on each, by its name. A part that AWS refuses is its refusal."""

    account_id: str
    arn: str
    """The function's, without a qualifier."""
    aliases: tuple[Alias, ...]
    provisioned: Mapping[str, Provisioned] | AwsError
    urls: Mapping[str, FunctionUrl] | AwsError
    policies: Mapping[str, Policy | AwsError]


class AliasesTab(FunctionTab[Aliases]):
    """The aliases of one function."""

    title = "Aliases"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "traffic", "traffic", id="aliases.traffic"),
        Binding("i", "invoke", "invoke", id="aliases.invoke"),
        Binding("u", "way_back", "way back", id="aliases.way_back"),
        Binding("o", "routings", "routings", id="aliases.routings"),
    ]

    def compose(self) -> ComposeResult:
        table: RecordTable[Alias] = RecordTable(
            self._columns(), lambda alias: alias.name, empty="Reading the aliases …"
        )
        table.add_class("first")
        yield RecordDetail(table, self._describe)

    def read(self, account: Account) -> Aliases:
        name = self.subject.function
        found = tuple(aws.list_aliases(account, name))
        return Aliases(
            account_id=account.identity().account_id,
            arn=functions.configuration(account, name)["FunctionArn"],
            aliases=found,
            provisioned=permitted(lambda: {one.qualifier: one for one in concurrency.list_provisioned(account, name)}),
            urls=permitted(lambda: {one.qualifier: one for one in urls.list_of(account, name)}),
            policies={alias.name: permitted(partial(policies.get, account, name, alias.name)) for alias in found},
        )

    def show(self, value: Aliases) -> None:
        self._table.empty = "No alias: callers get $LATEST, or the version that they name. t makes an alias."
        self._table.show(value.aliases)
        self.query_one(RecordDetail).show_detail()
        self.refresh_bindings()

    def show_trouble(self, error: LambdatuiError) -> None:
        self._table.empty = f"✖ {one_line(str(error))}"
        self._table.redraw()

    def copies(self) -> Sequence[Copyable]:
        alias = self._table.record
        if alias is None or self.last is None:
            return []
        value = self.last.value
        found = [Copyable("name", alias.name), Copyable("ARN", f"{value.arn}:{alias.name}")]
        url = None if isinstance(value.urls, AwsError) else value.urls.get(alias.name)
        if url is not None:
            found.append(Copyable("URL", url.url))
        return [*found, *(one for one in of_record(alias) if one.name == "JSON")]

    def exported(self) -> Rows:
        """The aliases with all that is shown of them."""
        rows = self._table.rows
        fields: dict[str, Callable[[Alias], Any]] = {
            "name": lambda alias: alias.name,
            "version": lambda alias: alias.version,
            "shares": lambda alias: alias.shares,
            "description": lambda alias: alias.description,
            "provisioned": lambda alias: _text(self._provisioned(alias)),
            "url": lambda alias: _text(self._url(alias)),
            "invoked_by": lambda alias: [one.sentence for one in self._invokers(alias) or ()],
        }
        return exporting.of_records(rows, fields, f"aliases of {self.subject.function}", total=len(rows))

    @property
    def _table(self) -> RecordTable[Alias]:
        return self.query_one(RecordTable)

    def _columns(self) -> list[Column[Alias]]:
        def description(alias: Alias) -> Cell:
            return one_line(alias.description) or ("–", "muted")

        def may_invoke(alias: Alias) -> Cell:
            found = self._invokers(alias)
            return in_short(found) if found is not None else ("? not permitted", "warn")

        return [
            Column("name", "ALIAS", lambda alias: one_line(alias.name), 10, grow=1, most=30),
            Column("traffic", "TRAFFIC", _traffic, 36, grow=1, most=44),
            Column("invoked", "MAY INVOKE", may_invoke, 18, grow=2, priority=1),
            Column("provisioned", "PROVISIONED", self._provisioned, 14, priority=2),
            Column("url", "URL", self._url, 8, priority=3),
            Column("description", "DESCRIPTION", description, 14, grow=2, priority=4),
        ]

    def _invokers(self, alias: Alias) -> list[Invoker] | None:
        """Who may invoke by the alias; None where its policy may not be read."""
        assert self.last is not None
        policy = self.last.value.policies[alias.name]
        return None if isinstance(policy, AwsError) else invokers(policy, self.last.value.account_id)

    def _provisioned(self, alias: Alias) -> Cell:
        assert self.last is not None
        found = self.last.value.provisioned
        if isinstance(found, AwsError):
            return "?", "warn"
        one = found.get(alias.name)
        return provisioned_words.short(one) if one is not None else ("–", "muted")

    def _url(self, alias: Alias) -> Cell:
        assert self.last is not None
        found = self.last.value.urls
        if isinstance(found, AwsError):
            return "?", "warn"
        url = found.get(alias.name)
        if url is None:
            return "–", "muted"
        return ("▲ public", "bad") if url.auth == "NONE" else ("IAM", "")

    def _describe(self, alias: Alias) -> tuple[str, Sequence[Content]]:
        assert self.last is not None
        value = self.last.value
        lines = [*_shares(alias)]
        lines += labelled([("description", alias.description), ("arn", f"{value.arn}:{alias.name}")])
        if isinstance(value.provisioned, AwsError):
            lines += refused("provisioned", value.provisioned)
        elif alias.name in value.provisioned:
            lines += labelled([("provisioned", *provisioned_words.whole(value.provisioned[alias.name]))])
        if isinstance(value.urls, AwsError):
            lines += refused("url", value.urls)
        elif alias.name in value.urls:
            url = value.urls[alias.name]
            risk = ", anyone who knows it gets through" if url.auth == "NONE" else ", for callers with IAM permission"
            lines += labelled([("url", f"{url.url}{risk}", "$bad" if url.auth == "NONE" else "")])
        policy = value.policies[alias.name]
        if isinstance(policy, AwsError):
            lines += refused("may invoke", policy)
        else:
            lines += sentences(policy, value.account_id)
        return alias.name, lines

    def on_record_table_opened(self, _: RecordTable.Opened) -> None:
        self.action_traffic()

    def action_traffic(self) -> None:
        alias = self._table.record
        self.view.action_traffic(alias=alias.name if alias else None)

    def action_invoke(self) -> None:
        alias = self._table.record
        self.view.action_invoke(alias.name if alias else None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._table.record is not None if action in ("way_back", "routings") else True

    def action_way_back(self) -> None:
        """Plans the routing before the last change."""
        self._back()

    def action_routings(self) -> None:
        """Lists the routings that the alias has had."""
        from lambdatui.tui.screens.routings import RoutingsScreen

        alias, subject = self._table.record, self.subject
        if alias is None:
            return

        def chosen(routing: Routing | None) -> None:
            if routing is not None:
                self._back(version=routing.version, weights=dict(routing.weights))

        self.app.push_screen(RoutingsScreen(subject.session, subject.scope, subject.function, alias.name), chosen)

    def _back(self, **routing: Any) -> None:
        from lambdatui.stages.way_back import WayBack

        alias, scope = self._table.record, self.subject.scope
        if alias is not None:
            place = {"profile": scope.profile or None, "region": scope.region}
            self.view.act(WayBack(function=self.subject.function, alias=alias.name, **place, **routing))


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell[0]


def _traffic(alias: Alias) -> Cell:
    """A bar and the shares, the main version's first; one version's share needs no saying."""
    shares = alias.shares
    if len(shares) == 1:
        return f"{'█' * BAR}  {alias.version}"
    filled = min(max(round(shares[alias.version] * BAR), 1), BAR - 1)
    words = "  ".join(f"{share * 100:.4g} % → {version}" for version, share in shares.items())
    return f"{'█' * filled}{'▒' * (BAR - filled)}  {words}", "accent"


def _shares(alias: Alias) -> list[Content]:
    lines = []
    for (version, share), colour in zip(alias.shares.items(), ("$stable", "$canary"), strict=False):
        wide = max(round(share * BAR * 2), 1 if share else 0)
        words = f" {share * 100:>6.4g} %  version {version}"
        lines.append(Content.assemble(("█" * wide + "░" * (BAR * 2 - wide), colour), words))
    return lines
