"""What is done with several functions of the list: those that are selected, or the one under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lambdatui.tui.function_list import FunctionList
from lambdatui.tui.offers import Copyable, Rows
from lambdatui.tui.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from textual.app import App

    from lambdatui.aws.listing import FunctionRecord
    from lambdatui.tui.session import Session

Table = RecordTable["FunctionRecord"]


def selected(functions: FunctionList, table: Table) -> list[FunctionRecord]:
    """The selected functions in the list's order, also those that a filter hides; without those that are gone."""
    return [record for record in functions.records.all if record.arn in table.selected] if table.selected else []


def chosen(functions: FunctionList, table: Table) -> list[FunctionRecord]:
    """The selected functions, or else the one under the cursor."""
    return selected(functions, table) or ([table.record] if table.record is not None else [])


def copies(functions: FunctionList, table: Table) -> Sequence[Copyable]:
    """What can be copied of them: of several a line each."""
    from lambdatui.tui.copying import of_record
    from lambdatui.tui.record_documents import as_json

    records = chosen(functions, table)
    if len(records) < 2:
        return of_record(records[0] if records else None)
    return [
        Copyable(f"ARNs of {len(records):,} functions", "\n".join(record.arn for record in records)),
        Copyable(f"names of {len(records):,} functions", "\n".join(record.name for record in records)),
        Copyable("JSON", as_json(records)),
    ]


def exported(functions: FunctionList, table: Table) -> Rows:
    """The selected functions as rows for a file, or else all that pass the filter."""
    from lambdatui.tui import exporting

    rows, total = selected(functions, table), len(functions.records)
    if rows:
        return exporting.of_table(table, "functions", rows=rows, total=total)
    return exporting.of_table(table, "functions", total=total, filter=functions.filter_text)


def delete_in_turn(
    app: App[Any],
    session: Session,
    records: Sequence[FunctionRecord],
    deleted: Callable[[FunctionRecord], None],
    over: Callable[[], None],
) -> None:
    """Asks what goes with them, then plans, asks and deletes, one function after the other; the first that is not
    deleted ends it.

    `deleted` is told of each that is gone, `over` when no more is asked.
    """
    from lambdatui.tui.screens.choose import ChooseScreen, Option

    if not records:
        return
    options = [
        Option("with_mappings", "Event source mappings", "else they stay, and fail"),
        Option("with_log_group", "Log group", "with all that is in it"),
    ]
    hint = (
        "Versions, aliases, permissions, URLs and provisioned concurrency go with a function in any case. The plan "
        "shows all of it."
    )
    title = f"Delete {records[0].name}, and" if len(records) == 1 else f"Delete {len(records):,} functions, and"

    def chosen(values: tuple[str, ...] | None) -> None:
        if values is not None:
            _delete_in_turn(app, session, records, values, deleted, over)

    app.push_screen(ChooseScreen(title, options, several=True, hint=hint), chosen)


def _delete_in_turn(
    app: App[Any],
    session: Session,
    records: Sequence[FunctionRecord],
    with_them: Sequence[str],
    deleted: Callable[[FunctionRecord], None],
    over: Callable[[], None],
) -> None:
    from lambdatui.stages.delete import Delete
    from lambdatui.tui.screens.act import ActScreen

    if len(records) > 1:
        app.notify(f"{len(records):,} functions are selected: each is asked about in its turn; escape ends it.")

    def ask(index: int) -> None:
        record = records[index]
        stage = Delete(
            function=record.name,
            whole_function=True,
            with_mappings="with_mappings" in with_them,
            with_log_group="with_log_group" in with_them,
            profile=record.scope.profile or None,
            region=record.scope.region,
        )

        def done(outputs: Any) -> None:
            if outputs is not None:
                deleted(record)
            if outputs is None or index + 1 == len(records):
                over()
            else:
                ask(index + 1)

        app.push_screen(ActScreen(session, stage), done)

    ask(0)
