"""Triggers: what runs the function by itself, who may invoke it, and what becomes of asynchronous events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from lambdatui.aws import arns, asynchronous, event_sources, triggers, urls
from lambdatui.aws.account import Account
from lambdatui.aws.asynchronous import AsyncSettings
from lambdatui.aws.errors import AwsError
from lambdatui.aws.event_sources import EventSource
from lambdatui.aws.policies import Policy
from lambdatui.aws.triggers import Triggers
from lambdatui.aws.urls import FunctionUrl
from lambdatui.aws.who_may_invoke import Invoker
from lambdatui.errors import LambdatuiError
from lambdatui.text import one_line
from lambdatui.tui import exporting, states
from lambdatui.tui.invoker_words import GLYPHS, TONES, invokers, sentence
from lambdatui.tui.labelled import labelled
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.record_documents import as_json
from lambdatui.tui.tabs.tab import FunctionTab
from lambdatui.tui.widgets.record_detail import RecordDetail
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

NOTHING = "No trigger: nothing invokes it by itself, and only this account's identities with IAM permission may."

_STATES: dict[str, Cell] = {
    "Enabled": ("● enabled", "ok"),
    "Disabled": ("○ disabled", "muted"),
}


@dataclass(frozen=True, slots=True)
class Trigger:
    """One row: something that invokes, may invoke, or is done with what was invoked."""

    key: str
    kind: str
    what: str
    qualifier: str
    """Empty for $LATEST."""
    state: Cell
    last: Cell
    """What it did last, where AWS tells."""
    lines: tuple[Content, ...]
    ids: tuple[tuple[str, str], ...]
    """What can be copied of it, by name."""
    document: Any
    """What AWS says of it."""
    policy: Policy | None = None


class TriggersTab(FunctionTab[Triggers]):
    """Everything that invokes one function."""

    title = "Triggers"

    DEFAULT_CSS = """
    TriggersTab #not-asked { height: auto; padding: 0 1; color: $muted; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "policy", "whole policy", id="triggers.policy"),
    ]

    def compose(self) -> ComposeResult:
        def text(cell: str) -> Cell:
            return cell or ("–", "muted")

        columns: list[Column[Trigger]] = [
            Column("kind", "KIND", lambda one: (one.kind, "muted"), 12),
            Column("what", "WHAT", _what, 24, grow=3),
            Column("on", "ON", lambda one: text(one_line(one.qualifier) or "$LATEST"), 8, grow=1, most=20),
            Column("state", "STATE", lambda one: one.state, 12, priority=1),
            Column("last", "LAST RESULT", lambda one: one.last, 14, grow=1, most=34, priority=2),
        ]
        table: RecordTable[Trigger] = RecordTable(columns, lambda one: one.key, empty="Reading the triggers …")
        table.add_class("first")
        yield RecordDetail(table, lambda one: (one.kind, one.lines))
        note = Static("", id="not-asked", markup=False)
        note.display = False
        yield note

    def read(self, account: Account) -> Triggers:
        return triggers.read(account, self.subject.function)

    def show(self, value: Triggers) -> None:
        self._table.empty = NOTHING
        self._table.show(rows_of(value))
        self.query_one(RecordDetail).show_detail()
        note = self.query_one("#not-asked", Static)
        note.display = bool(value.not_asked)
        note.update(
            f"{value.not_asked} older version{'' if value.not_asked == 1 else 's'} not asked for what hangs on "
            f"{'it' if value.not_asked == 1 else 'them'} alone: $LATEST, every alias and the newest "
            f"{triggers.VERSIONS_ASKED} were."
        )

    def show_trouble(self, error: LambdatuiError) -> None:
        self._table.empty = f"✖ {one_line(str(error))}"
        self._table.redraw()

    def copies(self) -> Sequence[Copyable]:
        one = self._table.record
        if one is None:
            return []
        return [*(Copyable(name, text) for name, text in one.ids), Copyable("JSON", as_json(one.document))]

    def exported(self) -> Rows:
        """The rows, each with what AWS says of it."""
        fields = {
            "kind": lambda one: one.kind,
            "what": lambda one: one.what,
            "qualifier": lambda one: one.qualifier or "$LATEST",
            "state": lambda one: one.state if isinstance(one.state, str) else one.state[0],
            "document": lambda one: one.document,
        }
        rows = self._table.rows
        return exporting.of_records(rows, fields, f"triggers of {self.subject.function}", total=len(rows))

    @property
    def _table(self) -> RecordTable[Trigger]:
        return self.query_one(RecordTable)

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        self._open(f"{event.record.kind}: {event.record.what}", event.record.document)

    def on_record_table_highlighted(self, _: RecordTable.Highlighted) -> None:
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        one = self._table.record if self.is_mounted else None
        if action == "policy":
            return one is not None and one.policy is not None
        return True

    def action_policy(self) -> None:
        one = self._table.record
        if one is not None and one.policy is not None:
            where = f":{one.qualifier}" if one.qualifier else self.subject.function
            self._open(f"The policy at {where}", one.policy)

    def _open(self, title: str, document: Any) -> None:
        from lambdatui.tui.screens.document import DocumentScreen

        self.app.push_screen(DocumentScreen(title, as_json(document)))


def rows_of(value: Triggers) -> list[Trigger]:
    """What triggers a function, in rows: event sources, URLs, who may invoke, asynchronous events."""
    rows: list[Trigger] = []
    if isinstance(value.event_sources, AwsError):
        rows.append(_refused("event source", value.event_sources))
    else:
        rows += [_event_source(one) for one in value.event_sources]
    if isinstance(value.urls, AwsError):
        rows.append(_refused("URL", value.urls))
    else:
        rows += [_url(one) for one in value.urls]
    for policy in value.policies:
        if isinstance(policy, AwsError):
            rows.append(_refused("may invoke", policy))
        else:
            found = invokers(policy, value.account_id)
            rows += [_invoker(one, policy, number) for number, one in enumerate(found)]
    if isinstance(value.asynchronous, AwsError):
        rows.append(_refused("async", value.asynchronous))
    else:
        rows += [_asynchronous(qualifier, one) for qualifier, one in value.asynchronous.items()]
    return rows


def _what(one: Trigger) -> Cell:
    # who may invoke is told by how risky it is; the others by their state
    return (one.what, one.state[1]) if one.policy and isinstance(one.state, tuple) else one.what


def _refused(kind: str, error: AwsError) -> Trigger:
    words = one_line(str(error))
    return Trigger(
        key=f"refused {kind}",
        kind=kind,
        what="not known: AWS refuses to tell",
        qualifier="–",
        state=("? refused", "warn"),
        last=("–", "muted"),
        lines=(Content.assemble((words, "$warn")),),
        ids=(),
        document={"error": words},
    )


def _event_source(one: EventSource) -> Trigger:
    pairs: list[tuple[str, str] | tuple[str, str, str]] = [
        ("state", " ".join(filter(None, (one.state, f"({one.reason})" if one.reason else "")))),
        ("last result", one.last_result, "$bad" if one.failing else ""),
        *event_sources.settings(one.mapping),
        ("uuid", one.uuid),
        ("source", one.source_arn),
        ("changed", f"{one.modified:%Y-%m-%d %H:%M:%S} UTC" if one.modified else ""),
    ]
    result: Cell = (f"✖ {one_line(one.last_result)}", "bad") if one.failing else one_line(one.last_result)
    return Trigger(
        key=one.uuid,
        kind="event source",
        what=one_line(one.source),
        qualifier=one.qualifier,
        state=_STATES.get(one.state, (f"◌ {one_line(one.state).lower()}", "busy")),
        last=result or ("–", "muted"),
        lines=tuple(labelled(pairs)),
        ids=(("UUID", one.uuid), ("source's ARN", one.source_arn)),
        document=one.mapping,
    )


def _url(one: FunctionUrl) -> Trigger:
    public = one.auth == "NONE"
    cors = urls.cors_words(one.cors)
    auth = "NONE: whoever knows the URL gets through, as far as the policy lets everybody" if public else one.auth
    pairs: list[tuple[str, str] | tuple[str, str, str]] = [
        ("url", one.url),
        ("authorization", auth, "$bad" if public else ""),
        ("answers", "streamed" if one.invoke_mode == "RESPONSE_STREAM" else "whole"),
        *((f"cors {name}", text) for name, text in cors),
        ("cors", "" if cors else "not set: browsers refuse other origins"),
        ("changed", states.modified(one.modified)),
    ]
    return Trigger(
        key=one.url,
        kind="URL",
        what=one_line(one.url),
        qualifier=one.qualifier,
        state=("▲ public", "bad") if public else ("● IAM", "ok"),
        last=("–", "muted"),
        lines=tuple(labelled(pairs, width=21)),
        ids=(("URL", one.url),),
        document=one.config,
    )


def _invoker(one: Invoker, policy: Policy, number: int) -> Trigger:
    words = {"ok": "permitted", "note": "other account", "warn": "risky", "bad": "public"}
    if one.statement.get("Effect") == "Deny":
        words = {"ok": "denied"}
    return Trigger(
        key=f"{policy.qualifier} {one.statement_id} {number}",
        kind="may invoke",
        what=one_line(one.sentence),
        qualifier=policy.qualifier,
        state=(f"{GLYPHS[one.level]} {words.get(one.level, '')}", TONES[one.level]),
        last=("–", "muted"),
        lines=(*sentence(one), *labelled([("statement", one.statement_id)])),
        ids=(("sentence", one.sentence), ("statement id", one.statement_id)),
        document=one.statement,
        policy=policy,
    )


def _asynchronous(qualifier: str, one: AsyncSettings) -> Trigger:
    retries = asynchronous.DEFAULT_RETRIES if one.retries is None else one.retries
    age = asynchronous.DEFAULT_MAXIMUM_AGE if one.maximum_age is None else one.maximum_age
    to = [
        f"{word} to {arns.described(arn)}"
        for word, arn in (("success", one.on_success), ("failure", one.on_failure))
        if arn
    ]
    lost = "" if one.on_failure else "dropped without a word: no destination for failures here"
    pairs: list[tuple[str, str] | tuple[str, str, str]] = [
        ("retries", f"{retries}{_default(one.retries)}"),
        ("oldest event", f"{age:,} s{_default(one.maximum_age)}"),
        ("on success", one.on_success or ""),
        ("on failure", one.on_failure or ""),
        ("given up", lost, "$warn"),
    ]
    return Trigger(
        key=f"async {qualifier}",
        kind="async",
        what=one_line("; ".join([f"retried {retries}×", *to])),
        qualifier="" if qualifier == "$LATEST" else qualifier,
        state=("–", "muted"),
        last=("–", "muted"),
        lines=tuple(labelled(pairs)),
        ids=tuple((f"{word}'s ARN", arn) for word, arn in _destinations(one).items()),
        document=one,
    )


def _destinations(one: AsyncSettings) -> Mapping[str, str]:
    return {word: arn for word, arn in (("success", one.on_success), ("failure", one.on_failure)) if arn}


def _default(value: int | None) -> str:
    return ", AWS's default" if value is None else ""
