"""A change whose answer was lost on its way, and which was sent again: AWS refuses the second sending for what the
first has done, and that is no one else's change.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Generator, Mapping
from typing import Any

from lambdatui.aws import functions, versions
from lambdatui.aws.account import Account
from lambdatui.aws.configuration_diff import BY_ITSELF, compare
from lambdatui.aws.errors import Changed, Conflict
from lambdatui.aws.masking import masked
from lambdatui.stages.stage import Change, Event, Note, World, filled

Made = Generator[Event, None, Mapping[str, Any]]


def looked_up(
    world: World, account: Account, change: Change, outputs: Mapping[str, Any], run: str, making: Made
) -> Made:
    """What `making` a change returns; where its answer may have been lost, what AWS has there, if that is as asked.

    `outputs` are the run's, with the function's `configuration` as it was known. Raises what `making` raises.
    """
    try:
        return (yield from making)
    except (Changed, Conflict) as error:
        if error.operation != change.operation or not error.perhaps_done:
            raise
        found = _standing(account, change.operation, filled(change.request, outputs), outputs.get("configuration"))
        if found is None:
            raise
    yield Note(f"{change.operation} {change.target} is done already: an answer was lost, not the call.")
    if world.journal is not None and run:
        world.journal.reconcile(run, True, masked(found))
    return found


def _standing(
    account: Account, operation: str, request: Mapping[str, Any], known: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """What stands at AWS where it is what a request asks for; None where it is not, or nobody can tell."""
    if operation in ("CreateAlias", "UpdateAlias"):
        answer = account.call("lambda", "GetAlias", {name: request[name] for name in ("FunctionName", "Name")})
        return answer if _is_as_asked(request, answer) else None
    if operation not in ("UpdateFunctionConfiguration", "UpdateFunctionCode") or known is None:
        return None
    expected = {**known, **_settings(operation, request)}
    now = functions.configuration(account, request["FunctionName"])
    lines = [line for line in compare(expected, now) if not line.name.startswith(BY_ITSELF)]
    return None if lines else now


def _is_as_asked(request: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
    found = versions.alias(answer)
    weights = (request.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    wanted = (request["FunctionVersion"], dict(weights), request.get("Description", found.description))
    return wanted == (found.version, dict(found.extra), found.description)


def _settings(operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """A request's members as a FunctionConfiguration shows them."""
    if operation == "UpdateFunctionCode":
        data = request.get("ZipFile")
        # of what lies in S3, or is an image, the request does not tell the sum
        sha = base64.b64encode(hashlib.sha256(data).digest()).decode() if isinstance(data, bytes) else ""
        return {"CodeSha256": sha, **{name: request[name] for name in ("Architectures",) if name in request}}
    found = {name: value for name, value in request.items() if name not in ("FunctionName", "RevisionId")}
    if "Layers" in found:
        found["Layers"] = [{"Arn": arn} for arn in found["Layers"]]
    return found
