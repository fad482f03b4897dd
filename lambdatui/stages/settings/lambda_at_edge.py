"""Lambda@Edge: what a function must be, and must not have, before CloudFront takes it. One sentence for each rule.

The rules are those of
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html and
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-lambda-at-edge
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from lambdatui.aws import roles
from lambdatui.aws.errors import AwsError
from lambdatui.aws.parts import permitted
from lambdatui.errors import BadInput
from lambdatui.stages.around.standing import Standing
from lambdatui.stages.stage import Change

Side = Literal["viewer", "origin"]

REGION = "us-east-1"
PRINCIPAL = "edgelambda.amazonaws.com"
LIMITS: Mapping[str, tuple[int, int]] = {"viewer": (128, 5), "origin": (10240, 30)}
"""Memory in MB and time-out in seconds, at most."""
EPHEMERAL_STORAGE = 512
_SETTING = ("CreateFunction", "UpdateFunctionConfiguration", "UpdateFunctionCode")


def check(standing: Standing, changes: Sequence[Change], side: Side, *, publishes: bool) -> tuple[str, ...]:
    """What could not be checked, in words.

    `changes` are all that the plan makes: the function is judged as it will stand. Raises BadInput with a sentence for
    each rule that it breaks, or AwsError.
    """
    configuration = _to_be(standing, changes)
    found = [*troubles(configuration, side, standing.place.region)]
    if not publishes:
        found.append("CloudFront takes a published version only: say `publish: true`.")
    untold: list[str] = []
    update = next((c.request["UpdateRuntimeOn"] for c in changes if c.operation == "PutRuntimeManagementConfig"), None)
    if update is None and standing.now is not None:
        asked = permitted(lambda: _update_runtime_on(standing))
        if isinstance(asked, AwsError):
            untold.append(_untold("AWS updates its runtime", asked))
        else:
            update = asked
    if update not in (None, "Auto"):
        found.append(f"its runtime must be updated by AWS (Auto), not {update}.")
    if any(change.operation == "PutProvisionedConcurrencyConfig" for change in changes):
        found.append("it must have no provisioned concurrency.")
    if role := configuration.get("Role"):
        services = permitted(lambda: roles.trusted_services(standing.account, role))
        if isinstance(services, AwsError):
            untold.append(_untold(f"{PRINCIPAL} may assume its role", services))
        elif PRINCIPAL not in services:
            found.append(f"its role must let {PRINCIPAL} assume it, beside lambda.amazonaws.com.")
    if found:
        raise BadInput("\n".join(f"edge: {sentence}" for sentence in found))
    return tuple(untold)


def troubles(configuration: Mapping[str, Any], side: Side, region: str) -> Iterable[str]:
    """The rules that a function breaks, one sentence each. `configuration` is in AWS's names; `side` is that of the
    events, viewer or origin."""
    get = configuration.get
    memory, timeout = LIMITS[side]
    if region != REGION:
        yield f"the function must be in {REGION}, not in {region}."
    if get("PackageType") == "Image":
        yield "a container image cannot run there; a zip was expected."
    runtime = str(get("Runtime") or "")
    if runtime and not runtime.startswith(("nodejs", "python")):
        yield f"only Node.js and Python run there, not {runtime}."
    if get("MemorySize", 128) > memory:
        yield f"{memory} MB of memory are the most for {side} events, not {get('MemorySize')}."
    if get("Timeout", 3) > timeout:
        yield f"{timeout} s are the longest time-out for {side} events, not {get('Timeout')}."
    storage = (get("EphemeralStorage") or {}).get("Size", EPHEMERAL_STORAGE)
    if storage > EPHEMERAL_STORAGE:
        yield f"{EPHEMERAL_STORAGE} MB of ephemeral storage are the most, not {storage}."
    if "arm64" in (get("Architectures") or ()):
        yield "arm64 does not run there; x86_64 was expected."
    if (get("Environment") or {}).get("Variables"):
        yield "it must have no environment variables."
    if (get("VpcConfig") or {}).get("SubnetIds"):
        yield "it must not be in a VPC."
    if get("Layers"):
        yield "it must have no layers."
    if (get("DeadLetterConfig") or {}).get("TargetArn"):
        yield "it must have no dead-letter target."
    if (get("TracingConfig") or {}).get("Mode") == "Active":
        yield "it must not trace with X-Ray."
    if get("SourceKMSKeyArn"):
        yield "its package must not be encrypted with a key of your own."


def _update_runtime_on(standing: Standing) -> str:
    answer = standing.account.call("lambda", "GetRuntimeManagementConfig", {"FunctionName": standing.function})
    return str(answer.get("UpdateRuntimeOn", "Auto"))


def _untold(what: str, error: AwsError) -> str:
    return f"edge: whether {what} could not be checked: {error.message}"


def _to_be(standing: Standing, changes: Sequence[Change]) -> dict[str, Any]:
    """The function's configuration once the changes are made."""
    found = dict(standing.now.configuration) if standing.now is not None else {}
    if standing.now is not None and standing.now.code.get("SourceKMSKeyArn"):
        found["SourceKMSKeyArn"] = standing.now.code["SourceKMSKeyArn"]
    for change in changes:
        if change.operation in _SETTING:
            found |= change.request
            found |= change.request.get("Code", {})
    return found
