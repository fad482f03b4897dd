"""Runs that change a function nobody else has changed since it was read: each write carries the RevisionId of the last.

What somebody else changed meanwhile ends the run, and its words say what that was. A role that IAM has not told Lambda
of yet is tried again for a while.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any

from lambdatui.aws import functions, versions
from lambdatui.aws.account import Account
from lambdatui.aws.configuration_diff import BY_ITSELF, compare
from lambdatui.aws.errors import AwsError, Changed, Conflict, Invalid
from lambdatui.aws.functions import Function
from lambdatui.stages import traffic
from lambdatui.stages.lost_answers import looked_up
from lambdatui.stages.settings import attached_settings
from lambdatui.stages.stage import Change, Event, Note, Progress, Stage, World

ROLE_SECONDS = 120.0
"""How long a role may be unknown to Lambda: IAM is eventually consistent,
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency"""

# what Lambda says of a role whose trust or permissions it does not know yet
_NOT_YET = ("cannot be assumed by Lambda", "execution role does not have permissions")
_UNDER_WAY = ("update is in progress", "following state: Pending")
_NAMES = {"CodeSha256": "the code, by its sha256,"}
_LONGEST = 8

WRITES = ("CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration")
"""The operations that a function takes its time over."""


def known_outputs(now: Function | None) -> dict[str, Any]:
    """What a run must know of the function as its plan read it, for the first write."""
    return {} if now is None else {"revision": now.revision, "configuration": now.configuration}


class GuardedRun(Stage):
    """A stage whose runs change a function under the RevisionId that was read.

    The plan's outputs hold `known_outputs`; a request's RevisionId is FromRun("revision").
    """

    def make(
        self, world: World, change: Change, outputs: Mapping[str, Any], run: str
    ) -> Generator[Event, None, Mapping[str, Any]]:
        account = self.account(world)
        self._check_standing(account, change)
        try:
            return (yield from self._made_for_a_role(world, change, outputs, run))
        except Changed as error:
            if change.operation == "UpdateAlias":
                raise self._alias_changed(account, change, error) from None
            if "configuration" not in outputs:
                raise
            now = functions.configuration(account, self.subject)
            self._refuse_others(outputs["configuration"], now, error)
            if now["RevisionId"] == outputs["revision"]:
                raise
            yield Note(f"{self.subject} has another RevisionId, and the same code and settings.")
        except Conflict as error:
            if "configuration" not in outputs or not any(words in error.message for words in _UNDER_WAY):
                raise
            yield Note(f"{self.subject} is being changed by somebody else.")
            now = yield from waited(world, account, self.subject)
            self._refuse_others(outputs["configuration"], now, error)
        return (yield from self._made_for_a_role(world, change, {**outputs, "revision": now["RevisionId"]}, run))

    def settle(
        self, world: World, change: Change, answer: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> Generator[Event, None, Mapping[str, Any]]:
        if change.operation not in WRITES:
            return {}
        now = yield from waited(world, self.account(world), self.subject)
        if change.operation != "CreateFunction":
            self._refuse_others(answer, now)
        return {"revision": now["RevisionId"], "configuration": now, "sha256": now.get("CodeSha256", "")}

    def _made_for_a_role(
        self, world: World, change: Change, outputs: Mapping[str, Any], run: str
    ) -> Generator[Event, None, Mapping[str, Any]]:
        """Makes the change, again and again while Lambda does not know its role yet."""
        began, pause = world.clock.now(), 1.0
        limit = min(ROLE_SECONDS, world.wait_seconds)
        while True:
            try:
                making = super().make(world, change, outputs, run)
                return (yield from looked_up(world, self.account(world), change, outputs, run, making))
            except Invalid as error:
                if "Role" not in change.request or not any(words in error.message for words in _NOT_YET):
                    raise
                waited_for = world.clock.now() - began
                if waited_for >= limit:
                    raise _never_assumed(error, waited_for) from None
                if not waited_for or pause == 1.0:
                    yield Note("Lambda cannot assume the role yet; IAM may need a moment.")
                yield Progress("waiting for the role", round(waited_for), round(limit), " s")
            world.clock.sleep(pause)
            pause = min(pause * 1.6, 10.0)

    def standing(self, account: Account, change: Change) -> Iterator[tuple[str, Any, Any]]:
        """What a change without a RevisionId was planned upon, and what stands there now, each by a name.

        Raises AwsError.
        """
        yield from attached_settings.standing(account, change)

    def _check_standing(self, account: Account, change: Change) -> None:
        """Raises Changed where a setting without a RevisionId is not what the plan read."""
        for field, before, now in self.standing(account, change):
            if before != now:
                raise Changed(
                    f"{self.subject} was changed by somebody else since the plan was made: {field} {_told(before)} → "
                    f"{_told(now)}.",
                    "Look at it, and plan anew.",
                )

    def _refuse_others(self, known: Mapping[str, Any], now: Mapping[str, Any], error: AwsError | None = None) -> None:
        """Raises Changed where somebody else changed code or settings."""
        image = now.get("PackageType") == "Image"
        lines = [
            f"{_NAMES.get(line.name, line.name)} {_told(line.before)} → {_told(line.after)}"
            for line in compare(known, now)
            # the digest of an image is found out later
            if not line.name.startswith(BY_ITSELF) and not (image and line.name == "CodeSha256")
        ]
        if not lines:
            return
        more = [f"and {len(lines) - _LONGEST} more"] if len(lines) > _LONGEST else []
        raise Changed(
            f"{self.subject} was changed by somebody else since the plan was made: "
            f"{'; '.join(lines[:_LONGEST] + more)}.",
            "Look at it, and plan anew.",
            operation=error.operation if error else "GetFunctionConfiguration",
            code=error.code if error else "",
            request_id=error.request_id if error else "",
            status=error.status if error else 0,
        )

    def _alias_changed(self, account: Account, change: Change, error: Changed) -> Changed:
        name = str(change.request["Name"])
        answer = account.call("lambda", "GetAlias", {"FunctionName": self.subject, "Name": name})
        alias, before = versions.alias(answer), change.before
        was = traffic.in_words(before["FunctionVersion"], before["RoutingConfig"]["AdditionalVersionWeights"])
        now = traffic.in_words(alias.version, alias.extra)
        moved = f": it was {was}, and is {now}" if was != now else ""
        words = f"{change.target} was changed by somebody else since the plan was made{moved}."
        return Changed.reworded(error, words, error.hint)


def waited(
    world: World, account: Account, function: str, qualifier: str | None = None
) -> Generator[Event, None, dict[str, Any]]:
    """Waits until a function, or a version of it, has settled; tells of it, and returns the configuration.

    Raises AwsError where it fails, or takes longer than the world waits.
    """
    waiting, said = functions.settled(account, function, world.clock, world.wait_seconds, qualifier), ""
    while True:
        try:
            look = next(waiting)
        except StopIteration as end:
            found: dict[str, Any] = end.value
            return found
        if look.words != said:
            yield Note(look.words)
            said = look.words
        yield Progress("waiting", round(look.seconds), round(look.limit), " s")


def _never_assumed(error: Invalid, seconds: float) -> Invalid:
    return Invalid.reworded(
        error,
        f"{error.message} It was tried for {seconds:.0f} s.",
        "Its trust policy must let lambda.amazonaws.com assume it, and its permissions must reach what the function "
        "uses.",
    )


def _told(value: object) -> str:
    return "nothing" if value in (None, "", {}, []) else str(value)
