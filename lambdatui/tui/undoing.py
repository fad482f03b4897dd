"""The undo of a line of the history: whether there is one, and the stage that it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lambdatui.aws.scope import Scope
from lambdatui.journal import Entry
from lambdatui.tui.timeline import Act, Deed

if TYPE_CHECKING:
    from lambdatui.stages.undo import Undo


def can_be_undone(deed: Deed, acts: Sequence[Act]) -> bool:
    """Whether a line can be undone, as far as the journal alone tells. What others did cannot be from here."""
    from lambdatui.stages import undo

    if deed.run is not None:
        entries = _made(deed, acts)
        is_over = deed.run.status != "running"
        return is_over and any(undo.can_be_undone(one) for one in entries if one.operation != "PublishVersion")
    return deed.entry is not None and undo.can_be_undone(deed.entry)


def stage(deed: Deed, acts: Sequence[Act], scope: Scope | None = None) -> Undo:
    """What undoes a line; in this scope, or else where it was done. Raises Refused where there is no undo."""
    from lambdatui.stages.undo import Undo

    place: dict[str, Any] = {}
    if scope is not None:
        place = {"profile": scope.profile or None, "region": scope.region}
    if deed.run is not None:
        return Undo.of_act(deed.run, _made(deed, acts), **place)
    assert deed.entry is not None
    return Undo.of_entry(deed.entry, **place)


def _made(deed: Deed, acts: Sequence[Act]) -> Sequence[Entry]:
    return next((entries for run, entries in acts if run is not None and run == deed.run), ())
