"""Spinnaker's `kayentaCanary` as a canary stage of ours. Pure.

https://spinnaker.io/docs/guides/user/canary/stage/: its times are minutes and ISO-8601 durations, often as text. What
was watched is named by scopes of a metrics store; here it is a function and two of its versions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lambdatui.pipeline.spinnaker.reader import Reader, lost

_DURATION = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$")
_VERSION = re.compile(r"^(?:(?P<function>[\w-]+):)?(?P<version>\d+)$")
_TIMES = {
    "canaryAnalysisIntervalMins": "interval",
    "beginCanaryAnalysisAfterMins": "warm_up",
    "lookbackMins": "lookback",
    "baselineAnalysisOffsetInMins": "baseline_offset",
}


def canary(reader: Reader) -> dict[str, Any]:
    """`kayentaCanary`."""
    config = reader.raw("canaryConfig")
    config = config if isinstance(config, Mapping) else {}
    scopes = config.get("scopes")
    scope = scopes[0] if isinstance(scopes, list) and scopes and isinstance(scopes[0], Mapping) else {}
    if isinstance(scopes, list) and len(scopes) > 1:
        reader.remark("canaryConfig", f"there are {len(scopes)} scopes; the first is taken.")
    retrospective = reader.text("analysisType") == "retrospective" or bool(scope.get("endTimeIso"))
    made = _versions(reader, scope) | {"judge": "kayenta"} | _config(reader, config)
    if retrospective:
        made |= _given({"since": scope.get("startTimeIso"), "until": scope.get("endTimeIso")}, reader)
    else:
        made |= _lifetime(reader, config)
    for name, ours in _TIMES.items():
        minutes = config.get(name)
        if minutes in (None, "") or (retrospective and ours == "warm_up"):
            continue
        seconds = _minutes(reader, name, minutes)
        if seconds or ours == "interval":
            made[ours] = seconds
    reader.remark("canaryConfig", "the samples come from CloudWatch; `source` may name a saved run or a file instead.")
    return made


def _given(values: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    return {name: reader.said(value, "canaryConfig", "scopes") for name, value in values.items() if value}


def _versions(reader: Reader, scope: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        side: _VERSION.match(str(scope.get(name) or ""))
        for side, name in (("baseline", "controlScope"), ("canary", "experimentScope"))
    }
    named = next((match["function"] for match in found.values() if match and match["function"]), None)
    made = {"function": named or _function(reader)}
    for side, selector in (("baseline", "previous"), ("canary", "newest")):
        match = found[side]
        made[side] = match["version"] if match else selector
        if match is None:
            reader.remark("canaryConfig", f"its scopes name no version: the {side} is the {selector} one.")
    return made


def _function(reader: Reader) -> str:
    """The function that the pipeline is about: that of its first stage that names one."""
    for stage in reader.scope.stages:
        name = stage.inputs.get("functionName")
        if isinstance(name, str) and name.strip():
            reader.remark("canaryConfig", f"its scopes name no function: it is that of the stage '{stage.name}'.")
            return reader.said(name.replace("{}", reader.scope.application), "canaryConfig", "scopes")
    words = "no function is named in this pipeline; fill it in."
    reader.remark("canaryConfig", words, lost=True)
    return f"${{{{ {lost(words)} }}}}"


def _config(reader: Reader, config: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    identity = config.get("canaryConfigId")
    if identity:
        name = f"canary-config-{re.sub(r'[^A-Za-z0-9_-]+', '-', str(identity))}.json"
        made["config"] = name
        reader.remark("canaryConfig", f"save Kayenta's config {identity} as {name} beside this file.")
    thresholds = config.get("scoreThresholds")
    for name, ours in (("pass", "pass_score"), ("marginal", "marginal_score")):
        value = thresholds.get(name) if isinstance(thresholds, Mapping) else None
        if value not in (None, ""):
            made[ours] = _number(reader, value, "canaryConfig", "scoreThresholds", name)
    return made


def _lifetime(reader: Reader, config: Mapping[str, Any]) -> dict[str, Any]:
    duration, hours = config.get("lifetimeDuration"), config.get("lifetimeHours")
    if duration not in (None, ""):
        said = reader.said(duration, "canaryConfig", "lifetimeDuration")
        match = _DURATION.match(said)
        if match is None and "${{" not in said:
            reader.remark("canaryConfig", f"lifetimeDuration: such as PT3H was expected, not '{said}'.", lost=True)
        if match is None:
            return {"lifetime": said}
        days, whole_hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return {"lifetime": _plain(((days * 24 + whole_hours) * 60 + minutes) * 60 + seconds)}
    if hours not in (None, ""):
        number = _number(reader, hours, "canaryConfig", "lifetimeHours")
        return {"lifetime": _plain(number * 3600) if isinstance(number, int | float) else number}
    return {}


def _minutes(reader: Reader, name: str, value: Any) -> Any:
    number = _number(reader, value, "canaryConfig", name)
    return (
        _plain(number * 60) if isinstance(number, int | float) else f"${{{{ ({number[3:-2].strip()} | float) * 60 }}}}"
    )


def _number(reader: Reader, value: Any, *path: str) -> Any:
    if isinstance(value, int | float):
        return value
    said = reader.said(value, *path)
    try:
        return _plain(float(said))
    except ValueError:
        if "${{" in said:
            return said
        reader.remark(path[0], f"{path[-1]}: a number was expected, not '{said}'.", lost=True)
        return f"${{{{ {lost(f'{path[-1]}: a number was expected.')} }}}}"


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number
