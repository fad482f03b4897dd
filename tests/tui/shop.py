"""A small shop on the embedded AWS: what the tests of the screens look at."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from lambdatui.tui.app import LambdatuiApp

ROLE = "arn:aws:iam::{account}:role/{name}"

GOOD = """
def handler(event, context):
    return {"total": 1290, "version": context.function_version}
"""
BAD = """
def handler(event, context):
    print("looking for the currency")
    return {"total": event["currency"]}
"""


def package(source: str, name: str = "app.py") -> bytes:
    """A zip with one file, the same bytes for the same source."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source)
    return target.getvalue()


def open_shop(client: Any, account_id: str) -> None:
    """`checkout-api` with versions 1 (good), 2 (fails) and 3 (good), `live` on 1; two functions beside it."""
    for name, runtime, description in (
        ("checkout-api", "python3.13", "takes the money"),
        ("checkout-worker", "nodejs22.x", "[bold red]ships[/] the goods"),
        ("mail-sender", "python3.10", "writes to customers"),
    ):
        client.create_function(
            FunctionName=name,
            Runtime=runtime,
            Handler="app.handler",
            Role=ROLE.format(account=account_id, name=name),
            Code={"ZipFile": package(GOOD)},
            Description=description,
            MemorySize=512,
            Timeout=5,
            Tags={"team": "pay"},
        )
    for number, source in enumerate((GOOD + "# 1", BAD, GOOD + "# 3"), start=1):
        client.update_function_code(FunctionName="checkout-api", ZipFile=package(source))
        client.publish_version(
            FunctionName="checkout-api", Description=("fix rounding", "new tax", "tax, again")[number - 1]
        )
    client.create_alias(FunctionName="checkout-api", Name="live", FunctionVersion="1")


async def until(pilot: Pilot[Any], condition: Callable[[], Any], seconds: float = 15) -> Any:
    """Waits until `condition` holds, letting the app work, and returns what it gave."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not (found := condition()):
        if loop.time() > end:
            raise AssertionError(f"still not so after {seconds} s; the screen:\n{text_of(pilot.app)}")
        await pilot.pause(0.01)
    await pilot.pause()
    return found


def text_of(app: Any) -> str:
    """What the screen shows, as text."""
    lines = app.screen._compositor.render_strips(app.size)
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in lines)


async def shows(pilot: Pilot[Any], words: str) -> None:
    """Waits until the screen shows these words."""
    await until(pilot, lambda: words in text_of(pilot.app))


async def home(pilot: Pilot[LambdatuiApp], name: str = "checkout-api") -> None:
    """Waits until the list is complete, and puts the cursor on a function."""
    await shows(pilot, "all pages read")
    table = pilot.app.screen.table  # type: ignore[attr-defined]
    record = next(record for record in table.rows if record.name == name)
    assert table.go_to(record.key)
    await pilot.pause()
