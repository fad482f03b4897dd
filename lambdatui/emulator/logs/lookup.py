"""Finding groups and streams with AWS's errors, and paging over them."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import TypeVar

from lambdatui.emulator.logs.log_store import Group, LogRegion, Stream
from lambdatui.emulator.service import ApiError

Item = TypeVar("Item")

PAGE = 50


def find_group(region: LogRegion, name: str | None, identifier: str | None = None) -> Group:
    """The group that is named, or identified by name or ARN. The caller holds the region's lock.

    Raises InvalidParameterException where both or none are given, ResourceNotFoundException where there is none.
    """
    if (name is None) == (identifier is None):
        raise invalid("Exactly one of logGroupName and logGroupIdentifier must be specified.")
    group = region.groups.get(name or name_in(identifier or ""))
    if group is None:
        raise ApiError("ResourceNotFoundException", "The specified log group does not exist.", 400)
    return group


def find_stream(group: Group, name: str) -> Stream:
    """The stream of a group. Raises ResourceNotFoundException."""
    stream = group.streams.get(name)
    if stream is None:
        raise ApiError("ResourceNotFoundException", "The specified log stream does not exist.", 400)
    return stream


def name_in(identifier: str) -> str:
    """The name of a group that is identified by its name or its ARN, with or without `:*` at the end."""
    return identifier.partition(":log-group:")[2].removesuffix(":*") if identifier.startswith("arn:") else identifier


def page(items: Sequence[Item], token: str | None, limit: int | None) -> tuple[Sequence[Item], str | None]:
    """One page of a sequence, and the token of the next. Raises InvalidParameterException for a token that is none."""
    first = 0 if token is None else decoded(token, "from")[0]
    last = first + (limit or PAGE)
    return items[first:last], encoded({"from": last}) if last < len(items) else None


def encoded(state: dict[str, int]) -> str:
    """A token that holds numbers."""
    return base64.urlsafe_b64encode(json.dumps(state).encode()).decode()


def decoded(token: str, *names: str) -> tuple[int, ...]:
    """The numbers of these names in a token. Raises InvalidParameterException where it has not exactly these."""
    try:
        state = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except ValueError:
        state = None
    if not isinstance(state, dict) or set(state) != set(names):
        raise invalid("The specified nextToken is invalid.")
    return tuple(int(state[name]) for name in names)


def invalid(sentence: str) -> ApiError:
    """AWS's InvalidParameterException."""
    return ApiError("InvalidParameterException", sentence, 400)
