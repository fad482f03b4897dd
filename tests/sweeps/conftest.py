"""What the sweeps share: each tells how many points it has tried, which the end of a test run sums up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import TRIED


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str, int], None]:
    """Takes what a sweep did and how many points of it this test has tried."""

    def told(what: str, count: int) -> None:
        record_property(TRIED, [what, count])

    return told
