"""The layers of a function."""

from __future__ import annotations

from typing import Any

from lambdatui.emulator.server import Emulator
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.tabs.layers import LayersTab
from tests.tui.shop import package, shows, text_of
from tests.tui.tabs.opening import open_tab


def _furnish(client: Any) -> None:
    arns = []
    for name, runtimes in (("telemetry", ["python3.13"]), ("old-sdk", ["nodejs22.x"])):
        for number in (1, 2):
            answer = client.publish_layer_version(
                LayerName=name,
                Description=f"{name}, number {number}",
                Content={"ZipFile": package(f"# {number}")},
                CompatibleRuntimes=runtimes,
            )
            arns.append(answer["LayerVersionArn"])
    # telemetry is one behind; old-sdk is the newest, but for another runtime
    client.update_function_configuration(FunctionName="checkout-api", Layers=[arns[0], arns[3]])


async def test_what_each_is_and_whether_it_is_the_newest(app: LambdatuiApp, shop: Any) -> None:
    _furnish(shop)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, LayersTab)
        await shows(pilot, "telemetry, number 1")
        lines = [line.lstrip(" ▸") for line in text_of(app).splitlines()]
        rows = {line.split()[1]: line for line in lines if line.startswith(("1 ", "2 "))}
        assert "▲ 2" in rows["telemetry"]
        assert "● suits" in rows["telemetry"]
        assert "● newest" in rows["old-sdk"]
        assert "▲ another" in rows["old-sdk"]
        assert "telemetry, number 2" in text_of(app)


async def test_a_layer_of_another_account_may_be_closed(
    app: LambdatuiApp, shop: Any, connected: Emulator, account_id: str
) -> None:
    _furnish(shop)
    connected.cloud.faults.add("access-denied", service="lambda", operation="GetLayerVersionByArn", account=account_id)
    connected.cloud.faults.add("access-denied", service="lambda", operation="ListLayerVersions", account=account_id)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, LayersTab)
        await shows(pilot, "? refused")
        assert "old-sdk" in text_of(app)


async def test_no_layer_says_what_that_means(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_tab(pilot, LayersTab, "mail-sender")
        await shows(pilot, "No layer: all that the function needs is in its own package or in the runtime.")
