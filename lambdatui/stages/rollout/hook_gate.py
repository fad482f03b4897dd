"""The gate of a hook: a Lambda function that gets the step and says whether it is good."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from lambdatui.aws.account import Account
from lambdatui.stages.rollout.timed_invocation import invoked
from lambdatui.stages.rollout.verdict import Verdict
from lambdatui.stages.stage import World
from lambdatui.stages.strategy import Part, Seconds

_GOOD, _BAD = ("succeeded", "success", "ok"), ("failed", "failure")


class HookGate(Part):
    """A function that is invoked once with the step, and whose answer decides.

    It answers `{"status": "Succeeded"}` or `{"status": "Failed"}`, as hooks of CodeDeploy report, with a `reason` if it
    likes; or just true or false.
    """

    kind: Literal["hook"] = "hook"
    function: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[a-zA-Z0-9_:$-]+$")]
    """The name or ARN of the function, with `:ALIAS` or `:VERSION` if wanted."""
    timeout: Annotated[Seconds, Field(gt=0, le=960)] = 60.0
    """How long its answer may take."""
    steps: tuple[Annotated[float, Field(ge=0, le=100)], ...] | None = None
    """After the bake of which steps, by their percent, 0 being before any traffic moves; absent means every step."""

    @property
    def name(self) -> str:
        """How it is told."""
        return f"hook {self.function.partition(':function:')[2] or self.function}"

    def judge(self, world: World, account: Account, step: Mapping[str, Any]) -> Verdict:
        """Invokes it with the step as JSON. No answer in time, or from nowhere, is `unsure`. Raises Cancelled."""
        deadline = world.clock.now() + self.timeout
        found = invoked(world, account, self.function, json.dumps(step).encode(), deadline=deadline)
        if found is None:
            return Verdict(self.name, "unsure", f"there is no answer after {self.timeout:g} s.")
        if found.outcome == "function error":
            return Verdict(self.name, "fail", f"it failed: {found.error}")
        if found.outcome != "ok":
            return Verdict(self.name, "unsure", f"{found.outcome}: {found.error}")
        return self.verdict(found.payload)

    def verdict(self, payload: bytes) -> Verdict:
        """What an answer says. One that cannot be understood is a `fail`."""
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        status, reason = answer, ""
        if isinstance(answer, Mapping):
            status = answer.get("status", answer.get("Status"))
            reason = str(answer.get("reason") or answer.get("Reason") or "")
        word = status.lower() if isinstance(status, str) else status
        if word is True or word in _GOOD:
            return Verdict(self.name, "pass", reason or "it says that the step is good.")
        if word is False or word in _BAD:
            return Verdict(self.name, "fail", reason or "it says that the step is bad.")
        text = payload[:120].decode("utf-8", "replace")
        return Verdict(
            self.name, "fail", f'{{"status": "Succeeded"}} or {{"status": "Failed"}} was expected, not {text}'
        )
