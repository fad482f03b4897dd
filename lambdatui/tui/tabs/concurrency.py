"""Concurrency: what the function has reserved, what is provisioned for it, and what the account has left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from lambdatui.aws import concurrency as aws
from lambdatui.aws.account import Account
from lambdatui.aws.concurrency import UNRESERVED_MINIMUM, Concurrency, Provisioned
from lambdatui.aws.errors import AwsError
from lambdatui.errors import LambdatuiError
from lambdatui.text import one_line
from lambdatui.tui import exporting, provisioned_words, states
from lambdatui.tui.labelled import WIDTH, labelled, refused
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.record_documents import as_json
from lambdatui.tui.tabs.tab import FunctionTab
from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.record_table import Cell, Column, RecordTable

BAR = 40


class ConcurrencyTab(FunctionTab[Concurrency]):
    """The concurrency of one function, in the account's."""

    title = "Concurrency"

    DEFAULT_CSS = """
    ConcurrencyTab #concurrency { height: auto; padding: 0 1 1 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "what_if", "what if", id="concurrency.what_if"),
    ]

    _supposed: int | None = None

    def compose(self) -> ComposeResult:
        def reason(one: Provisioned) -> Cell:
            return one_line(one.reason) or ("–", "muted")

        columns: list[Column[Provisioned]] = [
            Column("qualifier", "PROVISIONED FOR", lambda one: one_line(one.qualifier), 15, grow=1, most=30),
            Column("requested", "REQUESTED", lambda one: f"{one.requested:,}", 9, align="right"),
            Column("allocated", "ALLOCATED", lambda one: f"{one.allocated:,}", 9, align="right"),
            Column("available", "AVAILABLE", lambda one: f"{one.available:,}", 9, align="right", priority=1),
            Column("status", "STATUS", provisioned_words.state, 12),
            Column("reason", "REASON", reason, 12, grow=3, priority=3),
            Column("modified", "CHANGED", lambda one: states.modified(one.modified), 11, priority=2),
        ]
        yield Lines(Content("Reading the concurrency …"), id="concurrency")
        table: RecordTable[Provisioned] = RecordTable(columns, lambda one: one.qualifier, empty="")
        table.add_class("first")
        yield table

    def read(self, account: Account) -> Concurrency:
        return aws.read(account, self.subject.function)

    def show(self, value: Concurrency) -> None:
        table = self._table
        if isinstance(value.provisioned, AwsError):
            table.empty = f"? {one_line(str(value.provisioned))}"
            table.show(())
        else:
            table.empty = (
                "Nothing is provisioned: a first call in a new environment waits for it to start (a cold start)."
            )
            table.show(value.provisioned)
        self._say(value)

    def show_trouble(self, error: LambdatuiError) -> None:
        if self.last is None:
            words = Content.assemble((f"✖ {one_line(str(error))}", "$bad"))
            self.query_one("#concurrency", Lines).update([words])

    def copies(self) -> Sequence[Copyable]:
        found = [Copyable("all as JSON", as_json(self.last.value))] if self.last else []
        one = self._table.record
        return [Copyable("JSON", as_json(one.config)), *found] if one is not None else found

    def exported(self) -> Rows:
        """What is provisioned, in numbers."""
        rows = self._table.rows
        fields: dict[str, Callable[[Provisioned], Any]] = {
            "qualifier": lambda one: one.qualifier,
            "requested": lambda one: one.requested,
            "allocated": lambda one: one.allocated,
            "available": lambda one: one.available,
            "status": lambda one: one.status,
            "reason": lambda one: one.reason,
            "modified": lambda one: one.modified,
        }
        what = f"provisioned concurrency of {self.subject.function}"
        return exporting.of_records(rows, fields, what, total=len(rows))

    @property
    def _table(self) -> RecordTable[Provisioned]:
        return self.query_one(RecordTable)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "what_if":
            return self.last is not None and not isinstance(self.last.value.account, AwsError)
        return True

    def action_what_if(self) -> None:
        """Asks for a number to reserve, and tells what that would leave. Nothing is changed."""
        from lambdatui.tui.screens.ask_number import AskNumber

        if self.last is None or isinstance(self.last.value.account, AwsError):
            return
        value, limits = self.last.value, self.last.value.account

        def answered(number: int | None) -> None:
            self._supposed = number
            if self.last is not None:
                self._say(self.last.value)

        question = f"What if {one_line(self.subject.function)} reserved how many?"
        hint = "Nothing is changed: this tells what would be left. 0 would throttle every call."
        self.app.push_screen(AskNumber("What if", question, hint, value.reserved or 0, 0, limits.limit), answered)

    def _say(self, value: Concurrency) -> None:
        lines = [*_reserved(value), *_account(value), *_what_if(value, self._supposed), *_rest(value)]
        self.query_one("#concurrency", Lines).update(lines)
        self.refresh_bindings()


def provisioned_in_all(value: Concurrency) -> int:
    """Executions that are provisioned for all qualifiers together; 0 where that is not known."""
    return 0 if isinstance(value.provisioned, AwsError) else sum(one.requested for one in value.provisioned)


def taken(value: Concurrency) -> int:
    """Executions of the account's that this function has for itself: reserved, or else provisioned."""
    return max(value.reserved or 0, provisioned_in_all(value))


def _reserved(value: Concurrency) -> list[Content]:
    if value.reserved is None:
        return labelled([("reserved", "nothing: it shares what is unreserved with the other functions")])
    if value.reserved == 0:
        words = "0: every call is throttled. Somebody has stopped this function; it runs again once that is lifted"
        return labelled([("reserved", f"✖ {words}", "$bad")])
    words = f"{value.reserved:,}: never more at once, and always this many, whatever the others do"
    return labelled([("reserved", words)])


def _account(value: Concurrency) -> list[Content]:
    limits = value.account
    if isinstance(limits, AwsError):
        return refused("account", limits)
    own, provisioned = taken(value), provisioned_in_all(value)
    reserved = limits.limit - limits.unreserved
    others = max(0, reserved - own)
    most = aws.most_reservable(limits.unreserved, value.reserved, provisioned)
    given_up = f"{limits.unreserved + own - provisioned:,} would be unreserved" if value.reserved is not None else ""
    few = limits.unreserved <= UNRESERVED_MINIMUM
    return [
        *_bar(own, others, limits.unreserved, limits.limit),
        *labelled(
            [
                (
                    "unreserved",
                    f"{limits.unreserved:,} of {limits.limit:,}, shared by all that reserve nothing",
                    "$warn" if few else "",
                ),
                ("could reserve", f"{most:,} at most: AWS keeps {UNRESERVED_MINIMUM} for the others"),
                ("if given up", given_up),
            ]
        ),
    ]


def _bar(own: int, others: int, unreserved: int, limit: int) -> list[Content]:
    """The account's limit as a bar, and beneath it what its parts are."""
    cells = [round(count / max(1, limit) * BAR) or (1 if count else 0) for count in (own, others)]
    bar = [("█" * cells[0], "$accent"), ("▓" * cells[1], "$warn"), ("░" * max(0, BAR - sum(cells)), "$muted")]
    legend = [
        (f"█ here {own:,}  ", "$accent"),
        (f"▓ elsewhere {others:,}  ", "$warn"),
        (f"░ unreserved {unreserved:,}", "$muted"),
    ]
    return [
        Content.assemble((f"{'account':<{WIDTH}} ", "$muted"), *bar, f"  {limit:,}"),
        Content.assemble(" " * (WIDTH + 1), *legend),
    ]


def _what_if(value: Concurrency, number: int | None) -> list[Content]:
    """What reserving that number would leave."""
    limits = value.account
    if number is None or isinstance(limits, AwsError):
        return []
    provisioned = provisioned_in_all(value)
    most = aws.most_reservable(limits.unreserved, value.reserved, provisioned)
    if number > most:
        words, colour = f"AWS would refuse {number:,}: {most:,} at most", "$bad"
    elif number < provisioned:
        words, colour = f"AWS would refuse {number:,}: {provisioned:,} are provisioned", "$bad"
    else:
        left = limits.unreserved + taken(value) - number
        stop = ", and every call would be throttled" if number == 0 else ""
        words, colour = f"reserving {number:,} would leave {left:,} unreserved{stop}", "$warn" if not number else "$ok"
    return labelled([("what if", words, colour)])


def _rest(value: Concurrency) -> list[Content]:
    lines = []
    if isinstance(value.recursion, AwsError):
        lines += refused("recursion", value.recursion)
    else:
        stops = value.recursion == "Terminate"
        words = (
            "Lambda stops the function where it calls itself in a loop"
            if stops
            else "allowed to call itself in a loop: nothing stops it but a limit"
        )
        lines += labelled([("recursion", words, "" if stops else "$warn")])
    if isinstance(value.scaling, AwsError):
        lines += refused("scaling", value.scaling)
    elif value.scaling is not None:
        parts = [f"{word} {number}" for word, number in value.scaling.items()]
        lines += labelled([("scaling", ", ".join(parts) or "managed instances, AWS's defaults")])
    return lines
