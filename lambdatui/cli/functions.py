"""`lambdatui functions`: every function of every chosen account and region."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

import click

from lambdatui.aws import listing
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.listing import FunctionRecord, Page
from lambdatui.aws.scope import Scope
from lambdatui.cli import output, scopes_at_once
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import LambdatuiError
from lambdatui.text import ago, size


@click.command()
@click.argument("filter", nargs=-1, metavar="[WORD]...")
@global_options
def functions(context: Context, filter: tuple[str, ...]) -> int:  # noqa: A002 - the word on the command line
    """Lists functions: all of them, or those whose name, description, runtime or role holds every WORD.

    Reads every profile and region of the settings at once, else those in force. One that cannot be
    read is told, the rest is listed, and the command ends with 3. With --json each function is a
    line, written as its page arrives.

    \b
    lambdatui functions checkout python3.8 --region eu-west-1
    """
    accounts, progress = context.accounts(), output.Progress()
    scopes = accounts.scopes()
    found: list[FunctionRecord] = []
    read = status = 0
    for scope, answer in _pages(accounts, scopes):
        progress.clear()
        if isinstance(answer, LambdatuiError):
            status = answer.exit_code
            output.word(f"{scope}: {answer}", fg="red")
            continue
        read += len(answer.records)
        matching = [record for record in answer.records if _matches(record, filter)]
        found += matching
        if context.as_json:
            for record in matching:
                output.data_json(_json(record))
        progress.show(f"{read:,} functions read, {len(found):,} of them listed")
    progress.clear()
    if found and not context.as_json:
        _table(found)
    where = f"{len(scopes)} {'place' if len(scopes) == 1 else 'places'}"
    output.word(f"{len(found):,} of {read:,} functions in {where}.", dim=True)
    return status


def _pages(accounts: Accounts, scopes: Sequence[Scope]) -> Iterator[tuple[Scope, Page | LambdatuiError]]:
    """The pages of all scopes, read at the same time, as they arrive; an error ends its scope."""

    def read(scope: Scope, tell: Callable[[Page], None]) -> None:
        for page in listing.pages(accounts.open(scope.profile, scope.region)):
            tell(page)

    return scopes_at_once.answers(scopes, read)


def _matches(record: FunctionRecord, words: Sequence[str]) -> bool:
    text = " ".join((record.name, record.description, record.runtime, record.role)).lower()
    return all(word.lower() in text for part in words for word in part.split())


def _json(record: FunctionRecord) -> dict[str, object]:
    return {
        "name": record.name,
        "arn": record.arn,
        "profile": record.scope.profile,
        "region": record.scope.region,
        "runtime": record.runtime,
        "memory": record.memory,
        "timeout": record.timeout,
        "package_type": record.package_type,
        "architecture": record.architecture,
        "last_modified": record.modified,
        "code_size": record.code_size,
        "handler": record.handler,
        "role": record.role,
        "description": record.description,
    }


def _table(records: list[FunctionRecord]) -> None:
    now = dt.datetime.now(dt.UTC)
    rows = []
    for record in sorted(records, key=lambda r: (r.name.lower(), r.scope)):
        moment = listing.when(record.modified)
        rows.append(
            [
                record.name,
                record.scope.profile or record.arn.split(":")[4],
                record.scope.region,
                record.runtime or "image",
                str(record.memory),
                size(record.code_size),
                ago((now - moment).total_seconds()) if moment else record.modified,
                record.description,
            ]
        )
    output.table(["FUNCTION", "ACCOUNT", "REGION", "RUNTIME", "MEM", "CODE", "LAST MODIFIED", "DESCRIPTION"], rows)
