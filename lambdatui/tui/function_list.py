"""The functions of all chosen scopes as they are known: from the last time, from pages as they come, with their facts.

Plain data without a widget: the screen gives it what readers tell, and asks it what to show and to say.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdatui.aws.listing import FunctionRecord
from lambdatui.aws.scope import Scope
from lambdatui.errors import LambdatuiError
from lambdatui.text import ago
from lambdatui.tui.list_cache import Kept
from lambdatui.tui.records import Records

if TYPE_CHECKING:
    from lambdatui.aws.account import Identity
    from lambdatui.aws.facts import Facts
    from lambdatui.aws.row_metrics import RowMetrics
    from lambdatui.tui.filters import Filter
    from lambdatui.tui.verdicts import Verdicts

Order = Callable[[FunctionRecord], Any]

ORDERS: dict[str, Order] = {
    "name": lambda r: f"{r.name.lower()}\0{r.scope[0]}\0{r.scope[1]}",
    "account": lambda r: (r.scope.profile, r.account_id, r.name.lower()),
    "region": lambda r: (r.scope.region, r.name.lower()),
    "runtime": lambda r: (r.runtime, r.name.lower()),
    "memory": lambda r: (r.memory, r.name.lower()),
    "timeout": lambda r: (r.timeout, r.name.lower()),
    "package": lambda r: (r.package_type, r.name.lower()),
    "arch": lambda r: (r.architecture, r.name.lower()),
    "size": lambda r: (r.code_size, r.name.lower()),
    "modified": lambda r: r.modified,
}
"""What a column sorts by, where the list alone says it."""


@dataclass(slots=True)
class Progress:
    """How far the reading of one scope is."""

    pages: int = 0
    complete: bool = False
    error: LambdatuiError | None = None
    stale_since: float | None = None
    """When what is shown of it was read, while that is from the last time (epoch seconds)."""
    waits: str = ""
    """Why the next page is a while in coming."""


class FunctionList:
    """The functions, what is known of them, and how far the reading is."""

    def __init__(self) -> None:
        self.records: Records[FunctionRecord] = Records(lambda record: record.arn, _words)
        self.facts: dict[str, Facts | None] = {}
        """By ARN; None where they could not be read."""
        self.metrics: dict[str, RowMetrics] = {}
        self.identities: dict[Scope, Identity] = {}
        self.read_only: set[Scope] = set()
        self.progress: dict[Scope, Progress] = {}
        self.trouble: LambdatuiError | None = None
        """Why nothing could be read at all."""
        self.filter: Filter | None = None
        self.filter_text = ""
        self._verdicts: Verdicts | None = None
        self.order = ("name", False)
        self._seen: dict[Scope, set[str]] = {}
        self._kept_accounts: dict[Scope, tuple[str, str]] = {}
        self.records.sort(ORDERS["name"])

    # what is read

    def show_kept(self, lists: Iterable[Kept]) -> None:
        """Shows the lists of the last time, as stale."""
        for kept in lists:
            self.records.put(kept.records)
            self.progress[kept.scope] = Progress(stale_since=kept.at)
            self._kept_accounts[kept.scope] = (kept.account_id, kept.arn)

    def begin(self) -> None:
        """A reading begins: what is there stays until it is replaced."""
        self.trouble = None
        self._seen = {}
        for progress in self.progress.values():
            progress.pages, progress.complete, progress.error, progress.waits = 0, False, None, ""

    def found_scopes(self, scopes: Sequence[Scope]) -> bool:
        """These will be read. Drops what belongs to others; returns whether there was any."""
        before = self.progress
        self.progress = {scope: before.get(scope) or Progress() for scope in scopes}
        wanted = set(scopes)
        return self.records.keep_only({record.arn for record in self.records.all if record.scope in wanted})

    def found_identity(self, scope: Scope, identity: Identity, read_only: bool) -> bool:
        """Who acts in a scope. What was kept under another account is dropped; returns whether there was any."""
        self.identities[scope] = identity
        self.read_only.discard(scope)
        if read_only:
            self.read_only.add(scope)
        kept = self._kept_accounts.pop(scope, None)
        if kept is None or kept[0] == identity.account_id:
            return False
        self.progress[scope].stale_since = None
        stays = {
            record.arn
            for record in self.records.all
            if record.scope != scope or record.account_id == identity.account_id
        }
        return self.records.keep_only(stays)

    def found_page(self, scope: Scope, records: Sequence[FunctionRecord], last: bool) -> bool:
        """A page of a scope. Returns whether the list is another than before.

        A function that several profiles lead to is shown once, for the first of them as they were chosen.
        """
        self.progress.setdefault(scope, Progress())
        if self._verdicts is not None:
            self._verdicts.forget([record.arn for record in records])
        changed = self.records.put([record for record in records if not self._is_of_an_earlier(scope, record)])
        seen = self._seen.setdefault(scope, set())
        seen.update([record.arn for record in records])
        progress = self.progress[scope]
        progress.pages += 1
        progress.waits = ""
        if last:
            progress.complete, progress.stale_since = True, None
            stays = {record.arn for record in self.records.all if record.scope != scope or record.arn in seen}
            changed = self.records.keep_only(stays) or changed
        return changed

    def _is_of_an_earlier(self, scope: Scope, record: FunctionRecord) -> bool:
        there = self.records.get(record.arn)
        if there is None or there.scope == scope:
            return False
        scopes = list(self.progress)
        return there.scope in scopes and scopes.index(there.scope) < scopes.index(scope)

    def found_facts(self, arn: str, facts: Facts | None) -> None:
        """The facts of a function; None where they could not be read. `facts_came` has the list follow."""
        self.facts[arn] = facts
        if self._verdicts is not None:
            self._verdicts.forget([arn])

    def waits(self, scope: Scope, words: str) -> None:
        """A scope's next page is a while in coming."""
        self.progress.setdefault(scope, Progress()).waits = words

    def failed(self, scope: Scope, error: LambdatuiError) -> None:
        """A scope could not be read, or not to its end. What is shown of it stays."""
        self.progress.setdefault(scope, Progress()).error = error

    def forget_profiles(self, profiles: Collection[str]) -> None:
        """Drops everything of these, which act as somebody else from now on."""
        self.records.keep_only({record.arn for record in self.records.all if record.scope.profile not in profiles})
        self.progress = {scope: progress for scope, progress in self.progress.items() if scope.profile not in profiles}
        self.identities = {scope: who for scope, who in self.identities.items() if scope.profile not in profiles}

    def forget_facts(self) -> None:
        """Has all facts and metrics read anew."""
        self.facts.clear()
        self.metrics.clear()
        if self._verdicts is not None:
            self._verdicts.clear()
            self.records.judge_again()

    def to_keep(self) -> list[Kept]:
        """The lists that are complete and whose account is known, for the next time."""
        lists = []
        for scope, progress in self.progress.items():
            identity = self.identities.get(scope)
            if progress.complete and identity is not None:
                records = [record for record in self.records.all if record.scope == scope]
                lists.append(Kept(scope, identity.account_id, identity.arn, time.time(), records))
        return lists

    # what is asked

    @property
    def all_read(self) -> bool:
        """Whether the reading has ended, well or not."""
        return bool(self.progress) and all(p.complete or p.error for p in self.progress.values())

    @property
    def failures(self) -> dict[Scope, LambdatuiError]:
        return {scope: progress.error for scope, progress in self.progress.items() if progress.error}

    def set_filter(self, text: str) -> None:
        """Shows only what passes this filter; see `filters`."""
        self.filter_text = text
        if not text.strip():
            self.filter = self._verdicts = None
            self.records.filter()
            return
        from lambdatui.tui import filters, states
        from lambdatui.tui.verdicts import Verdicts

        wanted = filters.parse(text, lambda record: self.facts.get(record.arn), states.now())
        self.filter = wanted
        self._verdicts = Verdicts(wanted.judge) if wanted.terms else None
        passes = self._verdicts.passes if self._verdicts is not None else None
        self.records.filter(wanted.words, passes, wanted.without)

    def sort(self, key: str, reverse: bool) -> None:
        """Sorts by a column."""
        self.order = (key, reverse)
        self.records.sort(ORDERS.get(key) or self._order_by_what_was_read(key), reverse)

    def facts_came(self) -> bool:
        """Facts or metrics were read. Returns whether the list is another for it."""
        if self.order[0] not in ORDERS:
            self.records.order_again()
            return True
        if self.filter is not None and self.filter.needs_facts:
            self.records.judge_again()
            return True
        return False

    def unknown(self) -> list[FunctionRecord]:
        """The records of which the filter cannot tell until their facts are read."""
        if self.filter is None or not self.filter.needs_facts or self._verdicts is None:
            return []
        # has every record judged that holds the filter's words
        _ = self.records.shown
        found = [self.records.get(arn) for arn in self._verdicts.unknown()]
        return [record for record in found if record is not None]

    def words(self, unknown: int = 0, selected: int = 0) -> str:
        """How many there are, how many are shown, and how true that is."""
        total, shown = len(self.records), len(self.records.shown)
        count = f"{shown:,} of {total:,}" if shown != total else f"{total:,}"
        parts = [f"{count} function{'' if total == 1 else 's'}"]
        if selected:
            parts.append(f"{selected:,} selected")
        if unknown:
            parts.append(f"{unknown:,} not known yet")
        regions, failures = len(self.progress), len(self.failures)
        since = min((p.stale_since for p in self.progress.values() if p.stale_since is not None), default=None)
        if self.trouble is not None:
            parts.append("▲ not read")
        elif not self.all_read:
            done = sum(progress.complete for progress in self.progress.values())
            left = [scope for scope, progress in self.progress.items() if not (progress.complete or progress.error)]
            parts.append(f"reading, {done} of {regions} regions" if regions > 1 else "reading")
            waiting = [
                (scope, p.waits) for scope, p in self.progress.items() if p.waits and not (p.complete or p.error)
            ]
            if waiting:
                scope, words = waiting[0]
                parts.append(f"▲ {scope.region}: {words}" if regions > 1 else f"▲ {words}")
            elif regions > 1 and len(left) == 1:
                parts.append(f"{left[0].region} is left")
        elif failures:
            found = "partial" if total or failures < regions else "nothing read"
            where = f": {next(iter(self.failures)).region}" if failures == 1 < regions else ""
            parts.append(f"▲ {found}, {failures} of {regions} region{'' if regions == 1 else 's'} failed{where}")
        else:
            parts.append("all pages read")
        if since is not None:
            parts.append(f"stale, from {ago(time.time() - since)}")
        return " · ".join(parts)

    def _order_by_what_was_read(self, key: str) -> Order:
        """An order by facts or metrics; what is not read yet comes after what is."""

        def order(record: FunctionRecord) -> Any:
            facts, metrics = self.facts.get(record.arn), self.metrics.get(record.arn)
            if key == "aliases":
                value: Any = ", ".join(alias.name for alias in facts.aliases) if facts else None
            elif key == "state":
                value = f"{facts.update_status == 'Successful'} {facts.state}" if facts else None
            else:
                value = getattr(metrics, key, None)
            return (value is None, value if value is not None else 0, record.name.lower())

        return order


def _words(record: FunctionRecord) -> str:
    from lambdatui.tui import filters

    return filters.text_of(record)
