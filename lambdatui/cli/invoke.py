"""`lambdatui invoke`: one function, many times."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from lambdatui.aws.invocations import Invocation
from lambdatui.cli import output, stage_run
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.stage import Event, Result
from lambdatui.stages.tally import Tally, percentile
from lambdatui.text import milliseconds, one_line


@click.command()
@click.argument("function")
@click.option("--qualifier", "-q", metavar="Q", help="A version's selector or an alias; else $LATEST.")
@click.option("--count", "-n", default=1, show_default=True, help="How many times.")
@click.option("--concurrency", "-c", default=1, show_default=True, help="How many at once.")
@click.option("--payload", "-p", metavar="FILE|JSON|-", help="The event: a file, JSON text, or - for standard input.")
@click.option(
    "--type",
    "kind",
    type=click.Choice(["sync", "async", "dry-run"]),
    default="sync",
    show_default=True,
    help="Wait for the answer, hand it over to run later, or only ask whether it would be allowed.",
)
@click.option("--success-rate", default=1.0, show_default=True, help="The share that must be ok, 0 to 1.")
@global_options
def invoke(
    context: Context,
    function: str,
    qualifier: str | None,
    count: int,
    concurrency: int,
    payload: str | None,
    kind: str,
    success_rate: float,
) -> None:
    """Invokes FUNCTION, and tells each answer as it arrives. One invoke is one run: nothing is sent twice.

    Ends with 1 where fewer than --success-rate of the runs were ok. With --json each answer is a
    line: outcome, version, payload, log and figures.

    
    lambdatui invoke checkout-api -q live -n 200 -c 16 -p order.json
    echo '{"id": 7}' | lambdatui invoke checkout-api -q 42 -p -
    """
    stage = stage_run.build(
        Invoke,
        {"runs": "--count", "concurrency": "--concurrency", "success_rate": "--success-rate", "payload": "--payload"},
        function=function,
        qualifier=qualifier,
        runs=count,
        concurrency=concurrency,
        invocation_type={"sync": "RequestResponse", "async": "Event", "dry-run": "DryRun"}[kind],
        success_rate=success_rate,
        **_payload(payload),
    )
    tally, progress = Tally(), output.Progress()

    def on_event(event: Event) -> None:
        progress.clear()
        if isinstance(event, Result):
            tally.add(event.value)
            _tell(context, event.value)
        if count > 1 and tally.count < count:
            progress.show(f"  {tally.count} of {count}  ok {tally.outcomes['ok']}")

    with stage_run.world(context) as here:
        try:
            stage_run.carry_out(context, stage, here, on_event, show_outputs=False)
        finally:
            progress.clear()
            if tally.count:
                _summary(tally)


def _payload(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    if text != "-" and Path(text).is_file():
        return {"payload_file": text}
    source = sys.stdin.read() if text == "-" else text
    try:
        return {"payload": json.loads(source)}
    except ValueError as error:
        what = "standard input" if text == "-" else f"'{one_line(text)[:40]}', which is no file either,"
        raise BadInput(f"--payload: {what} is not JSON: {error}.") from None


def _tell(context: Context, result: Invocation) -> None:
    report = result.report
    if context.as_json:
        output.data_json(
            {
                "number": result.number,
                "outcome": result.outcome,
                "status": result.status,
                "version": result.version,
                "function_error": result.function_error,
                "error": result.error,
                "request_id": result.request_id,
                "started": result.started,
                "latency_ms": round(result.latency, 3),
                "duration_ms": report.duration,
                "billed_ms": report.billed,
                "init_ms": report.init,
                "memory_mb": report.memory_size,
                "memory_used_mb": report.memory_used,
                "payload": _decoded(result.payload),
                "log": result.log,
            }
        )
        return
    told = result.error or result.payload.decode("utf-8", "replace")
    output.data(
        f"{result.number:>5}  {result.version or '–':>7}  {result.outcome:<14}  {milliseconds(result.latency):>9}  "
        f"{one_line(told)}"
    )


def _decoded(payload: bytes) -> Any:
    text = payload.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _summary(tally: Tally) -> None:
    outcomes = "  ".join(f"{name} {count}" for name, count in tally.outcomes.items())
    output.word(f"{tally.count} invoked:  {outcomes}", bold=True)
    if tally.latency:
        figures = "  ".join(f"p{point} {milliseconds(percentile(tally.latency, point))}" for point in (50, 95, 99))
        output.word(f"  latency  {figures}  max {milliseconds(tally.latency[-1])}   cold {tally.cold}")
    served = "  ".join(
        f"{version}: {tally.versions[version]} ({share:.1%})" for version, share in tally.shares().items()
    )
    if served:
        output.word(f"  served by  {served}")
    for error, number in tally.errors.most_common(5):
        output.word(f"  {number} × {one_line(error)[:160]}", fg="red")
