"""What ListFunctions leaves out of a function: its state, tags, reserved concurrency and aliases.

Two calls a function, so they are made only for what is looked at. GetFunction has a limit of its own (100 a second);
ListAliases shares AWS's 15 a second for control calls with everybody else in the account and region.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lambdatui.aws import functions, versions
from lambdatui.aws.account import Account
from lambdatui.aws.versions import Alias


@dataclass(frozen=True, slots=True)
class Facts:
    """The rest of one function. `state_reason` and `update_reason` are AWS's words, empty where all is well."""

    state: str
    state_reason: str
    update_status: str
    update_reason: str
    reserved_concurrency: int | None
    tags: Mapping[str, str]
    aliases: tuple[Alias, ...]
    environment: int
    """How many environment variables there are."""


def read(account: Account, name: str) -> Facts:
    """The facts of one function. Raises NotFound or another AwsError."""
    found = functions.get(account, name)
    get = found.configuration.get
    return Facts(
        state=get("State", "Active"),
        state_reason=get("StateReason", ""),
        update_status=get("LastUpdateStatus", "Successful"),
        update_reason=get("LastUpdateStatusReason", ""),
        reserved_concurrency=found.reserved_concurrency,
        tags=found.tags,
        aliases=tuple(versions.list_aliases(account, name)),
        environment=len((get("Environment") or {}).get("Variables") or {}),
    )
