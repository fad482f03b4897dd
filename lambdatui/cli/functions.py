"""`lambdatui functions`: every function of every chosen account and region."""

from __future__ import annotations

import datetime as dt
import queue
import threading

import click

from lambdatui.aws import functions as aws
from lambdatui.aws.account import Accounts, Scope
from lambdatui.aws.functions import FunctionRecord, Page
from lambdatui.cli import output
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import LambdatuiError
from lambdatui.text import ago, size

Answer = Page | LambdatuiError | None


@click.command()
@click.argument("filter", nargs=-1, metavar="[WORD]...")
@global_options
def functions(context: Context, filter: tuple[str, ...]) -> int:  # noqa: A002 - the word on the command line
    """Lists functions: all of them, or those whose name, description, runtime or role holds every WORD."""
    accounts = Accounts(context.settings())
    answers: queue.SimpleQueue[tuple[Scope, Answer]] = queue.SimpleQueue()
    scopes = accounts.scopes()

    def read(scope: Scope) -> None:
        try:
            for page in aws.pages(accounts.open(scope.profile, scope.region)):
                answers.put((scope, page))
        except LambdatuiError as error:
            answers.put((scope, error))
        finally:
            answers.put((scope, None))

    for scope in scopes:
        threading.Thread(target=read, args=(scope,), daemon=True).start()
    found: list[FunctionRecord] = []
    status, reading = 0, len(scopes)
    while reading:
        scope, answer = answers.get()
        if answer is None:
            reading -= 1
        elif isinstance(answer, LambdatuiError):
            status = answer.exit_code
            output.word(f"{scope.profile} {scope.region}: {answer}".strip(), fg="red")
        else:
            matching = [record for record in answer.records if _matches(record, filter)]
            found += matching
            if context.as_json:
                for record in matching:
                    output.data_json(_json(record))
    if not context.as_json:
        _table(found)
        where = f"{len(scopes)} region{'' if len(scopes) == 1 else 's'}"
        output.word(f"{len(found)} function{'' if len(found) == 1 else 's'} in {where}.", dim=True)
    return status


def _matches(record: FunctionRecord, words: tuple[str, ...]) -> bool:
    text = " ".join((record.name, record.description, record.runtime, record.role, record.scope.region)).lower()
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
        "description": record.description,
    }


def _table(records: list[FunctionRecord]) -> None:
    now = dt.datetime.now(dt.UTC)
    rows = []
    for record in sorted(records, key=lambda r: (r.name.lower(), r.scope)):
        moment = aws.when(record.modified)
        rows.append(
            [
                record.name,
                record.scope.profile or record.arn.split(":")[4],
                record.scope.region,
                record.runtime or "image",
                str(record.memory),
                size(record.code_size),
                ago((now - moment).total_seconds()) if moment else record.modified,
            ]
        )
    if rows:
        output.table(["FUNCTION", "ACCOUNT", "REGION", "RUNTIME", "MEM", "CODE", "LAST MODIFIED"], rows)
