"""`lambdatui invoke`: one function, many times, with everything the stage can do."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from lambdatui import documents
from lambdatui.cli import output, stage_run
from lambdatui.cli.invocation_output import Told, tell_compared, tell_written
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput, LambdatuiError, StageFailed
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.load import strict_json
from lambdatui.stages.load.figures import Figures
from lambdatui.stages.load.run_reader import Reader
from lambdatui.stages.load.saved import SavedRuns, figures_of
from lambdatui.text import one_line

_FLAGS = {
    "qualifier": "--qualifier",
    "other_qualifier": "--against",
    "payload": "--payload",
    "payload_file": "--payload",
    "template": "--template",
    "library": "--event",
    "shape": "--shape",
    "rows": "--rows",
    "seed": "--seed",
    "client_context": "--client-context",
    "tenant": "--tenant",
    "invocation_type": "--type",
    "follow": "--follow",
    "runs": "--count",
    "duration": "--duration",
    "concurrency": "--concurrency",
    "rate": "--rate",
    "ramp": "--ramp",
    "warm_up": "--warm-up",
    "max_errors": "--max-errors",
    "max_error_rate": "--max-error-rate",
    "retry_throttled": "--retry-throttled",
    "success_rate": "--success-rate",
    "keep": "--keep",
}


@click.command()
@click.argument("function")
@click.option("--qualifier", "-q", metavar="Q", help="A version's selector or an alias; else $LATEST.")
@click.option("--against", metavar="Q", help="Another one, under the same load beside it; the difference is told.")
@click.option("--count", "-n", type=int, help="How many times; else once.")
@click.option("--duration", "-d", metavar="TIME", help="For how long, instead of how many times: 90s, 10m.")
@click.option("--concurrency", "-c", type=int, help="How many at once.")
@click.option("--rate", type=float, help="How many are begun a second, however long the answers take.")
@click.option("--ramp", metavar="TIME", help="How long it takes to come to the full rate, or concurrency.")
@click.option("--warm-up", metavar="N", type=int, help="How many go before, which do not count.")
@click.option(
    "--payload", "-p", metavar="FILE|JSON|-", help="The event: a file, s3://bucket/key, JSON, or - for standard input."
)
@click.option("--template", metavar="FILE|TEXT", help="Makes an event for each run: '{\"id\": {{ n }}}'.")
@click.option("--rows", metavar="FILE", help="CSV or JSON lines: a row for each run, `row` in the template.")
@click.option("--shape", metavar="NAME", help="One of AWS's events, such as sqs; see `lambdatui shapes`.")
@click.option("--event", metavar="NAME", help="An event of your own library; see `lambdatui shapes`.")
@click.option("--seed", type=int, help="What the random parts of a template start from.")
@click.option("--client-context", metavar="FILE|JSON", help="What the function finds as its client context.")
@click.option("--tenant", metavar="ID", help="The tenant of a function with tenant isolation.")
@click.option(
    "--type",
    "kind",
    type=click.Choice(["sync", "async", "dry-run", "stream"]),
    default="sync",
    show_default=True,
    help="Wait for the answer, hand it over to run later, only ask whether it would be allowed, or take the answer "
    "as it streams.",
)
@click.option("--follow", is_flag=True, default=None, help="With --type async: look in the log for what became of it.")
@click.option("--max-errors", metavar="N", type=int, help="Stop when so many were not ok.")
@click.option("--max-error-rate", metavar="SHARE", type=float, help="Stop when more than this share was not ok.")
@click.option("--retry-throttled", metavar="N", type=int, help="How often one that was throttled is sent again.")
@click.option("--success-rate", metavar="SHARE", type=float, help="The share that must be ok, 0 to 1; else all.")
@click.option("--keep", type=click.Choice(["all", "figures"]), help="Keep answers and logs on disk, or figures alone.")
@click.option("--save", metavar="FILE", help="Write the results to a .jsonl, .csv or .txt file, too.")
@click.option("--compare", metavar="RUN", help="Compare with a saved run; see `lambdatui invocations`.")
@click.option("--rerun-failures", metavar="RUN", help="Invoke what failed in a saved run again, with the same events.")
@click.option("--quiet", is_flag=True, help="No line for each answer.")
@global_options
def invoke(
    context: Context,
    function: str,
    payload: str | None,
    template: str | None,
    client_context: str | None,
    kind: str,
    save: str | None,
    compare: str | None,
    rerun_failures: str | None,
    quiet: bool,
    **given: Any,
) -> None:
    """Invokes FUNCTION, and tells each answer as it arrives. One invoke is one run: nothing is sent twice.

    Ends with 1 where fewer than --success-rate of the runs were ok. With --json each answer is a
    line: outcome, version, payload, log and figures. Results are on disk as they come.

    \b
    lambdatui invoke checkout-api -q live -n 200 -c 16 -p order.json
    lambdatui invoke checkout-api -q 41 --against 42 --rate 50 -d 60s --template '{"id": {{ n }}}'
    lambdatui invoke checkout-worker --shape sqs -n 10 --save results.csv
    """
    fields = {("other_qualifier" if name == "against" else name): value for name, value in given.items()}
    fields["runs"], fields["library"] = fields.pop("count"), fields.pop("event")
    fields |= {"invocation_type": kind, **_payload(payload)}
    if template is not None:
        fields["template"] = _template(template)
    if client_context is not None:
        fields["client_context"] = _json("--client-context", client_context)
    if save is not None:
        _check_target(Path(save).expanduser())
    saved = SavedRuns()
    if rerun_failures is not None:
        fields = _again(saved, function, rerun_failures, fields)
    before = None
    if compare is not None:
        # `last` is the last one before this
        path = saved.path(compare)
        before, compare = _figures(path), path.stem
    stage = stage_run.build(Invoke, _FLAGS, function=function, **fields)
    sides = dict(zip("AB", _names(stage), strict=True)) if stage.other_qualifier is not None else {}
    told = Told(context, stage.total, quiet=quiet, sides=sides)
    unsaved: LambdatuiError | None = None
    with stage_run.world(context) as here:
        try:
            stage_run.carry_out(context, stage, here, told.event, show_outputs=False)
        finally:
            told.end()
            if told.figures.count:
                unsaved = _after(context, stage, told.figures, before, compare, save)
    if unsaved is not None:
        raise unsaved


def _after(
    context: Context, stage: Invoke, figures: Figures, before: Figures | None, compare: str | None, save: str | None
) -> LambdatuiError | None:
    """Tells what there is to tell of a run that has ended, well or not, and saves it where that was asked for.

    Returns what came of it where it could not be saved; a run that failed has an error of its own to end with.
    """
    sides = figures.by_side
    if "A" in sides and "B" in sides:
        tell_compared(context, sides["A"], sides["B"], *_names(stage))
    if before is not None:
        tell_compared(context, before, figures, str(compare), "this run")
    if save is not None:
        return _save(Path(save).expanduser())
    if figures.count > 1:
        with suppress(BadInput):
            output.word(f"  kept in   {SavedRuns().latest_of_this_process()}", dim=True)
    return None


def _names(stage: Invoke) -> tuple[str, str]:
    return stage.qualifier or "$LATEST", stage.other_qualifier or "$LATEST"


def _save(path: Path) -> LambdatuiError | None:
    from lambdatui.stages.load import export

    try:
        with Reader(SavedRuns().latest_of_this_process()) as reader:
            count = export.write(reader, path)
    except LambdatuiError as error:
        output.word(f"The results were not saved: {error}", fg="red")
        return StageFailed(f"--save: {path}: there are no results in it.")
    tell_written(count, path)
    return None


def _check_target(path: Path) -> None:
    """Raises BadInput before anything is invoked, where results could not be saved after it."""
    if path.suffix.lower() not in (".jsonl", ".csv", ".txt"):
        raise BadInput(f"--save: {path.name}: a name that ends in .jsonl, .csv or .txt was expected.")
    if path.exists():
        raise BadInput(f"--save: {path}: this file is there already.")
    if not path.parent.is_dir():
        raise BadInput(f"--save: {path.parent}: there is no such folder.")


def _figures(path: Path) -> Figures:
    with Reader(path) as reader:
        return figures_of(reader)


def _again(saved: SavedRuns, function: str, run: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a stage that invokes a run's failures again: those of the run, and what is given now."""
    from lambdatui.stages.load.rerun import inputs_again

    path = saved.path(run)
    with saved.read(run) as reader:
        was = str(reader.head.get("function", ""))
        if was != function:
            raise BadInput(f"--rerun-failures: {path.stem} invoked {one_line(was)}, not {function}.")
        given = {name: value for name, value in fields.items() if value is not None}
        if given.get("invocation_type") == "sync":
            del given["invocation_type"]
        return inputs_again(reader, given)


def _payload(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    if text.startswith(("s3://", "https://")) or (text != "-" and _is_file(text)):
        return {"payload_file": text}
    return {"payload": _json("--payload", text)}


def _json(flag: str, text: str) -> Any:
    if text != "-" and _is_file(text):
        source, what = documents.text_in(text), text
    elif text == "-":
        source, what = sys.stdin.read(), "standard input"
    else:
        source, what = text, f"'{one_line(text)[:40]}', which is no file either,"
    try:
        return strict_json.loads(source)
    except ValueError as error:
        raise BadInput(f"{flag}: {what} is not JSON: {strict_json.why(error)}.") from None


def _template(text: str) -> str:
    if _is_file(text):
        return documents.text_in(text)
    if "{" not in text:
        raise BadInput(f"--template: there is no file '{one_line(text)[:60]}', and it is no template.")
    return text


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        # longer than a name may be
        return False
