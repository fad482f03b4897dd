"""An app on the embedded AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from lambdatui.settings import Settings
from lambdatui.tui.app import LambdatuiApp
from tests.tui.shop import open_shop


@pytest.fixture
def shop(connected: Emulator, aws: Callable[..., Any], account_id: str) -> Any:
    """The shop, and a client of its own: what others do to it."""
    client = aws("lambda")
    open_shop(client, account_id)
    return client


@pytest.fixture
def app(shop: Any) -> LambdatuiApp:
    """The app of an operator whose environment leads to the shop."""
    return LambdatuiApp(Settings())
