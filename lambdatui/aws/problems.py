"""What is wrong with a function, worst first. Pure: what AWS said goes in, sentences come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lambdatui.aws import runtimes
from lambdatui.aws.environment import LIMIT, measured
from lambdatui.aws.functions import Function
from lambdatui.aws.versions import Alias, Version

Level = Literal["bad", "warn", "note"]

ENVIRONMENT_NEARLY = 0.9


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to look at. `hint` says what to do, and may be empty."""

    level: Level
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is looked at.

    `throttles` is how many calls were throttled in the last hour, None where it is not known; `has_failure_destination`
    says whether asynchronous events that fail go anywhere, and `is_async` whether there were any.
    """

    function: Function
    versions: Sequence[Version]
    aliases: Sequence[Alias]
    has_failure_destination: bool
    is_async: bool
    throttles: float | None


def find(checked: Checked, today: dt.date) -> list[Problem]:
    """The problems of a function, the worst first."""
    found = [*_state(checked), *_runtime(checked, today), *_throttling(checked), *_callers(checked)]
    found += [*_settings(checked), *_versions(checked)]
    order = ("bad", "warn", "note")
    return sorted(found, key=lambda problem: order.index(problem.level))


def _state(checked: Checked) -> list[Problem]:
    get = checked.function.configuration.get
    found = []
    state, update = get("State", "Active"), get("LastUpdateStatus", "Successful")
    if state in ("Failed", "Deactivated", "ActiveNonInvocable"):
        text = f"State {state}: {_why(get('StateReason'), get('StateReasonCode'))}"
        found.append(Problem("bad", text, "It cannot be invoked."))
    elif state in ("Pending", "Deactivating", "Deleting"):
        found.append(Problem("warn", f"State {state}: {_why(get('StateReason'), get('StateReasonCode'))}"))
    elif state == "Inactive":
        found.append(Problem("note", "State Inactive: it was idle; the next call starts it, and waits for that."))
    if update == "Failed":
        text = f"The last update failed: {_why(get('LastUpdateStatusReason'), get('LastUpdateStatusReasonCode'))}"
        found.append(Problem("bad", text, "What ran before still runs."))
    elif update == "InProgress":
        found.append(Problem("note", "An update is in progress; changes are refused until it has ended."))
    return found


def _runtime(checked: Checked, today: dt.date) -> list[Problem]:
    runtime = checked.function.configuration.get("Runtime", "")
    since, soon = runtimes.deprecated(runtime, today), runtimes.deprecated_soon(runtime, today)
    if since:
        text = f"AWS has not patched {runtime} since {since:%d %b %Y}."
        return [Problem("warn", text, "In time it refuses updates of the function, too.")]
    return [Problem("note", f"AWS stops patching {runtime} on {soon:%d %b %Y}.")] if soon else []


def _throttling(checked: Checked) -> list[Problem]:
    if checked.function.reserved_concurrency == 0:
        return [Problem("bad", "Reserved concurrency is 0: every call is throttled.")]
    if checked.throttles:
        count = f"{checked.throttles:,.0f} call{'' if checked.throttles == 1 else 's'}"
        return [Problem("warn", f"{count} throttled in the last hour.", "Look at the concurrency.")]
    return []


def _callers(checked: Checked) -> list[Problem]:
    found = []
    if not checked.aliases:
        text = "It has no alias: callers get $LATEST, or a number that stands in their own settings."
        found.append(Problem("note", text, "Without one, traffic cannot be moved."))
    latest = [alias.name for alias in checked.aliases if alias.version == "$LATEST"]
    if latest:
        found.append(Problem("warn", f"{', '.join(latest)} leads to $LATEST: callers get each upload at once."))
    if checked.is_async and not checked.has_failure_destination:
        text = "Asynchronous events that fail are lost: there is no dead-letter queue and no failure destination."
        found.append(Problem("warn", text))
    return found


def _settings(checked: Checked) -> list[Problem]:
    environment = checked.function.configuration.get("Environment") or {}
    error = environment.get("Error") or {}
    if error:
        return [Problem("bad", f"The environment cannot be read: {_why(error.get('Message'), error.get('ErrorCode'))}")]
    used = measured(environment.get("Variables") or {})
    if used >= LIMIT * ENVIRONMENT_NEARLY:
        return [Problem("warn", f"The environment has {used:,} of {LIMIT:,} bytes.")]
    return []


def _versions(checked: Checked) -> list[Problem]:
    """Versions that no weighted alias could hold together: AWS wants the same role for both."""
    current = checked.function.configuration.get("Role")
    others = [version for version in checked.versions if version.configuration.get("Role") != current]
    if not others:
        return []
    numbers = ", ".join(version.name for version in others[:6]) + (" …" if len(others) > 6 else "")
    text = f"Version{'' if len(others) == 1 else 's'} {numbers} run under another role than $LATEST."
    return [Problem("note", text, "Traffic cannot be shared between them and newer ones.")]


def _why(reason: str | None, code: str | None) -> str:
    said = (reason or "AWS gives no reason").rstrip(".")
    return f"{said} [{code}]." if code and code not in said else f"{said}."
