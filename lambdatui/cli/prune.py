"""`lambdatui prune`: old versions go, what is in use stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from lambdatui import moments
from lambdatui.cli import output, stage_run
from lambdatui.cli.chosen import Chosen, listed
from lambdatui.cli.options import Context, global_options
from lambdatui.cli.plan_output import as_data, place, tell
from lambdatui.errors import BadInput, LambdatuiError, StageFailed
from lambdatui.stages.delete import Delete
from lambdatui.stages.pruning.deletion import Deletion
from lambdatui.stages.stage import Failed, Finished, Plan, World
from lambdatui.text import size

_FLAGS = {
    "keep": "--keep",
    "older_than_days": "--older-than",
    "keep_matching": "--keep-matching",
    "hold": "--hold",
    "archive": "--archive",
    "archive_to": "--archive-to",
    "on_missing": "--on-missing",
}


@click.command()
@click.argument("functions", nargs=-1, metavar="[FUNCTION]...")
@click.option("--all", "every", is_flag=True, help="Every function of every profile and region of the settings.")
@click.option(
    "--filter", "filters", multiple=True, metavar="NAME", help="As --all, of names with this text or pattern."
)
@click.option("--keep", type=int, default=3, show_default=True, metavar="N", help="Keep the newest N versions.")
@click.option("--older-than", metavar="AGE", help="Delete only what is older, such as 30d, 6w or 1y.")
@click.option("--keep-matching", multiple=True, metavar="TEXT", help="Keep what is described so; * and ? may be in it.")
@click.option("--hold", multiple=True, metavar="SELECTOR", help="Keep this version; may be repeated.")
@click.option(
    "--archive",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="What is archived before it is deleted; auto: the last copy of each code.",
)
@click.option("--archive-to", metavar="PLACE", help="A folder or s3://BUCKET/PREFIX; else a folder of lambdatui's own.")
@click.option(
    "--on-missing",
    type=click.Choice(["succeed", "fail", "skip"]),
    default="succeed",
    show_default=True,
    help="What it means where there is nothing to delete.",
)
@global_options
def prune(
    context: Context,
    functions: tuple[str, ...],
    every: bool,
    filters: tuple[str, ...],
    older_than: str | None,
    **inputs: Any,
) -> None:
    """Deletes published versions of each FUNCTION, but the newest N and those that are in use.

    In use is a version that an alias serves, at whatever weight, that has provisioned
    concurrency, a function URL or permissions, or that an event source mapping invokes. One that
    AWS refuses to delete does not stop the rest. Of several functions all plans are shown, and
    asked about once. `lambdatui restore` brings back what was archived.

    \b
    lambdatui prune checkout-api checkout-worker --keep 5 --older-than 30d --plan
    lambdatui prune --filter 'checkout-*' --keep-matching 'release *' --archive-to s3://kept/lambda
    """
    if bool(functions) == (every or bool(filters)):
        raise BadInput("prune: the names of functions were expected, or --all, or --filter; one of them.")
    days = moments.days(older_than, "--older-than") if older_than else None
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in inputs.items()}
    # what is wrong with a flag is told before anything is read
    model = stage_run.build(Delete, _FLAGS, function=(functions or ("f",))[0], older_than_days=days, **given)
    with stage_run.world(context) as here:
        troubles: list[LambdatuiError] = []
        if functions:
            chosen = [Chosen(name) for name in dict.fromkeys(functions)]
        else:
            chosen = _listed(here, filters, troubles)
        stages = [
            stage_run.build(
                Delete,
                _FLAGS,
                **{name: getattr(model, name) for name in model.model_fields_set - {"function"}},
                function=one.function,
                profile=one.profile,
                region=one.region,
            )
            for one in chosen
        ]
        if len(stages) == 1 and functions:
            stage_run.carry_out(context, stages[0], here)
            return
        _prune(context, here, stages, chosen, troubles)
        if troubles:
            told = f"{len(troubles)} of {len(stages)} functions were not pruned to the end."
            if not stages:
                raise troubles[0]
            end = StageFailed(told)
            end.exit_code = max(error.exit_code for error in troubles)
            raise end


def _listed(here: World, filters: Sequence[str], troubles: list[LambdatuiError]) -> list[Chosen]:
    found: list[Chosen] = []
    progress = output.Progress()
    for one in listed(here.accounts, filters):
        if isinstance(one, LambdatuiError):
            progress.clear()
            output.word(str(one), fg="red")
            troubles.append(one)
        else:
            found.append(one)
            progress.show(f"  {len(found):,} functions found")
    progress.clear()
    return found


def _prune(
    context: Context, here: World, stages: Sequence[Delete], chosen: Sequence[Chosen], troubles: list[LambdatuiError]
) -> None:
    """Plans all, tells the plans, asks once, and carries them out; what fails is told and added to `troubles`."""
    plans: list[tuple[Delete, Plan]] = []
    progress = output.Progress()
    for index, (stage, one) in enumerate(zip(stages, chosen, strict=True)):
        progress.show(f"  planned {index} of {len(stages)} functions")
        try:
            plan = stage.plan(here)
        except LambdatuiError as error:
            progress.clear()
            if error.exit_code in (4, 130):
                raise
            output.word(f"{one}: {error}", fg="red")
            troubles.append(error)
            continue
        progress.clear()
        if context.plan_only and context.as_json:
            output.data_json({"status": "planned", "plan": as_data(plan)})
        elif context.plan_only:
            tell(plan, output.data)
        elif not plan.empty or len(stages) < 2:
            tell(plan, output.word)
        plans.append((stage, plan))
    changing = [(stage, plan) for stage, plan in plans if not plan.empty]
    deletions = [change for _, plan in changing for change in plan.changes if isinstance(change, Deletion)]
    freed = sum(change.size for change in deletions)
    told = f"{len(deletions)} versions of {len(changing)} of {len(stages)} functions; {size(freed)} come back"
    if context.plan_only:
        output.word(f"  {told}", dim=True)
        return
    output.word(told)
    for stage, plan in changing:
        stage.refuse_if_busy(here, plan)
    if changing:
        _confirm(context, [plan for _, plan in changing], len(deletions))
    rows: list[list[str]] = []
    for index, (stage, plan) in enumerate(plans):
        if not plan.empty:
            output.word(f"{plan.title}  ({index + 1} of {len(plans)})")
        last = stage_run.followed(stage, here, plan)
        if context.as_json:
            stage_run.show_end(context, plan, last, {})
        elif isinstance(last, Finished):
            rows.append(_row(stage, plan, last.outputs))
        if isinstance(last, Failed):
            if last.error.exit_code in (4, 130):
                raise last.error
            output.word(f"{stage.function}: {last.error}", fg="red")
            troubles.append(last.error)
    if rows:
        output.table(["FUNCTION", "REGION", "DELETED", "KEPT", "ARCHIVED", "CAME BACK"], rows)


def _row(stage: Delete, plan: Plan, outputs: Mapping[str, Any]) -> list[str]:
    """What came of one function, as cells."""
    return [
        stage.function,
        plan.place.region,
        ", ".join(map(str, outputs["deleted"])) or "–",
        str(len(outputs["kept"])),
        str(len(outputs["archived"])),
        size(outputs["freed"]),
    ]


def _confirm(context: Context, plans: Sequence[Plan], count: int) -> None:
    """Asks once for all plans, in each of their places. Raises Refused where the answer is not yes."""
    places = {place(plan): plan for plan in plans}
    for words in places:
        output.word(f"  in {words}", dim=True)
    whole = replace(plans[0], title=f"Delete {count} versions of {len(plans)} functions")
    for plan in places.values():
        if plan.refused:
            stage_run.confirm(context, plan)
    if len(places) > 1:
        whole = replace(whole, title=f"{whole.title}, in {len(places)} places, the first being")
    stage_run.confirm(context, whole)
