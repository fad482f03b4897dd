"""What a run costs at most, from one dated table."""

from __future__ import annotations

import datetime as dt

import pytest

from lambdatui.stages.load import prices
from lambdatui.stages.load.prices import at_most, money


@pytest.mark.parametrize(
    ("inputs", "usd"),
    [
        # the examples of https://aws.amazon.com/lambda/pricing/: 3 million of 120 ms at 1536 MB, without the free tier
        ((3_000_000, 1536, 0.12, "us-east-1"), 0.6 + 540_000 * 0.0000166667),
        ((3_000_000, 1536, 0.12, "us-east-1", "arm64"), 0.6 + 540_000 * 0.0000133334),
        ((1_000_000, 1024, 1.0, "af-south-1"), 0.27 + 22.1),
        ((1_000_000, 1024, 1.0, "me-south-1", "arm64"), 0.25 + 16.5334),
        ((1000, 128, 0.0001, "eu-west-1"), 0.0002 + 0.125 * 0.0000166667),
        ((1000, 128, 3, "cn-north-1"), None),
    ],
)
def test_the_cost_is_requests_and_gb_seconds(inputs: tuple[object, ...], usd: float | None) -> None:
    cost = at_most(*inputs)  # type: ignore[arg-type]
    assert cost.usd == (None if usd is None else pytest.approx(usd))


def test_it_says_how_it_comes_about_and_of_when_the_prices_are() -> None:
    words = str(at_most(10_000, 512, 30, "eu-west-1"))
    assert words == (
        "at most $2.51: 10,000 requests, 150,000 GB-seconds (10,000 × 30 s × 512 MB), prices of " + prices.DATE
    )
    assert dt.date.fromisoformat(prices.DATE)
    assert str(at_most(10, 512, 30, "cn-north-1")).endswith("no price is known for this region")
    assert at_most(10**6, 10240, 900, "eu-west-1", starts=False).usd == 0


def test_arm64_is_never_above_x86_64_and_no_region_below_the_rest() -> None:
    for price in (*prices.PRICES.values(), prices.ELSEWHERE):
        assert price.arm64 <= price.x86_64
        assert (price.requests, price.x86_64) >= (prices.ELSEWHERE.requests, prices.ELSEWHERE.x86_64)


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        (0, "$0"),
        (0.00001, "less than $0.0001"),
        (0.00421, "$0.0043"),
        (1.001, "$1.01"),
        (1234.5, "$1,234.50"),
        (2, "$2.00"),
    ],
)
def test_an_amount_is_rounded_up(usd: float, words: str) -> None:
    assert money(usd) == words
