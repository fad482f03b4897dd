"""Functions: every function of every chosen account and region, with the one under the cursor beside it."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from lambdatui.aws.errors import CredentialsError
from lambdatui.errors import BadInput
from lambdatui.settings import cache_folder
from lambdatui.text import one_line
from lambdatui.tui import function_columns, remembered
from lambdatui.tui.credentials import Standing, credentials_of
from lambdatui.tui.feed import Feed
from lambdatui.tui.function_list import ORDERS, FunctionList
from lambdatui.tui.list_cache import ListCache
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.filter_input import FilterInput
from lambdatui.tui.widgets.function_summary import FunctionSummary
from lambdatui.tui.widgets.identity_bar import IdentityBar, Who
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from lambdatui.aws.facts import Facts
    from lambdatui.aws.listing import FunctionRecord
    from lambdatui.tui.choice import Choice
    from lambdatui.tui.facts_reader import FactsRead, FactsReader
    from lambdatui.tui.lister import Listed, Lister
    from lambdatui.tui.offers import Copyable, Rows
    from lambdatui.tui.row_metrics_reader import RowMetricsRead, RowMetricsReader

MANY = 400
"""How many functions a filter has looked at for it alone, at most, when it asks what only facts tell."""


class FunctionsScreen(Screen[None]):
    """The home of the app."""

    AUTO_FOCUS = "RecordTable"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "deploy", "deploy", id="functions.deploy"),
        Binding("U", "update_code", "update code", id="functions.update_code"),
        Binding("D", "download", "download", show=False, id="functions.download"),
        Binding("i", "invoke", "invoke", id="functions.invoke"),
        Binding("t", "traffic", "traffic", id="functions.traffic"),
        Binding("v", "view('versions')", "versions", id="functions.versions"),
        Binding("l", "view('logs')", "logs", id="functions.logs"),
        Binding("slash", "filter", "filter", id="functions.filter", key_display="/"),
        Binding("m", "view('metrics')", "metrics", id="functions.metrics"),
        Binding("h", "view('history')", "history", id="functions.history"),
        Binding("p", "pipelines", "pipelines", id="functions.pipelines"),
        Binding("C", "canary", "judge a canary", show=False, id="functions.canary"),
        Binding("H", "all_history", "history of all", show=False, id="functions.all_history"),
        Binding("c", "columns", "columns", id="functions.columns"),
        Binding("s", "sort", "sort", id="functions.sort"),
        Binding("S", "reverse", "reverse", show=False, id="functions.reverse"),
        Binding("f", "filters", "saved filters", show=False, id="functions.filters"),
        Binding("n", "create", "new", id="functions.create"),
        Binding("x", "delete", "delete", id="functions.delete"),
        Binding("P", "prune", "prune versions", show=False, id="functions.prune"),
        Binding("space", "select", "select", show=False, id="functions.select"),
        Binding("r", "refresh", "refresh", id="functions.refresh"),
        Binding("a", "accounts", "accounts", id="functions.accounts"),
        Binding("q", "leave", "quit", id="functions.quit"),
        Binding("escape", "clear", "clear filter and selection", show=False, id="functions.clear"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.functions = FunctionList()
        self._chosen: list[str] = remembered.get("columns") or []
        self._asked_metrics = (0, 0)
        self._lister: Lister | None = None
        self._facts: FactsReader | None = None
        self._metrics: RowMetricsReader | None = None
        self._cache = self._open_cache()
        if self._cache is not None:
            self.functions.show_kept(self._cache.load())

    def compose(self) -> ComposeResult:
        yield IdentityBar(demo=self.session.demo is not None)
        with Horizontal(id="filter-line"):
            yield Static("/ ", id="filter-mark")
            yield FilterInput(
                self._filter_changed,
                lambda: self.set_focus(self.table),
                placeholder="filter: words, field:value, /regex/, -not",
            )
            yield Static("", id="count", markup=False)
        with Vertical(id="body"):
            table: RecordTable[FunctionRecord] = RecordTable(
                function_columns.columns(self.functions, self._columns),
                lambda record: record.arn,
                empty="Reading the functions …",
                id="functions",
            )
            table.rows = self.functions.records.shown
            table.sorted_by = self.functions.order
            yield table
            yield FunctionSummary(self._facts_of)
        yield KeyBar()

    def on_mount(self) -> None:
        frames = self.session.settings.frames_per_second
        self._feed: Feed[Listed | FactsRead | RowMetricsRead] = Feed(self.app, self._take, frames)
        credentials = credentials_of(self)
        if credentials is not None:
            credentials.changed.subscribe(self, self._credentials_changed)
        self._show_words()
        # boto3 is imported by the reading, so that starts when the first frame is on the screen
        self.call_after_refresh(self.read)

    def on_unmount(self) -> None:
        for reader in (self._lister, self._facts, self._metrics):
            if reader is not None:
                reader.stop()
        self._feed.close()

    # the data

    @property
    def table(self) -> RecordTable[FunctionRecord]:
        return self.query_one(RecordTable)

    def read(self) -> None:
        """Reads all functions anew. What is shown stays until it is replaced."""
        from lambdatui.tui.lister import Lister

        self._stop_reading()
        self.functions.begin()
        self._lister = Lister(self.session, self._feed.put)
        self._lister.start()
        self._show_words()
        if self.functions.records:
            self._want()

    def _stop_reading(self) -> None:
        if self._lister is not None:
            self._lister.stop()
            # what it has told belongs before whatever follows
            self._feed.flush()

    def _open_cache(self) -> ListCache | None:
        # the embedded AWS of a demo is another one each time
        if self.session.demo is not None:
            return None
        try:
            return ListCache(cache_folder(), self.session.settings)
        except BadInput:
            return None

    def _take(self, items: list[Listed | FactsRead | RowMetricsRead]) -> None:
        from lambdatui.tui import lister
        from lambdatui.tui.facts_reader import FactsRead

        functions = self.functions
        changed = facts_came = scopes_came = False
        listed = any(isinstance(item, lister.PageRead | lister.IdentityFound) for item in items)
        for item in items:
            match item:
                case lister.PageRead(scope, page):
                    changed = functions.found_page(scope, page.records, not page.more) or changed
                case FactsRead(key, facts):
                    functions.found_facts(key, facts)
                    facts_came = True
                case lister.ScopesFound(scopes):
                    changed = functions.found_scopes(scopes) or changed
                    scopes_came = True
                case lister.IdentityFound(scope, identity, read_only):
                    changed = functions.found_identity(scope, identity, read_only) or changed
                    self.session.told[scope] = (identity, read_only)
                case lister.ScopeWaits(scope, words):
                    functions.waits(scope, words)
                case lister.ScopeFailed(scope, error):
                    known = functions.failures.get(scope)
                    functions.failed(scope, error)
                    # credentials are told once for all, by the identity bar
                    if known is None and not isinstance(error, CredentialsError):
                        title = f"{scope} cannot be read"
                        self.notify(str(error), title=title, severity="error", markup=False, timeout=8)
                case lister.ListingFailed(error):
                    functions.trouble = error
                    self.notify(str(error), title="Nothing can be read", severity="error", markup=False, timeout=15)
                case _:
                    functions.metrics.update(item.metrics)
                    requests, asked = self._asked_metrics
                    self._asked_metrics = (requests + item.requests, asked + item.asked)
                    facts_came = True
                    if item.error is not None:
                        self.notify(str(item.error), title="No figures", severity="warning", markup=False)
        if scopes_came:
            self.table.set_columns(function_columns.columns(functions, self._columns))
        judged = facts_came and functions.facts_came()
        if changed or judged:
            self._show_rows()
        elif facts_came:
            self.table.redraw()
        if functions.all_read and listed:
            # thousands of records that stay: the collector need not look at them again, which would hold up a frame
            gc.freeze()
            if self._cache is not None:
                self._keep(self._cache)
        self._show_words()
        self._show_identity()
        self.query_one(FunctionSummary).refresh()
        self._want()

    def _keep(self, cache: ListCache) -> None:
        lists = self.functions.to_keep()
        if lists:
            self.run_worker(lambda: cache.save(lists), thread=True, group="cache", exclusive=True, exit_on_error=False)

    def _facts_of(self, record: FunctionRecord) -> Facts | None:
        return self.functions.facts.get(record.arn)

    def _want(self) -> None:
        """Asks for what is not known of the row under the cursor, of the visible ones, and of what a filter asks."""
        table, functions = self.table, self.functions
        if not functions.records:
            return
        rows = list(table.visible_rows)
        if table.record is not None:
            rows.insert(0, table.record)
        if self._facts is None:
            from lambdatui.tui.facts_reader import FactsReader

            self._facts = FactsReader(self.session, self._feed.put)
        if functions.filter is not None and functions.filter.needs_facts:
            rows += functions.unknown()[:MANY]
        self._facts.want([row for row in dict.fromkeys(rows) if row.arn not in functions.facts])
        if any(name in self._columns for name in function_columns.METRICS):
            if self._metrics is None:
                from lambdatui.tui.row_metrics_reader import RowMetricsReader

                self._metrics = RowMetricsReader(self.session, self._feed.put)
            self._metrics.want(list(table.visible_rows))

    # what is shown

    @property
    def _columns(self) -> list[str]:
        if self._chosen:
            return ["name", *self._chosen]
        return [c.key for c in function_columns.all_columns(self.functions) if c.key not in function_columns.EXTRA]

    def _filter_changed(self, text: str) -> None:
        self.functions.set_filter(text)
        self._show_rows(changed=False)
        self._show_words()

    def _show_rows(self, changed: bool = True) -> None:
        functions, table = self.functions, self.table
        if functions.records and not functions.records.shown:
            table.empty = "No function matches the filter."
        elif functions.all_read:
            table.empty = "There are no functions here."
        table.show(functions.records.shown, changed=changed)

    def _show_words(self) -> None:
        functions = self.functions
        unknown = len(functions.unknown())
        selected = sum(functions.records.get(key) is not None for key in self.table.selected)
        words = functions.words(unknown, selected)
        trouble = functions.filter.trouble if functions.filter else ""
        requests, asked = self._asked_metrics
        if requests:
            words = f"CloudWatch {_count(requests, 'request')}, {_count(asked, 'metric')} · {words}"
        count = self.query_one("#count", Static)
        count.update(f"{'▲ ' + trouble if trouble else words} ", layout=True)
        count.set_class(bool(functions.failures or functions.trouble or trouble), "trouble")
        failure = functions.trouble or next(iter(functions.failures.values()), None)
        if failure is not None and not functions.records:
            self.table.empty = f"✖ {one_line(str(failure))}"
            self.table.redraw()
        scopes = functions.progress
        if scopes:
            profiles, regions = len({s.profile for s in scopes}), len({s.region for s in scopes})
            self.query_one(IdentityBar).summary = f"{_count(profiles, 'profile')} · {_count(regions, 'region')}"

    def _show_identity(self) -> None:
        functions, record = self.functions, self.table.record
        scope = record.scope if record else next(iter(functions.progress), None)
        if scope is None:
            return
        identity = functions.identities.get(scope)
        self.query_one(IdentityBar).who = (
            Who(profile=scope.profile, region=scope.region)
            if identity is None
            else Who(identity.account_id, scope.profile, scope.region, identity.principal, scope in functions.read_only)
        )

    # messages

    def on_record_table_highlighted(self, event: RecordTable.Highlighted) -> None:
        self.query_one(FunctionSummary).record = event.record
        self._show_identity()
        self._want()

    def on_record_table_scrolled(self, _: RecordTable.Scrolled) -> None:
        self._want()

    def on_record_table_opened(self, _: RecordTable.Opened) -> None:
        self.action_view("overview")

    def on_record_table_header_clicked(self, event: RecordTable.HeaderClicked) -> None:
        self._sort_by(event.column, self.functions.order == (event.column, False))

    # actions on the list

    def action_filter(self) -> None:
        self.set_focus(self.query_one(FilterInput))
        self.functions.records.ready_to_filter()

    def action_clear(self) -> None:
        # what was filtered for is not lost among the others
        self.table.stay()
        self.query_one(FilterInput).value = ""
        if self.table.selected:
            self.table.selected.clear()
            self.table.redraw()
            self._show_words()

    def action_filters(self) -> None:
        from lambdatui.tui.screens.choose import ChooseScreen, Option

        saved = self.session.settings.filters
        if not saved:
            self.notify("The settings file can hold filters by name: see `filters` in sample_configs/settings.yaml.")
            return

        def chosen(values: tuple[str, ...] | None) -> None:
            if values:
                self.query_one(FilterInput).value = values[0]

        options = [Option(text, name, text) for name, text in saved.items()]
        self.app.push_screen(ChooseScreen("Saved filters", options), chosen)

    def action_columns(self) -> None:
        from lambdatui.tui.screens.choose import ChooseScreen, Option

        def chosen(values: tuple[str, ...] | None) -> None:
            if values is not None:
                self._chosen = list(values)
                remembered.put("columns", self._chosen)
                self.table.set_columns(function_columns.columns(self.functions, self._columns))
                self._want()

        options = [
            Option(column.key, column.title.capitalize(), _WORDS.get(column.key, ""))
            for column in function_columns.all_columns(self.functions)
            if column.key != "name"
        ]
        hint = "What does not fit hides by itself. CloudWatch bills its figures by the metric."
        screen = ChooseScreen("Columns", options, chosen=self._columns, several=True, hint=hint)
        self.app.push_screen(screen, chosen)

    def action_sort(self) -> None:
        from lambdatui.tui.screens.choose import ChooseScreen, Option

        def chosen(values: tuple[str, ...] | None) -> None:
            if values:
                self._sort_by(values[0], values[0] == "modified" or values[0] in function_columns.METRICS)

        options = [
            Option(c.key, c.title.capitalize(), "" if c.key in ORDERS else "of what is read so far")
            for c in function_columns.columns(self.functions, self._columns)
            if c.key != "tags"
        ]
        self.app.push_screen(ChooseScreen("Sort by", options, chosen=[self.functions.order[0]]), chosen)

    def action_reverse(self) -> None:
        key, reverse = self.functions.order
        self._sort_by(key, not reverse)

    def _sort_by(self, key: str, reverse: bool) -> None:
        self.functions.sort(key, reverse)
        self.table.sorted_by = (key, reverse)
        self._show_rows()

    def action_select(self) -> None:
        self.table.toggle_selected()
        self.table.action_move(1)
        self._show_words()

    def action_refresh(self) -> None:
        profiles = {scope.profile for scope in self.functions.progress}
        credentials = credentials_of(self)
        if credentials is not None and profiles and credentials.retry(profiles) == profiles:
            # there is nothing to read before they work, and then it is read
            return
        self.functions.forget_facts()
        self.table.redraw()
        self.read()

    def action_accounts(self) -> None:
        from lambdatui.tui.screens.accounts import AccountsScreen

        before = self.session.choice

        def chosen(changed: bool | None) -> None:
            if changed:
                self._read_others(before)

        self.app.push_screen(AccountsScreen(self.session), chosen)

    def _read_others(self, before: Choice) -> None:
        """Reads what was chosen in the place of `before`."""
        self._stop_reading()
        choice = self.session.choice
        roles_differ = {
            name for name in before.keys() & choice.keys() if before[name].role_arn != choice[name].role_arn
        }
        self.functions.forget_profiles(roles_differ)
        self.functions.forget_facts()
        self._cache = self._open_cache()
        self._show_rows()
        self.read()

    def _credentials_changed(self, standing: Standing) -> None:
        """Reads anew what could not be read under credentials that work now."""
        if any(scope.profile in standing.renewed for scope in self.functions.progress):
            self.functions.facts = {arn: facts for arn, facts in self.functions.facts.items() if facts is not None}
            self.read()

    def exported(self) -> Rows:
        """The selected functions, or all that pass the filter, for a file."""
        from lambdatui.tui import chosen_functions

        return chosen_functions.exported(self.functions, self.table)

    def copies(self) -> Sequence[Copyable]:
        """What can be copied of the selected functions, or of the one under the cursor."""
        from lambdatui.tui import chosen_functions

        return chosen_functions.copies(self.functions, self.table)

    def action_leave(self) -> None:
        self.app.exit(0)

    # actions on the function under the cursor

    def action_view(self, tab: str) -> None:
        if (record := self.table.record) is not None:
            from lambdatui.tui.screens.function import FunctionView

            self.app.push_screen(FunctionView(self.session, record.scope, record.name, tab), self._come_back)

    def action_all_history(self) -> None:
        from lambdatui.tui.screens.history import HistoryScreen

        self.app.push_screen(HistoryScreen(self.session), self._come_back)

    def action_pipelines(self) -> None:
        from lambdatui.tui.screens.pipelines import PipelinesScreen

        self.app.push_screen(PipelinesScreen(self.session, self.session.pipelines_folder))

    def action_traffic(self) -> None:
        if (record := self.table.record) is not None:
            from lambdatui.tui.screens.traffic import TrafficScreen

            self.app.push_screen(TrafficScreen(self.session, record.scope, record.name), self._come_back)

    def action_canary(self) -> None:
        """Judges a version of the function under the cursor beside the one that callers get."""
        if (record := self.table.record) is not None:
            from lambdatui.tui.screens.canary_form import CanaryForm

            self.app.push_screen(CanaryForm(self.session, record.scope, record.name))

    def action_invoke(self) -> None:
        if (record := self.table.record) is not None:
            from lambdatui.tui.screens.invoke import InvokeScreen

            self.app.push_screen(InvokeScreen(self.session, record.scope, record.name))

    def action_deploy(self) -> None:
        if (record := self.table.record) is not None:
            from lambdatui.tui.screens.deploy import DeployScreen

            self.app.push_screen(DeployScreen(self.session, record.scope, record.name), self._come_back)

    def action_update_code(self) -> None:
        if (record := self.table.record) is not None:
            from lambdatui.tui.screens.update_code import UpdateCodeScreen

            self.app.push_screen(UpdateCodeScreen(self.session, record.scope, record.name), self._come_back)

    def action_download(self) -> None:
        """Writes the function under the cursor to a folder that a deployment takes back."""
        if (record := self.table.record) is not None:
            from lambdatui.tui.screens.download import DownloadScreen

            self.app.push_screen(DownloadScreen(self.session, record.scope, record.name))

    def action_delete(self) -> None:
        from lambdatui.tui import chosen_functions

        gone: list[FunctionRecord] = []

        def deleted(record: FunctionRecord) -> None:
            gone.append(record)
            self.table.selected.discard(record.arn)

        records = chosen_functions.chosen(self.functions, self.table)
        chosen_functions.delete_in_turn(self.app, self.session, records, deleted, lambda: self._come_back(gone))

    def action_prune(self) -> None:
        """Tries a retention on the versions of the selected functions, or of the one under the cursor."""
        from lambdatui.tui import chosen_functions
        from lambdatui.tui.prune_reading import FunctionAt
        from lambdatui.tui.screens.prune import PruneScreen

        records = chosen_functions.chosen(self.functions, self.table)
        if records:
            functions = [FunctionAt(record.scope, record.name) for record in records]
            self.app.push_screen(PruneScreen(self.session, functions), self._come_back)

    def action_create(self) -> None:
        from lambdatui.tui.screens.deploy import DeployScreen

        record = self.table.record
        scope = record.scope if record else next(iter(self.functions.progress), None)
        if scope is not None:
            self.app.push_screen(DeployScreen(self.session, scope, ""), self._come_back)

    def _come_back(self, changed: Any) -> None:
        """Reads again what another screen may have changed."""
        record = self.table.record
        if changed and record is not None:
            self.functions.facts.pop(record.arn, None)
            self.read()


_WORDS = {
    "invocations": "CloudWatch, last hour",
    "errors": "CloudWatch, last hour",
    "throttles": "CloudWatch, last hour",
    "p95": "CloudWatch, last hour: 95th percentile of Duration",
    "aliases": "with the weights in force",
    "state": "state, last update, retired runtime",
    "package": "Zip or Image",
    "arch": "x86_64 or arm64",
}


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
