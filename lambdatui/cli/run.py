"""`lambdatui run`: a pipeline from its file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from lambdatui.cli import output, pipeline_output, pipeline_run, stage_run, terminal
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput, Refused, near_match
from lambdatui.pipeline import pipeline_file
from lambdatui.pipeline.parameters import values
from lambdatui.pipeline.pipeline_file import PipelineFile
from lambdatui.pipeline.planning import StagePlan, planned
from lambdatui.pipeline.runner import Runner
from lambdatui.stages.change import Danger


@click.command()
@click.argument("file", metavar="FILE.yaml")
@click.option("--parameter", "-p", "texts", multiple=True, metavar="NAME=VALUE", help="The value of a parameter.")
@click.option(
    "--approve",
    "approved",
    multiple=True,
    metavar="STAGE[=CHOICE]",
    help="Say yes, or one of its choices, where STAGE asks a person.",
)
@global_options
def run(context: Context, file: str, texts: tuple[str, ...], approved: tuple[str, ...]) -> None:
    """Runs the pipeline in FILE.yaml: each stage once those that it needs are over.

    First it tells what it would do, as far as that is known, and asks. Every run is in the journal;
    one that ends half-way, or whose process is gone, goes on with `lambdatui resume RUN`.

    While it runs, an answer and enter answers a stage that asks; g, p, b and a steer a rollout as with
    `lambdatui route`. Ctrl-C stops it at the next safe point. With --json each event is a line.

    \b
    lambdatui run release.yaml -p code=./build --plan
    lambdatui run release.yaml -p code=./build -p runs=500 --yes
    lambdatui run release.yaml -p code=./build --yes --approve sign-off
    """
    found = pipeline_file.read(file)
    for warning in found.warnings:
        output.word(f"▲ {warning}", fg="yellow")
    parameters = values(found.pipeline, pipeline_run.given(texts))
    ahead = pipeline_run.approvals(approved)
    _check_approvals(context, found, ahead)
    with stage_run.world(context, found.folder) as here:
        with tempfile.TemporaryDirectory(prefix="lambdatui-plan-") as folder:
            plans = list(planned(here, found, parameters, Path(folder)))
        if context.plan_only:
            if context.as_json:
                output.data_json(pipeline_output.plan_as_data(found, plans))
            else:
                pipeline_output.tell_plan(found, plans, output.data)
        else:
            pipeline_output.tell_plan(found, plans, output.word)
        for one in plans:
            if one.error is not None:
                raise one.error
        if context.plan_only:
            return
        _confirm(context, found, plans)
        pipeline_run.followed(context, Runner(here, found, parameters), here, ahead)


def _check_approvals(context: Context, file: PipelineFile, ahead: dict[str, str | None]) -> None:
    """Raises BadInput where an answer is to no stage, Refused where nobody could ever answer."""
    stages = {entry.id: entry for entry in file.pipeline.stages}
    for name, choice in ahead.items():
        if name not in stages:
            raise BadInput(f"--approve: {file.pipeline.name} has no stage '{name}'.{near_match(name, stages)}")
        choices = stages[name].inputs.get("choices")
        if isinstance(choices, list) and choices and choice not in choices:
            options = ", ".join(map(str, choices))
            raise BadInput(f"--approve: {name} has these choices: {options}.", f"Give --approve {name}=CHOICE.")
    if context.plan_only or terminal.can_ask():
        return
    for name, entry in stages.items():
        if entry.type == "approve" and name not in ahead:
            raise Refused(
                f"The stage {name} asks a person, and there is no terminal to ask on: nothing was done.",
                f"Give --approve {name}.",
            )


def _confirm(context: Context, file: PipelineFile, plans: list[StagePlan]) -> None:
    """Asks before a run that callers may notice, or that is for good. Raises Refused where the answer is not yes."""
    if any(one.plan is not None and one.plan.refused and not one.skipped for one in plans):
        raise Refused("This session is read-only: nothing was done.", "The guard would refuse the first change.")
    order = list(Danger)
    danger = max((one.danger for one in plans), key=order.index, default=Danger.SAFE)
    if danger is Danger.SAFE or context.yes:
        return
    if not terminal.can_ask():
        raise Refused("Not confirmed, nothing was done: there is no terminal to ask on.", "Give --yes, or see --plan.")
    for_good = " What it deletes cannot be brought back." if danger is Danger.DESTRUCTIVE else ""
    places = sorted({str(one.plan.place) for one in plans if one.plan is not None and one.plan.place.account_id})
    where = f", in account {'; '.join(places)}" if places else ""
    if not terminal.agrees(f"Run {file.pipeline.name}{where}?{for_good}"):
        raise Refused("Not confirmed: nothing was done.")
