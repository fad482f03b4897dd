"""What of a line of the history can be brought back: the versions that were archived before they were deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.app import App

from lambdatui.aws.scope import Scope
from lambdatui.tui.timeline import Act, Deed

if TYPE_CHECKING:
    from lambdatui.stages.restore import Restore


@dataclass(frozen=True, slots=True)
class Kept:
    """An archive that a deletion left, of a version of a function."""

    function: str
    version: str
    address: str
    words: str
    """The version's description."""
    scope: Scope


def kept(deed: Deed, acts: Sequence[Act]) -> list[Kept]:
    """The archives of the deletions that a line is about, as far as the journal tells; they may be gone by now."""
    from lambdatui.stages.pruning.deletion import archive_addresses

    if deed.run is not None:
        entries = next((entries for run, entries in acts if run is not None and run == deed.run), ())
    else:
        entries = (deed.entry,) if deed.entry is not None else ()
    found = []
    for entry in entries:
        if entry.operation != "DeleteFunction" or entry.status != "done":
            continue
        for version, address in archive_addresses(entry.before).items():
            words = str(entry.before.get("Description", "")) if "Qualifier" in entry.parameters else ""
            found.append(Kept(entry.function, version, address, words, Scope(entry.profile, entry.region)))
    return found


def stage(one: Kept, scope: Scope | None = None) -> Restore:
    """What publishes an archived version again, in this scope, or else where it was deleted."""
    from lambdatui.stages.restore import Restore

    place = scope or one.scope
    return Restore(function=one.function, archived=one.address, profile=place.profile or None, region=place.region)


def choose(app: App[Any], found: Sequence[Kept], chosen: Callable[[Kept], None]) -> None:
    """Gives the only archive, or the one that is chosen."""
    if len(found) == 1:
        chosen(found[0])
        return
    from lambdatui.tui.screens.choose import ChooseScreen, Option

    def taken(values: tuple[str, ...] | None) -> None:
        if values:
            chosen(next(one for one in found if one.address == values[0]))

    options = [Option(one.address, f"{one.function}:{one.version}", one.words) for one in found]
    app.push_screen(ChooseScreen("Bring back", options, hint="It is published again, under a new number."), taken)
