"""Runs a pipeline for a command: tells of it, lets a person answer, and ends with its outcome."""

from __future__ import annotations

from lambdatui.cli import output
from lambdatui.cli.interruption import cancelling
from lambdatui.cli.options import Context
from lambdatui.cli.pipeline_keys import Answering
from lambdatui.cli.pipeline_output import PipelineOutput
from lambdatui.errors import BadInput, Cancelled, LambdatuiError, StageFailed
from lambdatui.pipeline.events import PipelineEnded
from lambdatui.pipeline.runner import Runner
from lambdatui.pipeline.status import Status
from lambdatui.stages.stage import World


def followed(context: Context, runner: Runner, here: World, ahead: dict[str, str | None]) -> None:
    """Follows a run to its end. `ahead` are answers given beforehand, by stage; None says yes.

    Raises the error of the stage that failed first, or Cancelled.
    """
    shown = PipelineOutput(runner.file, context.as_json)
    last: PipelineEnded | None = None
    with cancelling(here.clock), Answering(runner.controls, ahead) as answering:
        for event in runner.events():
            shown.take(event)
            answering.take(event)
            if isinstance(event, PipelineEnded):
                last = event
    assert last is not None
    if last.status is Status.DONE:
        return
    output.word(f"`lambdatui resume {runner.run}` goes on from where it ended.", fg="yellow")
    if last.status is Status.CANCELLED:
        raise Cancelled
    raise _ending(last)


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
