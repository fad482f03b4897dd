"""What stands around a function at the moment of a change, beside what stood there when it was planned.

AWS gives these no RevisionId, so that somebody else's change in between is found by reading them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lambdatui.aws import asynchronous, policies
from lambdatui.aws.account import Account
from lambdatui.aws.errors import NotFound
from lambdatui.aws.functions import LATEST
from lambdatui.stages.around import async_invocation
from lambdatui.stages.around.event_source_members import TITLES, lines, plain
from lambdatui.stages.around.permission import content
from lambdatui.stages.around.permission import lines as statement_lines
from lambdatui.stages.stage import Change


def standing(account: Account, change: Change) -> Iterator[tuple[str, Any, Any]]:
    """Each thing that a change replaces or removes: its name, what was planned upon, and what is there now.

    Nothing for other changes. Raises AwsError.
    """
    request, before = change.request, change.before
    if before is None:
        return
    operation = change.operation
    if operation == "RemovePermission":
        policy = policies.get(account, request["FunctionName"], request.get("Qualifier", ""))
        found = [one for one in policy.statements if one.get("Sid") == request["StatementId"]]
        was, now = before["Statement"], found[0] if found else None
        if content(was) != (content(now) if now else {}):
            yield f"statement {request['StatementId']}", _words(statement_lines(was)), _words(statement_lines(now))
    elif operation in ("UpdateEventSourceMapping", "DeleteEventSourceMapping"):
        yield from _mapping(there(account, "GetEventSourceMapping", {"UUID": request["UUID"]}), before)
    elif operation in ("UpdateFunctionUrlConfig", "DeleteFunctionUrlConfig"):
        answer = there(account, "GetFunctionUrlConfig", place(request))
        for name in ("AuthType", "InvokeMode"):
            yield name, before[name], answer.get(name)
        yield "Cors", _full(before["Cors"]), _full(answer.get("Cors"))
    elif operation in ("PutFunctionEventInvokeConfig", "DeleteFunctionEventInvokeConfig"):
        qualifier = request["Qualifier"]
        settings = asynchronous.get(account, request["FunctionName"], None if qualifier == LATEST else qualifier)
        yield "asynchronous invocations", before, async_invocation.kept(settings)
    elif operation in ("PutProvisionedConcurrencyConfig", "DeleteProvisionedConcurrencyConfig"):
        answer = there(account, "GetProvisionedConcurrencyConfig", place(request))
        requested = answer.get("RequestedProvisionedConcurrentExecutions")
        yield "provisioned concurrency", before["ProvisionedConcurrentExecutions"], requested


def there(account: Account, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reading call of Lambda's says of a thing; empty where it is not there, or no more. Raises AwsError."""
    try:
        return account.call("lambda", operation, parameters)
    except NotFound:
        return {}


def place(request: Mapping[str, Any]) -> dict[str, Any]:
    """The function, and its qualifier, that a request is about: what reads a thing takes."""
    return {name: request[name] for name in ("FunctionName", "Qualifier") if name in request}


def _mapping(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name, was in before.items():
        if name == "Enabled":
            yield TITLES[name], was, now.get("State") not in ("Disabled", "Disabling")
        elif name in TITLES and plain(name, was) != plain(name, now.get(name)):
            yield TITLES[name], _words(lines({name: was})), _words(lines({name: now.get(name)}))


def _words(shown: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in shown.items())


def _full(cors: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (cors or {}).items() if value}
