"""Deletions, each with a result of its own: what has to be archived is so first; one that is refused stops no other."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field

from lambdatui.aws import functions
from lambdatui.aws.errors import AwsError, CredentialsError, Invalid, NotFound, Unreachable
from lambdatui.aws.guard import because
from lambdatui.errors import Cancelled, LambdatuiError, StageFailed
from lambdatui.stages.change import recorded
from lambdatui.stages.pruning import archive_places, version_archive
from lambdatui.stages.stage import Change, Done, Event, Finished, Note, Plan, Progress, Stage, Started, World
from lambdatui.text import size

Archiving = Literal["auto", "always", "never"]
OnMissing = Literal["succeed", "fail", "skip"]
ARCHIVE = "Archive"
"""The member of a deletion's before-state that says where its archives are, by version."""

_REPLICATED = "replicated function"


@dataclass(frozen=True, slots=True)
class Deletion(Change):
    """The deletion of a version or a function, and what has to be archived before it is sent."""

    function: str = ""
    archives: tuple[str, ...] = ()
    """Versions by number, or $LATEST."""
    size: int = 0
    """Bytes of code storage that come back."""


class Deleting(Stage):
    """What stages that delete have in common: the archive, and a result for each deletion."""

    archive: Archiving = "auto"
    """Archive before deleting: the last copy of each code (auto), every version (always), or nothing (never)."""
    archive_to: Annotated[str, Field(min_length=1, title="Archive to")] | None = None
    """Where archives go: a folder, or s3://bucket/prefix; else a folder of lambdatui's own on this machine."""
    on_missing: OnMissing = "succeed"
    """What an empty plan means: done, a failure, or a stage that was skipped."""

    @property
    def archive_root(self) -> str:
        """Where archives go."""
        return self.archive_to or archive_places.default_root()

    def archive_words(self, world: World) -> list[str]:
        """What is to be known of the archives, for a plan: where they go, and what they hold.

        Raises BadInput or AwsError where they cannot go there.
        """
        archive_places.check(self.archive_root, world.folder, self.account(world))
        return [f"the archives hold the values of environments, in plain: {archive_places.told(self.archive_root)}"]

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        """Each deletion has its own result: one that is refused, or cannot be archived, does not stop the rest."""
        outcome = Outcome()
        for index, change in enumerate(plan.changes):
            world.clock.check()
            yield Started(index, change)
            try:
                answer = yield from self._deleted(world, change, run, outcome)
            except (Cancelled, CredentialsError, Unreachable):
                raise
            except LambdatuiError as error:
                words = f"{error} {hint}" if (hint := _hint(error)) else str(error)
                outcome.refused.append(f"{change.target}: {words}")
                unsure = isinstance(error, AwsError) and error.perhaps_done
                yield Note(f"{change.target} {'may be gone or not' if unsure else 'stays'}: {words}")
            else:
                yield Done(index, change, answer)
            yield Progress("deleted", index + 1 - len(outcome.refused), len(plan.changes))
        if outcome.archived:
            yield Note(f"{len(outcome.archived)} archived below {archive_places.told(self.archive_root)}")
        if outcome.freed:
            yield Note(f"{size(outcome.freed)} of code storage came back")
        if outcome.refused:
            raise StageFailed(f"{len(outcome.refused)} of {len(plan.changes)} were not deleted. {outcome.refused[0]}")
        yield Finished({**plan.facts["outputs"], **self.told(outcome)})

    def told(self, outcome: Outcome) -> Mapping[str, Any]:
        """The outputs of a run that ended so."""
        return {
            "deleted": [int(name) for _, name in outcome.deleted],
            "archived": outcome.archived,
            "freed": outcome.freed,
        }

    def _deleted(
        self, world: World, change: Change, run: str, outcome: Outcome
    ) -> Generator[Event, None, Mapping[str, Any]]:
        account, before = self.account(world), change.before
        if isinstance(change, Deletion) and change.archives:
            addresses: dict[str, str] = {}
            for name in change.archives:
                world.clock.check()
                yield Progress(f"archiving {change.function}:{name}", len(outcome.archived), None, " archived before")
                try:
                    code = functions.find(account, change.function, name)
                    if code is None:
                        yield Note(f"{change.function}:{name} is gone already")
                        continue
                    found = version_archive.archive(account, code, name, self.archive_root, world.folder, world.clock)
                except (Cancelled, CredentialsError, Unreachable):
                    raise
                except LambdatuiError as error:
                    raise StageFailed(f"it could not be archived, so it is not deleted: {error}") from None
                addresses[name] = str(found.place)
                outcome.archived.append(str(found.place))
                yield Note(f"{change.function}:{name} is archived as {found.place.name}")
            before = {**change.before, ARCHIVE: addresses}
        if change.operation == "DeleteLogGroup" and outcome.refused:
            raise StageFailed("the function was not deleted, so its log stays.")
        try:
            with because(run, change.target, before, change.undo, recorded(change.back)):
                answer = account.call(change.service, change.operation, change.request)
        except NotFound:
            yield Note(f"{change.target} was gone already")
            answer = {}
        if isinstance(change, Deletion):
            outcome.freed += change.size
            if "Qualifier" in change.request:
                outcome.deleted.append((change.function, change.request["Qualifier"]))
        return answer


@dataclass(slots=True)
class Outcome:
    """What came of deletions so far."""

    deleted: list[tuple[str, str]] = field(default_factory=list)
    """Function and version of each."""
    archived: list[str] = field(default_factory=list)
    """Where each archive is."""
    refused: list[str] = field(default_factory=list)
    """What was not deleted, and why."""
    freed: int = 0
    """Bytes of code storage that came back."""


def archive_addresses(before: Any) -> dict[str, str]:
    """Where the archives of a deletion are, by version, as its before-state in the journal says."""
    found = before.get(ARCHIVE) if isinstance(before, Mapping) else None
    return {str(name): str(address) for name, address in found.items()} if isinstance(found, Mapping) else {}


def _hint(error: LambdatuiError) -> str:
    """What to do about a refusal that AWS does not explain.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html
    """
    if isinstance(error, Invalid) and _REPLICATED in error.message:
        return "CloudFront takes its replicas away some hours after no distribution uses the version any more."
    return ""
