"""Runs a stage for a command: plan, show, ask, carry out, tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lambdatui import mistakes
from lambdatui.aws.clients import Retry
from lambdatui.cli import output, plan_output, terminal
from lambdatui.cli.interruption import cancelling
from lambdatui.cli.options import Context
from lambdatui.errors import BadInput, Cancelled, LambdatuiError, Refused
from lambdatui.journal import Journal
from lambdatui.settings import state_folder
from lambdatui.stages import progress_words
from lambdatui.stages.stage import Danger, Done, Event, Failed, Finished, Note, Plan, Progress, Stage, World
from lambdatui.stages.undoing.put_back import PutBack

Model = TypeVar("Model", bound=BaseModel)


def build(model: type[Model], flags: Mapping[str, str], **values: Any) -> Model:
    """The stage, or a part of one, with these inputs, those that are None left out.

    `flags` are the words of the command line for the fields, such as `{"runs": "--count"}`; an argument goes by its
    field's name. Raises BadInput in those words.
    """
    given = {name: value for name, value in values.items() if value is not None}
    try:
        return model(**given)
    except ValidationError as error:
        mistake = mistakes.first(error, model, given)
        field = flags.get(str(mistake.path[0]), mistake.field.upper()) if mistake.path else ""
        sentence = mistake.words if mistake.names_field else f"{field}: {mistake.words}"
        raise BadInput(sentence) from None


@contextmanager
def world(context: Context, folder: Path | None = None, *, tell_stopped: bool = True) -> Iterator[World]:
    """A World for a command, with the journal. `folder` is what paths are relative to.

    Rollouts that stopped half-way are told, unless the command is about them.
    """
    journal = Journal(state_folder() / "journal.sqlite")
    if journal.set_aside is not None:
        output.word(f"The journal could not be read; it was set aside as {journal.set_aside}.", fg="yellow")
    try:
        if tell_stopped:
            _tell_stopped(journal)
        yield World(context.accounts(journal), folder=folder, journal=journal, on_retry=_retried, anyway=context.anyway)
    finally:
        journal.close()


def _tell_stopped(journal: Journal) -> None:
    for run in journal.unfinished():
        output.word(f"{run.title}: this rollout stopped half-way. See: lambdatui resume", fg="yellow")


def _retried(retry: Retry) -> None:
    output.word(f"  {retry}", fg="yellow")


def carry_out(
    context: Context,
    stage: Stage,
    here: World,
    on_event: Callable[[Event], None] | None = None,
    *,
    show_outputs: bool = True,
    put_back: bool | None = None,
) -> None:
    """Plans a stage and, unless only the plan was asked for, asks and runs it.

    `on_event` sees each event before it is told, and tells of the progress itself. Where a run fails part-way,
    `put_back` takes back what it did: with True at once, with False if somebody agrees, with None not.

    Raises the error of a run that failed, Refused where it was not confirmed, and what `plan` raises.
    """
    plan = stage.plan(here)
    if context.plan_only:
        if context.as_json:
            output.data_json({"status": "planned", "plan": plan_output.as_data(plan)})
        else:
            plan_output.tell(plan, output.data)
        return
    plan_output.tell(plan, output.word)
    if not plan.empty:
        stage.refuse_if_busy(here, plan)
        confirm(context, plan)
    last = followed(stage, here, plan, on_event)
    after: dict[str, Any] = {}
    if isinstance(last, Failed) and put_back is not None:
        after = _put_back(context, stage, here, last, put_back)
    if show_outputs:
        show_end(context, plan, last, after)
    if isinstance(last, Failed):
        raise last.error


def followed(
    stage: Stage, here: World, plan: Plan, on_event: Callable[[Event], None] | None = None
) -> Finished | Failed:
    """Runs a stage, tells of each event, and returns the last."""
    last: Event | None = None
    progress = output.Progress()
    with cancelling(here.clock):
        for event in stage.run(here, plan):
            last = event
            if on_event is not None:
                on_event(event)
            elif isinstance(event, Progress):
                progress.show(f"    {progress_words.told(event)}")
            else:
                progress.clear()
            _tell(event)
    assert isinstance(last, Finished | Failed)
    return last


def _put_back(context: Context, stage: Stage, here: World, failed: Failed, at_once: bool) -> dict[str, Any]:
    """Takes back what a run did before it failed, or offers to. Gives what a JSON document says of it."""
    back = PutBack.after(stage, failed)
    if back is None:
        return {}
    # the operator may have stopped the run, and its clock with it
    again = World(here.accounts, folder=here.folder, journal=here.journal, on_retry=here.on_retry, anyway=here.anyway)
    try:
        plan = back.plan(again)
    except LambdatuiError as error:
        output.word(f"What was done stays; how to put it back could not be planned: {error}", fg="yellow")
        return {}
    plan_output.tell(plan, output.word)
    if plan.empty:
        return {}
    if not at_once and not (terminal.can_ask() and terminal.agrees(f"{plan.title}, in {plan_output.place(plan)}?")):
        output.word("What was done stays. With --put-back, a run that fails puts back what was there.", fg="yellow")
        return {"put_back": {"status": "offered", "plan": plan_output.as_data(plan)}}
    end = followed(back, again, plan)
    if isinstance(end, Failed):
        output.word(f"Not all was put back: {end.error}", fg="red")
    return {"put_back": {"status": _status(plan, end), "plan": plan_output.as_data(plan)}}


def confirm(context: Context, plan: Plan) -> None:
    """Asks before a change that callers notice or that is for good. Raises Refused where the answer is not yes."""
    if plan.refused:
        raise Refused("This session is read-only: nothing was done.", "The guard would refuse the first change.")
    if plan.danger is Danger.SAFE or context.yes:
        return
    if not terminal.can_ask():
        raise Refused("Not confirmed, nothing was done: there is no terminal to ask on.", "Give --yes, or see --plan.")
    for_good = " It cannot be undone." if plan.danger is Danger.DESTRUCTIVE else ""
    if not terminal.agrees(f"{plan.title}, in {plan_output.place(plan)}?{for_good}"):
        raise Refused("Not confirmed: nothing was done.")


def _tell(event: Event) -> None:
    match event:
        case Done(_, change):
            output.word(f"  ✔ {change.operation} {change.target}", fg="green")
        case Note(text):
            output.word(f"    {text}", dim=True)
        case Failed():
            plan_output.tell_failure(event, output.word)
        case _:
            pass


def show_end(context: Context, plan: Plan, last: Finished | Failed, after: Mapping[str, Any]) -> None:
    """Writes the outputs of a run, or a JSON document on it with the members of `after`."""
    if context.as_json:
        document: dict[str, Any] = {"status": _status(plan, last), "plan": plan_output.as_data(plan)}
        document |= {"outputs": last.outputs} if isinstance(last, Finished) else plan_output.failure_as_data(last)
        output.data_json({**document, **after})
    elif isinstance(last, Finished):
        told = [(name, _readable(value)) for name, value in last.outputs.items() if value not in (None, "", [], {})]
        for line in output.aligned(told):
            output.data(line)


def _status(plan: Plan, last: Finished | Failed) -> str:
    if isinstance(last, Failed):
        return "cancelled" if isinstance(last.error, Cancelled) else "failed"
    if last.outputs.get("skipped"):
        return "skipped"
    return "unchanged" if plan.empty else "done"


def _readable(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={item}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)
