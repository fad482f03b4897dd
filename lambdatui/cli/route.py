"""`lambdatui route`: an alias's traffic."""

from __future__ import annotations

import click

from lambdatui.cli import stage_run
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput
from lambdatui.stages.route import Route, Simple, Weighted


@click.command()
@click.argument("function")
@click.argument("alias")
@click.option("--to", "to", metavar="SELECTOR", required=True, help="The version that gets the traffic, or the rest.")
@click.option("--weight", metavar="SELECTOR=PERCENT", help="A second version, and its share in percent.")
@click.option("--description", help="The alias's description.")
@global_options
def route(context: Context, function: str, alias: str, to: str, weight: str | None, description: str | None) -> None:
    """Points ALIAS of FUNCTION at a version, or shares its traffic between two.

    The alias is made where there is none. A SELECTOR is newest, previous, previous(2), oldest, a
    number, $LATEST or alias(NAME); its number is shown before anything is done.

    \b
    lambdatui route checkout-api live --to 41 --weight 42=10
    lambdatui route checkout-api live --to newest
    """
    strategy: Simple | Weighted
    if weight is None:
        strategy = stage_run.build(Simple, {"to": "--to"}, to=to)
    else:
        canary, share = _share(weight)
        words = {"stable": "--to", "canary": "--weight", "percent": "--weight"}
        strategy = stage_run.build(Weighted, words, stable=to, canary=canary, percent=share)
    stage = stage_run.build(
        Route,
        {"description": "--description"},
        function=function,
        alias=alias,
        strategy=strategy,
        description=description,
    )
    with stage_run.world(context) as here:
        stage_run.carry_out(context, stage, here)


def _share(text: str) -> tuple[str, float]:
    selector, _, percent = text.rpartition("=")
    try:
        if selector:
            return selector, float(percent.strip().removesuffix("%"))
    except ValueError:
        pass
    raise BadInput(f"--weight: SELECTOR=PERCENT was expected, such as 42=10, not '{text}'.")
