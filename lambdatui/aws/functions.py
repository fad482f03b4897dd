"""Lambda functions: one whole, and the wait until a change has settled."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError, NotFound
from lambdatui.aws.function_states import meaning
from lambdatui.clock import Clock

LATEST = "$LATEST"


@dataclass(frozen=True, slots=True)
class Function:
    """One function as GetFunction gives it, in AWS's names."""

    configuration: Mapping[str, Any]
    code: Mapping[str, Any]
    tags: Mapping[str, str]
    reserved_concurrency: int | None

    @property
    def name(self) -> str:
        return str(self.configuration["FunctionName"])

    @property
    def revision(self) -> str:
        return str(self.configuration.get("RevisionId", ""))


def get(account: Account, name: str, qualifier: str | None = None) -> Function:
    """One function, or one version of it. Raises NotFound or another AwsError."""
    parameters = {"FunctionName": name} | ({"Qualifier": qualifier} if qualifier else {})
    answer = account.call("lambda", "GetFunction", parameters)
    return Function(
        configuration=answer["Configuration"],
        code=answer.get("Code", {}),
        tags=answer.get("Tags", {}),
        reserved_concurrency=answer.get("Concurrency", {}).get("ReservedConcurrentExecutions"),
    )


def find(account: Account, name: str, qualifier: str | None = None) -> Function | None:
    """As `get`, or None where there is no such function or version."""
    try:
        return get(account, name, qualifier)
    except NotFound:
        return None


def configuration(account: Account, name: str, qualifier: str | None = None) -> dict[str, Any]:
    """The configuration of a function or of one version. Raises NotFound or another AwsError."""
    parameters = {"FunctionName": name} | ({"Qualifier": qualifier} if qualifier else {})
    return account.call("lambda", "GetFunctionConfiguration", parameters)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is waited for, in words; for how many seconds already, and for how many at most."""

    words: str
    seconds: float
    limit: float


def settled(
    account: Account, name: str, clock: Clock, seconds: float, qualifier: str | None = None
) -> Generator[Waiting, None, dict[str, Any]]:
    """Waits until State is Active (or Inactive, which an idle function is) and LastUpdateStatus is not InProgress.

    Yields what it waits for each time it has looked, and returns the configuration. Looks again after 0.25 s, then
    ever later up to 5 s; gives up after `seconds`. Raises AwsError with AWS's reason code, and what it means, where the
    function or the update has failed, Cancelled when the clock is cancelled.
    """
    began, pause = clock.now(), 0.25
    while True:
        now = configuration(account, name, qualifier)
        state, update = now.get("State", "Active"), now.get("LastUpdateStatus", "Successful")
        if state in ("Failed", "Deleting"):
            raise _failed(now, "State", f"{name} is {state}")
        if update == "Failed":
            raise _failed(now, "LastUpdateStatus", f"the last update of {name} failed")
        if state != "Pending" and update != "InProgress":
            return now
        what = _reason(now, "State") if state == "Pending" else "the update is in progress"
        waited = clock.now() - began
        yield Waiting(f"{name}: {what}", waited, seconds)
        if waited >= seconds:
            raise AwsError(
                f"{name} is still State {state}, LastUpdateStatus {update} after {seconds:.0f} s.",
                "It may yet finish; look at the function before trying again.",
                operation="GetFunctionConfiguration",
            )
        clock.sleep(pause)
        pause = min(pause * 1.6, 5.0)


def _failed(now: Mapping[str, Any], kind: str, what: str) -> AwsError:
    code = str(now.get(f"{kind}ReasonCode", ""))
    operation = "GetFunctionConfiguration"
    return AwsError(f"{what}: {_reason(now, kind)}", meaning(code), operation=operation, code=code)


def _reason(now: Mapping[str, Any], kind: str) -> str:
    reason, code = now.get(f"{kind}Reason", ""), now.get(f"{kind}ReasonCode", "")
    if code and code not in reason:
        return f"{reason} [{code}]".strip()
    return str(reason or now.get(kind, ""))


def plain_name(text: str) -> str:
    """The name in whatever AWS takes for a function: a name, an ARN or a part of one, with a qualifier or without."""
    return text.rsplit("function:", 1)[-1].split(":", 1)[0]
