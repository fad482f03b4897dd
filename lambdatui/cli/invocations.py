"""`lambdatui invocations`: the saved runs of `invoke`, listed, read, compared, exported."""

from __future__ import annotations

import time
from pathlib import Path

import click

from lambdatui.cli import output
from lambdatui.cli.invocation_output import line, tell_compared, tell_written
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput
from lambdatui.stages.load import export, record, report
from lambdatui.stages.load.comparison import percent
from lambdatui.stages.load.run_reader import Reader
from lambdatui.stages.load.saved import SavedRun, SavedRuns, figures_of
from lambdatui.text import ago, milliseconds, size


@click.command()
@click.argument("run", required=False)
@click.option("--lines", is_flag=True, help="Each invocation of RUN, as `invoke` told it.")
@click.option("--failures", is_flag=True, help="Those of its invocations that were not ok.")
@click.option("--compare", metavar="RUN", help="How RUN differs from another one.")
@click.option("--export", "target", metavar="FILE", help="Write RUN to a .jsonl, .csv or .txt file.")
@global_options
def invocations(
    context: Context, run: str | None, lines: bool, failures: bool, compare: str | None, target: str | None
) -> None:
    """The runs of `lambdatui invoke` that are on disk; with RUN, what one of them adds up to.

    RUN is a name, the beginning of one, `last`, or a file. The last 50 runs are kept, or 2 GB of them.

    \b
    lambdatui invocations last --failures
    lambdatui invocations 20261124T161800123Z --compare 20261123
    lambdatui invocations last --export results.csv
    """
    saved = SavedRuns()
    if run is None:
        if lines or failures or compare or target:
            raise BadInput("RUN: which run was expected; `last` is the last one.")
        _list(context, saved)
        return
    with saved.read(run) as reader:
        if reader.cut:
            output.word(
                f"The file ends in the middle of a line; its last {reader.cut:,} bytes are left out.", fg="yellow"
            )
        if target is not None:
            count = export.write(reader, Path(target).expanduser(), overwrite=context.yes)
            tell_written(count, Path(target))
        if compare is not None:
            with saved.read(compare) as other:
                tell_compared(context, figures_of(other), figures_of(reader), compare, run)
        if lines or failures:
            _lines(context, reader, failures)
        elif target is None and compare is None:
            _report(context, reader)


def _list(context: Context, saved: SavedRuns) -> None:
    runs = saved.list()
    if context.as_json:
        for one in runs:
            output.data_json(
                {
                    "name": one.name,
                    "path": str(one.path),
                    "function": one.function,
                    "qualifier": one.qualifier,
                    "other_qualifier": one.other_qualifier,
                    "account": one.account,
                    "region": one.region,
                    "started": one.started,
                    "bytes": one.size,
                    "status": _status(one),
                    "figures": one.figures,
                }
            )
        return
    if not runs:
        output.word(f"There are no saved runs in {saved.folder}.")
        return
    output.table(("RUN", "FUNCTION", "REGION", "BEGAN", "STATUS", "COUNT", "OK", "P50", "SIZE"), map(_row, runs))


def _row(one: SavedRun) -> tuple[str, ...]:
    count, rate, latency = (one.figures.get(name) for name in ("count", "success_rate", "latency_ms"))
    # nothing is $LATEST, which has to be said only beside another
    qualifiers = f"{one.qualifier or '$LATEST'} and {one.other_qualifier}" if one.other_qualifier else one.qualifier
    p50 = latency.get("p50") if isinstance(latency, dict) else None
    return (
        one.name,
        f"{one.function}:{qualifiers}" if qualifiers else one.function,
        one.region,
        ago(time.time() - one.started),
        _status(one),
        f"{count:,}" if isinstance(count, int) else "–",
        percent(rate) if isinstance(rate, int | float) else "–",
        milliseconds(p50) if isinstance(p50, int | float) else "–",
        size(one.size),
    )


def _status(one: SavedRun) -> str:
    return one.status or ("running" if one.running else "cut off")


def _lines(context: Context, reader: Reader, failures: bool) -> None:
    for one in reader:
        if failures and one.outcome == "ok":
            continue
        if context.as_json:
            output.data_json(record.document(one))
        else:
            output.data(line(one))


def _report(context: Context, reader: Reader) -> None:
    figures = figures_of(reader)
    if context.as_json:
        output.data_json({**reader.head, "end": reader.end, "cut": reader.cut, "figures": figures.outputs()})
        return
    for text in report.report(reader.head, reader.end, figures, reader.cut):
        output.data(text)
    output.word(f"It is in {reader.path}.", dim=True)
    sides, inputs = figures.by_side, reader.head.get("inputs")
    if "A" in sides and "B" in sides and isinstance(inputs, dict):
        names = (str(reader.head.get("qualifier") or "$LATEST"), str(inputs.get("other_qualifier") or "$LATEST"))
        tell_compared(context, sides["A"], sides["B"], *names)
