"""The five stages of Spinnaker's plugin for AWS Lambda as stages of ours. Pure.

Where the plugin does something else than its author meant, what he meant is imported, and a remark says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdatui.pipeline.spinnaker import artifacts
from lambdatui.pipeline.spinnaker.reader import Reader

_KMS = ("kmskeyArn", "KMSKeyArn", "encryptionKMSKeyArn")
_SELECTORS = {"$LATEST": "newest", "$PREVIOUS": "previous", "$OLDEST": "oldest"}


def deploy(reader: Reader) -> dict[str, Any]:
    """Aws.LambdaDeploymentStage."""
    made = _where(reader) | {"function": _function(reader), "code": _code(reader)}
    settings = {
        "runtime": reader.text("runtime"),
        "handler": reader.text("handler"),
        "role": reader.text("role"),
        "description": reader.text("description"),
        "memory": reader.number("memorySize"),
        "timeout": reader.number("timeout"),
        "environment": reader.mapping("envVariables") or None,
        "tags": reader.mapping("tags") or None,
        "layers": reader.texts("layers") or None,
        "tracing": _tracing(reader),
        "dead_letter": _dead_letter(reader),
        "kms_key": _kms_key(reader),
        "reserved_concurrency": reader.number("reservedConcurrentExecutions"),
    }
    made |= _given(settings)
    network = _given({"subnets": reader.texts("subnetIds"), "security_groups": reader.texts("securityGroupIds")})
    if network:
        made["vpc"] = network
    if settings["reserved_concurrency"] is None:
        reader.remark("", "Spinnaker removes the reserved concurrency where none is given; here it is left alone.")
    made |= _published(reader)
    group = reader.text("targetGroups")
    if group:
        made["target_groups"] = [{"target_group": group}]
    if reader.flag("enableLambdaAtEdge") is True:
        made["edge"] = "viewer"
        reader.remark("enableLambdaAtEdge", "it is checked against CloudFront's rules for viewer events.")
    return made | _provisioned_by_alias(reader) | _event_sources(reader, None)


def update_code(reader: Reader) -> dict[str, Any]:
    """Aws.LambdaUpdateCodeStage."""
    made = _where(reader) | {"function": _function(reader), "code": _code(reader)}
    return made | _given({"publish": reader.flag("publish")})


def delete(reader: Reader) -> dict[str, Any]:
    """Aws.LambdaDeleteStage."""
    made = _where(reader) | {"function": _function(reader)}
    version = reader.raw("version")
    retained, number = reader.number("retentionNumber"), reader.text("versionNumber")
    if version == "$ALL":
        return made | {"whole_function": True}
    if version == "$MOVING":
        if not retained:
            reader.remark("retentionNumber", "is missing: Spinnaker would delete every version; here the newest stays.")
        return made | {"keep": retained or 1}
    if version == "$PROVIDED" or version is None:
        if number is None:
            reader.remark("versionNumber", "no version is named; fill it in.", lost=True)
        return made | {"versions": [number or "${{ fail('no version is named here.') }}"]}
    return made | {"versions": [_SELECTORS.get(str(version)) or reader.said(version, "version")]}


def route(reader: Reader) -> dict[str, Any]:
    """Aws.LambdaTrafficRoutingStage."""
    made = _where(reader) | {"function": _function(reader), "alias": reader.text("aliasName")}
    if made["alias"] is None:
        reader.remark("aliasName", "no alias is named; fill it in.", lost=True)
        made["alias"] = "${{ fail('no alias is named here.') }}"
    made["strategy"] = _strategy(reader)
    made |= _given({"description": reader.text("aliasDescription")})
    provisioned = reader.number("provisionedConcurrentExecutions")
    if made["strategy"].get("kind") == "weighted":
        if provisioned:
            reader.remark("provisionedConcurrentExecutions", "AWS gives none to an alias that shares its traffic.")
    elif provisioned is not None:
        made["provisioned_concurrency"] = provisioned
    return made | _event_sources(reader, made["alias"])


def invoke(reader: Reader) -> dict[str, Any]:
    """Aws.LambdaInvokeStage."""
    made = _where(reader) | {"function": _function(reader)}
    made |= _given({"qualifier": reader.text("aliasName")})
    if "qualifier" not in made:
        reader.remark("aliasName", "without an alias, $LATEST is invoked; `qualifier` may also name a version.")
    runs = reader.number("executionCount")
    if not runs:
        reader.remark("executionCount", "Spinnaker would invoke nothing and succeed; here it is invoked once.")
    made["runs"] = runs or 1
    if isinstance(runs, int) and runs > 1:
        made["concurrency"] = min(runs, 100)
    seconds = reader.number("timeout")
    if seconds:
        made["stage_timeout"] = seconds
    event = artifacts.event(reader, "payloadArtifact", "payloadrtifact")
    return made | (event or _raw_event(reader))


# What several of them share


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, [], "")}


def _where(reader: Reader) -> dict[str, Any]:
    """The profile and the region."""
    account = reader.text("account")
    made: dict[str, Any] = {}
    if account is not None:
        profile = reader.scope.profiles.get(account)
        if profile is None and "${{" in account:
            reader.remark("account", "its value is taken for the name of an AWS profile.")
            profile = account
        if profile is None:
            reader.remark("account", f"'{account}' is no AWS profile that is known here: name it with --accounts.")
        else:
            made["profile"] = profile
    return made | _given({"region": reader.text("region")})


def _function(reader: Reader) -> str:
    name = reader.raw("functionName")
    if isinstance(name, str):
        return reader.said(name.replace("{}", reader.scope.application), "functionName")
    unique, stack, detail = (reader.text(key) or "" for key in ("functionUid", "stackName", "detailName"))
    if not unique:
        reader.remark("functionName", "no function is named; fill it in.", lost=True)
        return "${{ fail('no function is named here.') }}"
    cluster = reader.scope.application
    if detail:
        cluster += f"-{stack}-{detail}"
    elif stack:
        cluster += f"-{stack}"
    return f"{cluster}-{unique}"


def _code(reader: Reader) -> str:
    bucket, key = reader.text("s3bucket"), reader.text("s3key")
    if bucket is None or key is None:
        reader.remark("s3bucket" if bucket is None else "s3key", "no code is named; fill it in.", lost=True)
        return "${{ fail('no code is named here.') }}"
    return f"s3://{bucket.removeprefix('s3://').strip('/')}/{key.lstrip('/')}"


def _tracing(reader: Reader) -> Any:
    tracing = reader.mapping("tracingConfig")
    return tracing.get("mode") or None


def _dead_letter(reader: Reader) -> Any:
    return reader.mapping("deadLetterConfig").get("targetArn") or None


def _kms_key(reader: Reader) -> str | None:
    name, key = reader.first(_KMS)
    if key is not None and name != _KMS[0]:
        reader.remark(name, f"Spinnaker reads {_KMS[0]} only and would have used no key.")
    return key


def _published(reader: Reader) -> dict[str, Any]:
    publishes, aliases = reader.flag("publish"), reader.texts("aliases")
    made: dict[str, Any] = {}
    if aliases:
        reader.remark("aliases", "Spinnaker points them at $LATEST; here they lead to the version that is published.")
        if publishes is not True:
            reader.remark("publish", "an alias needs a version to lead to: one is published.")
        made = {"publish": True, "aliases": aliases}
    elif publishes:
        made = {"publish": publishes}
    if made:
        made |= _given({"publish_description": reader.text("description")})
    return made


def _provisioned_by_alias(reader: Reader) -> dict[str, Any]:
    alias, count = reader.text("aliasName"), reader.number("provisionedConcurrentExecutions")
    if alias is None and count:
        reader.remark("provisionedConcurrentExecutions", "without aliasName Spinnaker fails; it is left out.")
    return {"provisioned_concurrency": {alias: count}} if alias is not None and count is not None else {}


def _event_sources(reader: Reader, alias: str | None) -> dict[str, Any]:
    sources = reader.texts("triggerArns")
    shared = {
        "batch_size": reader.number("batchsize") or None,
        "batching_window": reader.number("maxBatchingWindowSecs"),
    }
    for_streams = {
        "starting_position": reader.text("startingPosition") or "LATEST",
        "bisect_on_error": reader.flag("bisectBatchOnError"),
        "maximum_record_age": reader.number("maxRecordAgeSecs"),
        "maximum_retry_attempts": reader.number("maxRetryAttempts"),
        "parallelization_factor": reader.number("parallelizationFactor"),
        "tumbling_window": _window(reader.number("tumblingWindowSecs")),
        "on_failure": reader.mapping("destinationConfig").get("onFailureArn") or None,
    }
    if not sources:
        if "triggerArns" in reader.members:
            reader.remark("triggerArns", "Spinnaker removes all triggers where none is named; here they stay.")
        return {}
    made = []
    for source in sources:
        service = source.split(":")[2] if source.count(":") > 2 else ""
        streams = for_streams if service in ("dynamodb", "kinesis") else {}
        made.append(_given({"source": source, "qualifier": alias, **shared, **streams}))
    return {"event_sources": made}


def _window(seconds: Any) -> Any:
    return None if seconds == -1 else seconds


def _strategy(reader: Reader) -> dict[str, Any]:
    match reader.raw("deploymentStrategy"):
        case "$SIMPLE":
            return {"kind": "simple", "to": _version(reader, "A")}
        case "$WEIGHTED":
            return _weighted(reader)
        case "$BLUEGREEN":
            return _blue_green(reader)
        case other:
            words = f"'{other}' is none of $SIMPLE, $WEIGHTED and $BLUEGREEN."
            reader.remark("deploymentStrategy", words, lost=True)
            return {"kind": "simple", "to": "${{ fail('no strategy is named here.') }}"}


def _version(reader: Reader, side: str) -> str:
    name, number = reader.raw(f"versionName{side}"), reader.text(f"versionNumber{side}")
    if name == "$PROVIDED" or name is None:
        if number is None:
            reader.remark(f"versionNumber{side}", "no version is named; fill it in.", lost=True)
        return number or "${{ fail('no version is named here.') }}"
    return _SELECTORS.get(str(name)) or reader.said(name, f"versionName{side}")


def _weighted(reader: Reader) -> dict[str, Any]:
    stable, share = _version(reader, "A"), reader.number("trafficPercentA")
    if reader.raw("versionNameB") is None and reader.raw("versionNumberB") is None:
        reader.remark("versionNameB", "there is no second version: the first gets all traffic.")
        return {"kind": "simple", "to": stable}
    canary = _version(reader, "B")
    reader.number("trafficPercentB")
    percent: Any = f"${{{{ 100 - ({share[3:-2].strip()}) }}}}" if isinstance(share, str) else 100 - (share or 0)
    if share is None:
        reader.remark("trafficPercentA", "is missing; the first version gets nothing.")
    return {"kind": "weighted", "stable": stable, "canary": canary, "percent": percent}


def _blue_green(reader: Reader) -> dict[str, Any]:
    event = artifacts.event(reader, "payloadArtifact", "payloadrtifact") or _raw_event(reader)
    probe: dict[str, Any] = dict(event)
    expected, answer = artifacts.answer(reader, "outputArtifact")
    if expected:
        probe["expect"] = {"of": "body_or_answer", "equals": answer}
        reader.remark("outputArtifact", "JSON is compared member by member, and a function error never passes.")
    made: dict[str, Any] = {"kind": "blue_green", "to": "newest", "probes": [probe]}
    seconds = reader.number("timeout")
    if seconds:
        made["timeout"] = seconds
    else:
        reader.remark("timeout", "Spinnaker would fail at once; here a probe has a minute.")
    if reader.flag("destroyOnFail") is True:
        made["delete_on_failure"] = True
        reader.remark("destroyOnFail", "Spinnaker shows it and does nothing; here the version is deleted.")
    health = reader.raw("healthCheckType")
    if health not in (None, "$LAMBDA"):
        reader.remark("healthCheckType", f"'{health}' is not known; the version itself is invoked.")
    return made


def _raw_event(reader: Reader) -> dict[str, Any]:
    import json

    payload = reader.raw("payload")
    if payload is None:
        return {}
    if not isinstance(payload, str):
        return {"payload": reader.value(payload, "payload")}
    try:
        return {"payload": reader.value(json.loads(payload), "payload")}
    except ValueError:
        return {"payload": reader.said(payload, "payload")}
