"""`lambdatui canary`: whether a version is as good as another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lambdatui import documents
from lambdatui.aws.functions import plain_name
from lambdatui.canary.report import Judgement
from lambdatui.cli import canary_report, output, plan_output, stage_run
from lambdatui.cli.interruption import cancelling
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput, StageFailed
from lambdatui.stages import progress_words
from lambdatui.stages.canary import Canary
from lambdatui.stages.stage import Event, Failed, Finished, Note, Plan, Progress, Result, World

_FLAGS = {
    "pass_score": "--pass",
    "marginal_score": "--marginal",
    "metrics": "--metric",
    "warm_up": "--warm-up",
    "baseline_offset": "--baseline-offset",
    "min_samples": "--min-samples",
    "source": "--from",
    **{
        name: f"--{name}"
        for name in ("baseline", "canary", "alias", "judge", "lifetime", "interval", "lookback", "since")
    },
    "until": "--until",
    "config": "--canary-config",
    "alpha": "--alpha",
}


@click.command()
@click.argument("function", metavar="FUNCTION|FILE.yaml")
@click.option("--baseline", metavar="SELECTOR", help="The version that is known to be good.")
@click.option("--canary", metavar="SELECTOR", help="The version that is judged; else newest.")
@click.option("--alias", help="The alias through which both are called; else the one that they share, or shared.")
@click.option("--from", "results", metavar="FILE.jsonl", multiple=True, help="Judge saved invocations instead.")
@click.option("--samples", metavar="FILE", help="Judge samples in a CSV or JSON file instead.")
@click.option("--judge", type=click.Choice(["exact", "kayenta"]), help="Which judge; else the config's, or exact.")
@click.option("--canary-config", metavar="FILE.json", help="A canary config of Kayenta's, or one like it.")
@click.option("--metric", "metrics", multiple=True, help="Which metrics, such as errors or duration; may be repeated.")
@click.option("--pass", "pass_score", type=float, metavar="SCORE", help="The score that passes; else 75.")
@click.option(
    "--marginal", "marginal_score", type=float, metavar="SCORE", help="The score that fails at once; else 50."
)
@click.option("--lifetime", metavar="TIME", help="How long to watch, such as 30m.")
@click.option("--interval", metavar="TIME", help="How often to look, such as 5m; 0 for once, at the end.")
@click.option("--warm-up", metavar="TIME", help="How long not to look, at first.")
@click.option("--lookback", metavar="TIME", help="What each look covers; else all since the warm-up.")
@click.option("--baseline-offset", metavar="TIME", help="How much earlier the baseline is looked at.")
@click.option("--since", metavar="WHEN", help="Judge what was, without waiting: from 2h ago, 09:30, a date.")
@click.option("--until", metavar="WHEN", help="Until when; else now.")
@click.option("--alpha", type=float, help="Exact judge: the chance of a false alarm in all; else 0.05.")
@click.option("--min-samples", type=int, metavar="N", help="Exact judge: fewer on a side are no data; else 20.")
@global_options
def canary(
    context: Context,
    function: str,
    results: tuple[str, ...],
    samples: str | None,
    canary_config: str | None,
    metrics: tuple[str, ...],
    **given: Any,
) -> None:
    """Judges one version of FUNCTION beside another: by CloudWatch, saved invocations, or a file.

    Ends with 0 where the canary passes and with 1 where it does not. Nothing is changed. Without
    --since, --from or --samples it watches CloudWatch for 30 minutes, looks every 5, and ends as
    soon as a look is bad. The exact judge's looks share one chance of a false alarm, --alpha; Kayenta's judge
    is NetflixACAJudge-v1.0, and needs some 50 values a side. FILE.yaml says everything.

    With --json each look is a line, and the last line is the end.

    \b
    lambdatui invoke checkout-api -q 41 -n 200 --json > 41.jsonl
    lambdatui invoke checkout-api -q 42 -n 200 --json > 42.jsonl
    lambdatui canary checkout-api --baseline 41 --canary 42 --from 41.jsonl --from 42.jsonl
    lambdatui canary checkout-api --baseline alias(live) --canary newest --lifetime 1h
    lambdatui canary checkout-api --baseline 41 --canary 42 --since 2d --judge kayenta
    """
    if function.endswith((".yaml", ".yml")):
        others = [*(name for name, value in given.items() if value is not None), *results, *metrics]
        if others or samples or canary_config:
            raise BadInput(f"{function} says everything of a canary.", "Give it alone.")
        stage, folder = documents.check(documents.read(function), Canary), Path(function).resolve().parent
    else:
        if given["baseline"] is None:
            raise BadInput("--baseline: a version was expected, such as previous or 41.")
        stage = stage_run.build(
            Canary,
            _FLAGS,
            function=function,
            source=_source(results, samples),
            config=canary_config,
            metrics=metrics or None,
            **given,
        )
        folder = None
    with stage_run.world(context, folder) as here:
        _judge(context, stage, here)


def _source(results: tuple[str, ...], samples: str | None) -> dict[str, Any] | None:
    if results and samples:
        raise BadInput("--samples: --from was given already, and there is one source.")
    if results:
        return {"kind": "invocations", "results": results}
    return {"kind": "file", "path": samples} if samples else None


def _judge(context: Context, stage: Canary, here: World) -> None:
    """Plans, judges, tells. Raises the error of a canary that does not pass."""
    plan = stage.plan(here)
    if context.plan_only:
        if context.as_json:
            output.data_json({"status": "planned", "plan": plan_output.as_data(plan)})
        else:
            _tell_plan(plan, output.data)
        return
    _tell_plan(plan, output.word)
    last: Event | None = None
    judged: Judgement | None = None
    progress = output.Progress()
    with cancelling(here.clock):
        for event in stage.run(here, plan):
            last = event
            if isinstance(event, Progress):
                progress.show(f"    {progress_words.told(event)}")
                continue
            progress.clear()
            if isinstance(event, Result):
                judged = event.value
                _tell_look(context, stage, judged)
            elif isinstance(event, Note):
                output.word(f"    {event.text}", dim=True)
    if judged is not None and not context.as_json:
        facts = plan.facts
        output.data("")
        for line in canary_report.lines(judged, _title(stage, plan), facts["baseline"], facts["canary"]):
            output.data(line)
    assert isinstance(last, Finished | Failed)
    if context.as_json:
        status = "done" if isinstance(last, Finished) else "failed"
        failure = plan_output.failure_as_data(last) if isinstance(last, Failed) else {}
        output.data_json({"status": status, "plan": plan_output.as_data(plan), "outputs": last.outputs, **failure})
    if isinstance(last, Failed):
        if judged is not None and isinstance(last.error, StageFailed) and not context.as_json:
            # the report has just said why
            raise StageFailed(f"{_title(stage, plan)}: {canary_report.verdict(judged)}.")
        raise last.error


def _title(stage: Canary, plan: Plan) -> str:
    return f"{plain_name(stage.function)} {plan.facts['canary']} beside {plan.facts['baseline']}"


def _tell_plan(plan: Plan, line: output.Teller) -> None:
    line(plan.title)
    if plan.place.account_id:
        line(f"  {plan_output.place(plan)}")
    for warning in plan.warnings:
        line(f"  ▲ {warning}")
    for note in plan.notes:
        line(f"  · {note}")


def _tell_look(context: Context, stage: Canary, judgement: Judgement) -> None:
    if context.as_json:
        output.data_json({"event": "judgement", **judgement.as_data()})
    if judgement.looks > 1:
        _, colour = canary_report.MARKS[judgement.outcome]
        output.word(f"  {canary_report.headline(judgement, plain_name(stage.function))}", fg=colour)
