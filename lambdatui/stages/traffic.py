"""Shares of an alias's traffic, as people write them (percent) and as AWS takes them (weights from 0.0 to 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdatui.aws.functions import LATEST
from lambdatui.aws.versions import Version


def weights(stable: str, canary: str, percent: float) -> tuple[str, dict[str, float]]:
    """The main version and AdditionalVersionWeights that give `canary` so many percent (0 to 100) of the traffic.

    At 0 and at 100 there is one version and no weight.
    """
    if percent <= 0 or stable == canary:
        return stable, {}
    if percent >= 100:
        return canary, {}
    # a weight as a person would write it: 0.1, not 0.1000000000000001
    return stable, {canary: round(percent / 100, 6)}


def shares(main: str, extra: Mapping[str, float]) -> dict[str, str]:
    """The share of each version in words, such as `{"41": "90 %", "42": "10 %"}`."""
    return {main: percent(1 - sum(extra.values())), **{version: percent(share) for version, share in extra.items()}}


def percent(share: float) -> str:
    """A share from 0.0 to 1.0 as `12.5 %`."""
    return f"{round(share * 100, 4):g} %"


def in_words(main: str, extra: Mapping[str, float]) -> str:
    """Such as `90 % to 41, 10 % to 42`, or `all traffic to 41`."""
    if not extra:
        return f"all traffic to {main}"
    return ", ".join(f"{share} to {version}" for version, share in shares(main, extra).items())


def why_not_weighted(first: Version | None, second: Version | None, provisioned: bool) -> str | None:
    """Why AWS would not share an alias's traffic between two versions, or None where it would.

    The rules are those of the Lambda developer guide, "Implement Lambda canary deployments using a weighted alias":
    both published, the same execution role, the same dead-letter queue (or none), no provisioned concurrency.
    None for a version stands for `$LATEST`.
    """
    if first is None or second is None:
        return f"{LATEST} cannot share an alias's traffic; both versions must be published."
    if provisioned:
        return "the alias has provisioned concurrency, and AWS refuses weights on such an alias."
    for name, get in (("execution role", _role), ("dead-letter queue", _dead_letters)):
        if get(first) != get(second):
            return (
                f"versions {first.number} and {second.number} differ in their {name} "
                f"({get(first) or 'none'} and {get(second) or 'none'}), and AWS wants it the same."
            )
    return None


def _role(version: Version) -> Any:
    return version.configuration.get("Role")


def _dead_letters(version: Version) -> Any:
    return (version.configuration.get("DeadLetterConfig") or {}).get("TargetArn") or None
