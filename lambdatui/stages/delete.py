"""Delete: versions by selector, all but the newest N, or the whole function. Never a version that an alias serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from lambdatui.aws import functions
from lambdatui.aws import versions as aws
from lambdatui.aws.errors import AwsError, CredentialsError, NotFound, Unreachable
from lambdatui.aws.functions import LATEST
from lambdatui.aws.guard import because
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import BadInput, Refused, StageFailed
from lambdatui.stages import retention
from lambdatui.stages.selector import Selector, resolve
from lambdatui.stages.stage import (
    Change,
    Danger,
    Difference,
    Done,
    Event,
    Finished,
    FunctionName,
    Note,
    Plan,
    Progress,
    Stage,
    Started,
    World,
)


class Delete(Stage):
    """Deletes published versions, or the whole function: exactly one of `versions`, `keep`, `whole_function`."""

    kind: ClassVar[str] = "delete"
    outputs: ClassVar[Mapping[str, str]] = {
        "deleted": "The versions that were deleted, as numbers.",
        "kept": "The versions that are left.",
    }

    function: FunctionName
    versions: Annotated[list[Selector], Field(min_length=1)] | None = None
    """The versions to delete."""
    keep: Annotated[int, Field(ge=1)] | None = None
    """Delete all but the newest so many, and but those that an alias serves."""
    older_than_days: Annotated[int, Field(ge=1)] | None = None
    """With `keep`: delete only what was published longer ago than so many days."""
    whole_function: bool = False
    """Delete the function itself, with all versions and aliases."""
    on_missing: Literal["succeed", "fail"] = "succeed"
    """What an empty plan means: done, or a failure."""

    @model_validator(mode="after")
    def _one_of_three(self) -> Delete:
        given = [self.versions is not None, self.keep is not None, self.whole_function]
        if sum(given) != 1:
            raise ValueError("exactly one of versions, keep and whole_function was expected.")
        if self.older_than_days is not None and self.keep is None:
            raise ValueError("older_than_days goes with keep.")
        return self

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        if self.whole_function:
            return self._plan_whole(world)
        versions = aws.list_versions(account, self.function)
        aliases = aws.list_aliases(account, self.function)
        held = retention.held(versions, aliases, aws.list_provisioned(account, self.function))
        if self.versions is not None:
            doomed = self._chosen(versions, aliases, held)
            title = f"Delete {self.function}: version {', '.join(version.name for version in doomed)}"
            kept = {version.number: "not chosen" for version in versions if version not in doomed}
        else:
            assert self.keep is not None
            kept = retention.newest(versions, self.keep) | held
            if self.older_than_days is not None:
                now = dt.datetime.fromtimestamp(world.clock.now(), dt.UTC)
                kept = retention.younger(versions, self.older_than_days, now) | kept
            doomed = retention.surplus(versions, kept)
            title = f"Prune {self.function}: keep the newest {self.keep}"
        if not doomed and self.on_missing == "fail":
            raise BadInput(f"{self.function}: there is no version to delete.")
        notes = [f"version {number} stays: {reason}" for number, reason in sorted(kept.items(), reverse=True)]
        size = sum(version.code_size for version in doomed)
        if doomed:
            notes.append(f"{len(doomed)} of {len(versions)} versions go; {size:,} bytes of code storage come back")
        return Plan(
            title,
            place,
            tuple(self._deletion(version) for version in doomed),
            notes=tuple(notes),
            facts={"outputs": {"deleted": [], "kept": sorted(kept)}},
        )

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        """Each deletion has its own result: one that AWS refuses does not stop the rest."""
        account = self.account(world)
        deleted: list[int] = []
        refused: list[str] = []
        for index, change in enumerate(plan.changes):
            world.clock.check()
            yield Started(index, change)
            try:
                with because(run, change.target, change.before, change.undo):
                    answer = account.call("lambda", change.operation, change.request)
            except NotFound:
                yield Note(f"{change.target} was gone already")
                answer = {}
            except (CredentialsError, Unreachable):
                raise
            except AwsError as error:
                refused.append(f"{change.target}: {error}")
                yield Note(f"{change.target} stays: {error}")
                continue
            yield Done(index, change, answer)
            if "Qualifier" in change.request:
                deleted.append(int(change.request["Qualifier"]))
            yield Progress("deleted", index + 1, len(plan.changes))
        if refused:
            raise StageFailed(f"{len(refused)} of {len(plan.changes)} were not deleted. {refused[0]}")
        yield Finished(dict(plan.facts["outputs"]) | {"deleted": deleted})

    def _chosen(self, versions: Sequence[Version], aliases: Sequence[Alias], held: Mapping[int, str]) -> list[Version]:
        by_name = {version.name: version for version in versions}
        chosen: dict[str, Version] = {}
        for selector in self.versions or ():
            name = resolve(selector, self.function, versions, aliases)
            if name == LATEST:
                raise Refused(
                    f"{self.function}: {LATEST} cannot be deleted on its own; it goes with the whole function."
                )
            version = by_name[name]
            if version.number in held:
                raise Refused(
                    f"{self.function}: version {name} is in use ({held[version.number]}).",
                    "Move the alias to another version first.",
                )
            chosen[name] = version
        return list(chosen.values())

    def _deletion(self, version: Version) -> Change:
        return Change(
            "DeleteFunction",
            f"{self.function}:{version.number}",
            (Difference(f"version {version.number}", version.description or f"sha {version.sha256[:8]}", None),),
            {"FunctionName": self.function, "Qualifier": version.name},
            danger=Danger.DESTRUCTIVE,
            before=_remembered(version.configuration),
        )

    def _plan_whole(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        title = f"Delete the function {self.function}"
        found = functions.find(account, self.function)
        if found is None:
            if self.on_missing == "fail":
                raise BadInput(f"there is no function {self.function} to delete.")
            return Plan(title, place, notes=(f"there is no function {self.function}",), facts={"outputs": _NONE})
        versions = aws.list_versions(account, self.function)
        aliases = aws.list_aliases(account, self.function)
        gone = [Difference("function", self.function, None)]
        gone += [Difference(f"alias {entry.name}", f"version {entry.version}", None) for entry in aliases]
        gone += [Difference(f"version {v.number}", v.description or f"sha {v.sha256[:8]}", None) for v in versions]
        change = Change(
            "DeleteFunction",
            self.function,
            tuple(gone),
            {"FunctionName": self.function},
            danger=Danger.DESTRUCTIVE,
            before=_remembered(found.configuration),
        )
        warning = "Its event source mappings and its log group are not removed with it."
        return Plan(title, place, (change,), (warning,), facts={"outputs": _NONE})


_NONE: Mapping[str, Any] = {"deleted": [], "kept": []}


def _remembered(configuration: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in configuration.items() if key != "RevisionId"}
