"""What a run of invocations costs at most: one dated table of Lambda's prices.

On-demand, first tier, without the free tier and without what ephemeral storage beyond 512 MB, provisioned concurrency
or a stream adds. Written down from public copies of the AWS Price List (service code AWSLambda); what counts is
https://aws.amazon.com/lambda/pricing/.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

DATE = "2026-11-24"
"""When the table was written down."""

ASKED_FROM = 1000
"""A run of more invocations than this tells its price before it begins."""


@dataclass(frozen=True, slots=True)
class Price:
    """USD for a million requests, and for a GB-second on each architecture."""

    requests: float
    x86_64: float
    arm64: float


ELSEWHERE = Price(0.20, 0.0000166667, 0.0000133334)
"""In all commercial regions that are not named here, and in GovCloud."""

PRICES = {
    "af-south-1": Price(0.27, 0.0000221, 0.00001768),
    "ap-east-1": Price(0.28, 0.00002292, 0.0000183),
    "eu-south-1": Price(0.23, 0.0000195172, 0.0000156138),
    "me-central-1": Price(0.25, 0.0000206667, 0.0000165334),
    "me-south-1": Price(0.25, 0.0000206667, 0.0000165334),
    # no price for arm64 was at hand: it is not above that for x86_64
    "eu-central-2": Price(0.22, 0.0000183334, 0.0000183334),
    "il-central-1": Price(0.21, 0.0000175, 0.0000175),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run costs at most, and how that comes about."""

    runs: int
    seconds: float
    """How long each takes at most."""
    memory: int
    """MB."""
    gb_seconds: float
    usd: float | None
    """None where the table has no price, as for the regions in China."""

    def __str__(self) -> str:
        how = (
            f"{self.runs:,} requests, {self.gb_seconds:,.0f} GB-seconds "
            f"({self.runs:,} × {self.seconds:g} s × {self.memory:,} MB)"
        )
        if self.usd is None:
            return f"{how}; no price is known for this region"
        return f"at most {money(self.usd)}: {how}, prices of {DATE}"


def at_most(
    runs: int, memory: int, seconds: float, region: str, architecture: str = "x86_64", *, starts: bool = True
) -> Cost:
    """What so many invocations cost at most.

    `memory` is the function's in MB; `seconds` is how long one takes at most, its time limit where nothing better is
    known. Lambda bills whole milliseconds. Without `starts`, as in a dry run, nothing is run and nothing is billed.
    """
    if not starts:
        return Cost(runs, 0, memory, 0.0, 0.0)
    billed = math.ceil(round(seconds * 1000, 6)) / 1000
    gb_seconds = runs * billed * memory / 1024
    if region.startswith("cn-"):
        return Cost(runs, billed, memory, gb_seconds, None)
    price = PRICES.get(region, ELSEWHERE)
    rate = price.arm64 if architecture == "arm64" else price.x86_64
    return Cost(runs, billed, memory, gb_seconds, runs * price.requests / 1e6 + gb_seconds * rate)


def money(usd: float) -> str:
    """An amount as `$12.34`, rounded up; small ones as `$0.0042` or `less than $0.0001`."""
    if usd <= 0:
        return "$0"
    if usd < 0.0001:
        return "less than $0.0001"
    places = 2 if usd >= 1 else 4
    return f"${math.ceil(usd * 10**places - 1e-9) / 10**places:,.{places}f}"
