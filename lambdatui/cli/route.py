"""`lambdatui route`: an alias's traffic."""

from __future__ import annotations

from pathlib import Path

import click

from lambdatui import documents
from lambdatui.cli import rollout_keys, stage_run
from lambdatui.cli.options import Context, global_options, put_back_option
from lambdatui.cli.rollout_end import offer_way_back
from lambdatui.cli.rollout_output import RolloutOutput
from lambdatui.documents import Document
from lambdatui.errors import BadInput, Cancelled
from lambdatui.stages.rollout.blue_green import BlueGreen
from lambdatui.stages.rollout.gradual import Gradual
from lambdatui.stages.route import Route, Simple, Weighted
from lambdatui.stages.stage import Event, World
from lambdatui.stages.strategy import Strategy
from lambdatui.stages.way_back import WayBack


@click.command()
@click.argument("function", metavar="FUNCTION|FILE.yaml")
@click.argument("alias", required=False)
@click.option("--to", "to", metavar="SELECTOR", help="The version that gets the traffic, or the rest.")
@click.option("--weight", metavar="SELECTOR=PERCENT", help="A second version, and its share in percent.")
@click.option("--blue-green", metavar="FILE", help="Probe the version first, as FILE says.")
@click.option("--gradual", metavar="FILE", help="Move step by step, as FILE says.")
@click.option("--back", is_flag=True, help="Back to the routing before the alias's last change.")
@click.option("--description", help="The alias's description.")
@click.option("--provisioned", type=int, metavar="N", help="Environments to keep ready once it has moved; 0 for none.")
@put_back_option
@global_options
def route(
    context: Context,
    function: str,
    alias: str | None,
    to: str | None,
    weight: str | None,
    blue_green: str | None,
    gradual: str | None,
    back: bool,
    description: str | None,
    provisioned: int | None,
    put_back: bool,
) -> None:
    """Points ALIAS of FUNCTION at a version, or shares its traffic between two, or moves it with care.

    The alias is made where there is none. A SELECTOR is newest, previous, previous(2), oldest, a
    number, $LATEST, alias(NAME), description(TEXT), tag(WORD) or sha(PREFIX); its number is shown
    before anything is done. FILE.yaml says everything: function, alias, strategy.

    While a rollout runs, g goes on, p pauses, b goes a step back, a puts back and ends. A gate that
    says no puts back by itself and ends with 1. Ctrl-C leaves the alias as it is, and offers to put
    back; --put-back does so at once. With --json each event is a line, and the last is the end.

    \b
    lambdatui route checkout-api live --to 41 --weight 42=10
    lambdatui route checkout-api live --to newest --blue-green blue-green.yaml
    lambdatui route checkout-api live --to newest --gradual gradual.yaml
    lambdatui route checkout-api live --back
    """
    if back:
        _way_back(context, function, alias, to, weight, blue_green, gradual, description, provisioned)
        return
    folder: Path | None
    if alias is None:
        given = {"--to": to, "--weight": weight, "--blue-green": blue_green, "--gradual": gradual}
        stage, folder = _from_file(function, [name for name, value in given.items() if value is not None])
    else:
        strategy, folder = _strategy(to, weight, blue_green, gradual)
        stage = stage_run.build(
            Route,
            {"description": "--description", "provisioned_concurrency": "--provisioned"},
            function=function,
            alias=alias,
            strategy=strategy,
            description=description,
            provisioned_concurrency=provisioned,
        )
    with stage_run.world(context, folder) as here:
        if isinstance(stage.strategy, BlueGreen | Gradual):
            _roll(context, stage, here, put_back)
        else:
            stage_run.carry_out(context, stage, here)


def _way_back(context: Context, function: str, alias: str | None, *others: object) -> None:
    if alias is None:
        raise BadInput("--back: an ALIAS was expected.")
    if any(value is not None for value in others):
        raise BadInput("--back: nothing else says where the traffic goes.", "Leave out --to and the like.")
    stage = stage_run.build(WayBack, {}, function=function, alias=alias)
    with stage_run.world(context) as here:
        stage_run.carry_out(context, stage, here)


def _roll(context: Context, stage: Route, here: World, put_back: bool) -> None:
    shown = RolloutOutput(context.as_json)
    typing = rollout_keys.Typing(here.controls)

    def take(event: Event) -> None:
        shown.take(event)
        typing.take(event)

    try:
        with typing:
            stage_run.carry_out(context, stage, here, take)
    except Cancelled as error:
        raise offer_way_back(context, stage, here, error, put_back) from None


def _from_file(path: str, others: list[str]) -> tuple[Route, Path]:
    if not path.endswith((".yaml", ".yml")):
        raise BadInput("ALIAS: a FUNCTION and an ALIAS were expected, or a FILE.yaml that says everything.")
    if others:
        raise BadInput(f"{others[0]}: {path} says which version gets the traffic.")
    return documents.check(documents.read(path), Route), Path(path).resolve().parent


def _strategy(
    to: str | None, weight: str | None, blue_green: str | None, gradual: str | None
) -> tuple[Strategy, Path | None]:
    """The strategy of the flags, and the folder that paths in its file start from."""
    ways = {"--weight": weight, "--blue-green": blue_green, "--gradual": gradual}
    chosen = [name for name, value in ways.items() if value is not None]
    if len(chosen) > 1:
        raise BadInput(f"{chosen[1]}: {chosen[0]} was given already, and there is one way to go.")
    if blue_green is not None:
        return _read(blue_green, BlueGreen, to)
    if gradual is not None:
        return _read(gradual, Gradual, to)
    if to is None:
        raise BadInput("--to: a version was expected, such as newest or 42.")
    if weight is None:
        return stage_run.build(Simple, {"to": "--to"}, to=to), None
    canary, share = _share(weight)
    words = {"stable": "--to", "canary": "--weight", "percent": "--weight"}
    return stage_run.build(Weighted, words, stable=to, canary=canary, percent=share), None


def _read(path: str, model: type[BlueGreen] | type[Gradual], to: str | None) -> tuple[Strategy, Path]:
    """A strategy's file. What --to says counts before what stands in it."""
    document = documents.read(path)
    value = document.value
    if isinstance(value, dict):
        if "strategy" in value:
            raise BadInput(f"{document.source}: says everything of a route.", f"Give it alone: lambdatui route {path}")
        value = value | ({"to": to} if to is not None else {})
    return documents.check(Document(document.source, value, document.lines), model), Path(path).resolve().parent


def _share(text: str) -> tuple[str, float]:
    selector, _, percent = text.rpartition("=")
    try:
        if selector:
            return selector, float(percent.strip().removesuffix("%"))
    except ValueError:
        pass
    raise BadInput(f"--weight: SELECTOR=PERCENT was expected, such as 42=10, not '{text}'.")
