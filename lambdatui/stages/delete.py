"""Delete: versions by selector, all that a retention does not keep, or the function. Never a version that is in use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from lambdatui.aws import code_storage, functions
from lambdatui.aws import versions as aws
from lambdatui.aws.errors import AwsError
from lambdatui.aws.functions import LATEST
from lambdatui.aws.parts import permitted
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import BadInput, Refused
from lambdatui.stages import retention
from lambdatui.stages.pruning import function_deletion, version_set
from lambdatui.stages.pruning.deletion import Deleting, Deletion
from lambdatui.stages.pruning.version_set import VersionSet
from lambdatui.stages.pruning.version_uses import UsesReader
from lambdatui.stages.retention import Rule, Verdict
from lambdatui.stages.selector import Selector, resolve
from lambdatui.stages.stage import Change, Danger, Difference, FunctionName, Plan, World
from lambdatui.text import size


class Delete(Deleting):
    """Deletes published versions, or the whole function: `versions`, or a retention, or `whole_function`."""

    kind: ClassVar[str] = "delete"
    outputs: ClassVar[Mapping[str, str]] = {
        "deleted": "The versions that were deleted, as numbers.",
        "kept": "The versions that are left.",
        "archived": "Where the archives are that were made first: folders, or s3://bucket/prefix.",
        "freed": "Bytes of code storage that came back.",
        "skipped": "Whether there was nothing to delete, and on_missing says skip.",
    }

    function: FunctionName
    versions: Annotated[list[VersionSet], Field(min_length=1)] | None = None
    """The versions to delete: selectors, ranges such as 3-9, older(SELECTOR). One of a range that is in use stays."""
    keep: Annotated[int, Field(ge=1)] | None = None
    """Delete all but the newest so many, and but those that are in use."""
    older_than_days: Annotated[int, Field(ge=1)] | None = None
    """Delete only what was published longer ago than so many days; without `keep`, the newest version stays."""
    keep_matching: list[Annotated[str, Field(min_length=1)]] = Field(default_factory=list)
    """Versions stay whose description, or a word of it, matches one of these: `release *`, `v1.*`, or a text in it."""
    hold: list[Selector] = Field(default_factory=list)
    """Versions that stay in any case."""
    whole_function: bool = False
    """Delete the function itself, with all versions and aliases."""
    with_mappings: bool = False
    """With `whole_function`: delete its event source mappings, too."""
    with_log_group: bool = False
    """With `whole_function`: delete its log group, too, with all that is in it."""

    @model_validator(mode="after")
    def _one_of_three(self) -> Delete:
        retains = self.keep is not None or self.older_than_days is not None
        if sum((self.versions is not None, retains, self.whole_function)) != 1:
            raise ValueError("exactly one of versions, keep (or older_than_days) and whole_function was expected.")
        if self.whole_function and (self.keep_matching or self.hold):
            raise ValueError("keep_matching and hold keep versions, and with whole_function none is kept.")
        if not self.whole_function and (self.with_mappings or self.with_log_group):
            raise ValueError("with_mappings and with_log_group go with whole_function.")
        return self

    def plan(self, world: World) -> Plan:
        return self.planned(world, UsesReader(self.account(world)))

    def planned(self, world: World, reader: UsesReader) -> Plan:
        """As `plan`; `reader` may have read for other functions of the same account and region before."""
        if self.whole_function:
            return self._plan_whole(world)
        account, place = self.account(world), self.place(world)
        versions = aws.list_versions(account, self.function)
        aliases = reader.aliases(self.function)
        now = dt.datetime.fromtimestamp(world.clock.now(), dt.UTC)
        rule, named = self._rule(versions, aliases)
        candidates = [v.name for v in retention.going(retention.judged(versions, {}, rule, now))]
        uses = reader.read(self.function, aliases, candidates).reasons(versions)
        for version in versions:
            if version.number in named and version.number in uses:
                raise Refused(
                    f"{self.function}: version {version.name} is in use ({uses[version.number]}).",
                    "Move what uses it to another version first.",
                )
        verdicts = retention.judged(versions, uses, rule, now)
        doomed = retention.going(verdicts)
        kept = sorted(verdict.version.number for verdict in verdicts if not verdict.goes)
        outputs = {"deleted": [], "kept": kept, "archived": [], "freed": 0}
        if not doomed:
            return self._nothing(world, f"{self.function}: there is no version to delete.", outputs, verdicts)
        archives = self._archived(verdicts)
        warnings = self.archive_words(world) if archives else []
        freed = sum(version.code_size for version in doomed)
        notes = [*_reasons(verdicts), f"{len(doomed)} of {len(versions)} versions go; {freed:,} bytes of code storage "
                 f"come back{self._of_the_account(world, freed)}"]  # fmt: skip
        return Plan(
            self._title(doomed),
            place,
            tuple(self._deletion(version, version.number in archives) for version in doomed),
            tuple(warnings),
            tuple(notes),
            {"outputs": outputs, "verdicts": tuple(verdicts)},
        )

    def _nothing(self, world: World, words: str, outputs: Mapping[str, Any], verdicts: Sequence[Verdict] = ()) -> Plan:
        """The plan where there is nothing to delete. Raises BadInput where that counts as a failure."""
        if self.on_missing == "fail":
            raise BadInput(words)
        skipped = {"skipped": True} if self.on_missing == "skip" else {}
        facts = {"outputs": {**outputs, **skipped}, "verdicts": tuple(verdicts)}
        return Plan(self._title(()), self.place(world), notes=(*_reasons(verdicts), words), facts=facts)

    def _rule(self, versions: Sequence[Version], aliases: Sequence[Alias]) -> tuple[Rule, frozenset[int]]:
        """What stays whatever uses it, and the versions that were named one by one."""
        held = frozenset(
            int(name)
            for selector in self.hold
            if (name := resolve(selector, self.function, versions, aliases)) != LATEST
        )
        if self.versions is None:
            return Rule(self.keep or 1, self.older_than_days, tuple(self.keep_matching), held), frozenset()
        chosen: set[int] = set()
        named: set[int] = set()
        for text in self.versions:
            for name in version_set.members(text, self.function, versions, aliases):
                if name == LATEST:
                    raise Refused(
                        f"{self.function}: {LATEST} cannot be deleted on its own; it goes with the whole function."
                    )
                chosen.add(int(name))
                if version_set.names_one(text):
                    named.add(int(name))
        return Rule(None, None, tuple(self.keep_matching), held, frozenset(chosen)), frozenset(named - held)

    def _archived(self, verdicts: Sequence[Verdict]) -> frozenset[int]:
        """The versions that are archived before they are deleted."""
        if self.archive == "never":
            return frozenset()
        if self.archive == "always":
            return frozenset(version.number for version in retention.going(verdicts))
        return retention.last_copies(verdicts)

    def _title(self, doomed: Sequence[Version]) -> str:
        if self.versions is not None:
            names = ", ".join(version.name for version in doomed)
            return f"Delete {self.function}: version {names}" if names else f"Delete versions of {self.function}"
        if self.whole_function:
            return f"Delete the function {self.function}"
        rules = [f"the newest {self.keep or 1}"]
        if self.older_than_days is not None:
            rules.append(f"what is younger than {self.older_than_days} d")
        return f"Prune {self.function}: keep {' and '.join(rules)}"

    def _of_the_account(self, world: World, freed: int) -> str:
        """How much of the account's code storage that leaves, where it may be known."""
        found = permitted(lambda: code_storage.account_storage(self.account(world)))
        return "" if isinstance(found, AwsError) else f"; the account then uses {found.less(freed)}"

    def _deletion(self, version: Version, is_archived: bool) -> Deletion:
        told = version.description or f"sha {version.sha256[:8]}"
        return Deletion(
            "DeleteFunction",
            f"{self.function}:{version.number}",
            (Difference(f"version {version.number}", told, "archived, then deleted" if is_archived else None),),
            {"FunctionName": self.function, "Qualifier": version.name},
            danger=Danger.DESTRUCTIVE,
            undo="publish it again from its archive, under a new number" if is_archived else "",
            before=function_deletion.remembered(version.configuration),
            function=self.function,
            archives=(version.name,) if is_archived else (),
            size=version.code_size,
        )

    def _plan_whole(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        found = functions.find(account, self.function)
        outputs = {"deleted": [], "kept": [], "archived": [], "freed": 0}
        if found is None:
            return self._nothing(world, f"there is no function {self.function} to delete.", outputs)
        whole = function_deletion.read(account, place, found)
        changes: list[Change] = [*whole.mapping_deletions()] if self.with_mappings else []
        changes.append(whole.deletion(self.archive))
        if self.with_log_group and whole.log_group:
            changes.append(whole.log_group_deletion())
        warnings = whole.left(self.with_mappings, self.with_log_group)
        if self.archive != "never":
            warnings += self.archive_words(world)
        notes = [f"{size(whole.code_size)} of code storage come back{self._of_the_account(world, whole.code_size)}"]
        return Plan(self._title(()), place, tuple(changes), tuple(warnings), tuple(notes), {"outputs": outputs})


def _reasons(verdicts: Sequence[Verdict]) -> list[str]:
    return [f"version {one.version.number} stays: {one.stays}" for one in verdicts if not one.goes]
