"""`lambdatui storage`: what functions take of the code storage, and what pruning would give back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import click

from lambdatui import moments
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.scope import Scope
from lambdatui.cli import output, scopes_at_once
from lambdatui.cli.chosen import passes
from lambdatui.cli.interruption import cancelling
from lambdatui.cli.options import Context, global_options
from lambdatui.clock import Clock
from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.stages.pruning import storage_report
from lambdatui.stages.pruning.storage_report import StorageReport
from lambdatui.stages.retention import Rule
from lambdatui.text import size

Answer = int | StorageReport | LambdatuiError


@click.command()
@click.argument("filter", nargs=-1, metavar="[NAME]...")
@click.option("--keep", type=int, default=3, show_default=True, metavar="N", help="If the newest N versions stayed.")
@click.option("--older-than", metavar="AGE", help="If only what is older went, such as 30d, 6w or 1y.")
@click.option("--keep-matching", multiple=True, metavar="TEXT", help="If what is described so stayed.")
@global_options
def storage(
    context: Context,
    filter: tuple[str, ...],  # noqa: A002 - the word on the command line
    keep: int,
    older_than: str | None,
    keep_matching: tuple[str, ...],
) -> int:
    """Tells how much code each function keeps over all its versions, the largest first, and how much would come back.

    Reads every profile and region of the settings at once, all functions or those whose name holds
    a NAME (* and ? may be in it). What would come back is what `lambdatui prune` with the same flags
    would delete, at most: of what uses a version, only aliases are asked for.

    \b
    lambdatui storage --keep 5 --older-than 90d
    """
    if keep < 1:
        raise BadInput(f"--keep: 1 or more was expected, not {keep}.")
    days = moments.days(older_than, "--older-than") if older_than else None
    rule = Rule(keep, days, keep_matching)
    accounts, clock, progress = context.accounts(), Clock(), output.Progress()
    found: list[tuple[Scope, StorageReport]] = []
    failed: list[tuple[Scope, LambdatuiError]] = []
    counts: dict[Scope, int] = {}
    with cancelling(clock):
        for scope, answer in _reports(accounts, rule, clock, filter):
            if isinstance(answer, int):
                counts[scope] = answer
                progress.show(f"  {sum(counts.values()):,} versions read")
                continue
            progress.clear()
            if isinstance(answer, LambdatuiError):
                failed.append((scope, answer))
                output.word(f"{scope}: {answer}", fg="red")
            else:
                found.append((scope, answer))
    progress.clear()
    if context.as_json:
        output.data_json(_document(found, failed))
    else:
        _tell(found)
    return max((error.exit_code for _, error in failed), default=0)


def _reports(accounts: Accounts, rule: Rule, clock: Clock, filters: Sequence[str]) -> Iterator[tuple[Scope, Answer]]:
    """The reports of all scopes, read at the same time, and how many versions have come before; an error ends one."""

    def wanted(name: str) -> bool:
        return not filters or any(passes(name, one) for one in filters)

    def read(scope: Scope, tell: Callable[[int | StorageReport], None]) -> None:
        tell(storage_report.read(accounts.open(scope.profile, scope.region), rule, clock, wanted, tell))

    return scopes_at_once.answers(accounts.scopes(), read)


def _tell(found: Sequence[tuple[Scope, StorageReport]]) -> None:
    rows = [
        (function.size, [
            function.name,
            scope.profile or "–",
            scope.region,
            f"{function.versions:,}",
            size(function.size),
            f"{function.going:,}",
            size(function.freed) if function.freed else "–",
        ])
        for scope, report in found
        for function in report.functions
    ]  # fmt: skip
    if rows:
        titles = ["FUNCTION", "PROFILE", "REGION", "VERSIONS", "CODE", "GO", "COMES BACK"]
        output.table(titles, [row for _, row in sorted(rows, key=lambda pair: -pair[0])])
    for scope, report in sorted(found, key=lambda pair: pair[0]):
        back = f"; up to {size(report.freed)} would come back: {report.account.less(report.freed)}"
        output.word(f"{scope}: {report.account.less(0)}{back if report.freed else ''}", dim=True)


def _document(
    found: Sequence[tuple[Scope, StorageReport]], failed: Sequence[tuple[Scope, LambdatuiError]]
) -> dict[str, object]:
    return {
        "places": [
            {
                "profile": scope.profile,
                "region": scope.region,
                "used": report.account.used,
                "limit": report.account.limit,
                "comes_back": report.freed,
                "functions": [
                    {
                        "name": one.name,
                        "versions": one.versions,
                        "code_size": one.size,
                        "going": one.going,
                        "comes_back": one.freed,
                    }
                    for one in report.functions
                ],
            }
            for scope, report in sorted(found, key=lambda pair: pair[0])
        ],
        "not_read": [
            {"profile": scope.profile, "region": scope.region, "error": str(error)} for scope, error in failed
        ],
    }
