"""Runs a pipeline for a command: tells of it, lets a person answer, and ends with its outcome."""

from __future__ import annotations

from lambdatui.cli import output, terminal
from lambdatui.cli.interruption import cancelling
from lambdatui.cli.options import Context
from lambdatui.cli.pipeline_keys import Answering
from lambdatui.cli.pipeline_output import PipelineOutput
from lambdatui.errors import BadInput, Cancelled, LambdatuiError, Refused, StageFailed
from lambdatui.moments import clock_words
from lambdatui.pipeline.events import PipelineEnded
from lambdatui.pipeline.runner import Runner
from lambdatui.pipeline.status import Status
from lambdatui.pipeline.taking_up_run import TakingUp
from lambdatui.stages.stage import World


def followed(context: Context, runner: Runner, here: World, ahead: dict[str, str | None]) -> None:
    """Follows a run to its end. `ahead` are answers given beforehand, by stage; None says yes.

    Raises the error of the stage that failed first, or Cancelled.
    """
    shown = PipelineOutput(runner.file, context.as_json)
    last: PipelineEnded | None = None
    with cancelling(here.clock), Answering(runner.controls, ahead) as answering:
        for event in runner.events():
            # it listens before the question is seen, so that no answer to it comes too early
            answering.take(event)
            shown.take(event)
            if isinstance(event, PipelineEnded):
                last = event
    assert last is not None
    if last.status is Status.DONE:
        return
    output.word(f"`lambdatui resume {runner.run}` goes on from where it ended.", fg="yellow")
    if last.status is Status.CANCELLED:
        raise Cancelled
    raise _ending(last)


def taken_up(
    context: Context, here: World, taking: TakingUp, secrets: dict[str, str], ahead: dict[str, str | None]
) -> None:
    """Goes on with a run that ended or lost its process, once somebody agrees. Raises as `followed`, or Refused."""
    known = taking.known
    stages = [{"id": name, "how": _how(taking, name)} for name in taking.left]
    if context.plan_only and context.as_json:
        output.data_json({"status": "planned", "run": known.id, "pipeline": known.name, "stages": stages})
        return
    tell = output.data if context.plan_only else output.word
    tell(f"{known.name}, begun at {clock_words(known.started)}: {known.status}")
    for line in output.aligned([(one["id"], one["how"]) for one in stages]):
        tell(f"  {line}")
    if context.plan_only:
        return
    if not context.yes:
        if not terminal.can_ask():
            raise Refused("Not confirmed, nothing was done: there is no terminal to ask on.", "Give --yes.")
        if not terminal.agrees(f"Go on with {known.name}?"):
            raise Refused("Not confirmed: nothing was done.")
    followed(context, taking.runner(here, secrets), here, ahead)


def _how(taking: TakingUp, stage: str) -> str:
    record = taking.goes_on.get(stage)
    if record is not None:
        return (
            "was under way, and goes on" if record.status == Status.RUNNING else f"{record.status}, and is tried again"
        )
    return "is run again" if stage in taking.anew else "follows"


def _ending(last: PipelineEnded) -> LambdatuiError:
    error = last.error
    if error is None:
        return StageFailed("A stage failed.")
    # whatever is wrong with an input that only the run could know: the command's own words were right
    return StageFailed(error.message, error.hint) if isinstance(error, BadInput | Cancelled) else error


def given(texts: tuple[str, ...]) -> dict[str, str]:
    """What `-p NAME=VALUE` says. Raises BadInput."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise BadInput(f"-p: NAME=VALUE was expected, not '{text}'.")
        found[name.strip()] = value
    return found


def approvals(texts: tuple[str, ...]) -> dict[str, str | None]:
    """What `--approve STAGE` or `--approve STAGE=CHOICE` says."""
    found: dict[str, str | None] = {}
    for text in texts:
        stage, equals, choice = text.partition("=")
        found[stage.strip()] = choice.strip() if equals else None
    return found
