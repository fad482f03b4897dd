"""What must be true of a rollout whatever has become of its process: of the alias, and of the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lambdatui.emulator.cloudtrail.events import TrailEvent
from lambdatui.journal import Entry, Journal, RolloutState, Routing
from tests.sweeps.rollouts import BAKE, STEPS, Ended

_NEVER_CAME = ("unknown", "failed")


def journal_is_true(journal: Journal, writes: Sequence[TrailEvent]) -> None:
    """Each entry says what AWS knows of the call, and each change that AWS made has its entry.

    `writes` is each UpdateAlias that AWS got, oldest first; a call that was sent again is several of them.
    """
    entries = sorted((entry for entry in journal.entries() if entry.operation == "UpdateAlias"), key=lambda e: e.id)
    assert all(entry.status != "sent" for entry in entries), "an entry of a process that is gone is still open"
    left = [event for event in writes if not event.error_code]
    for entry in entries:
        assert entry.target == "f:live"
        mine = [event for event in writes if event.request_id == entry.request_id and entry.request_id]
        if entry.status == "done":
            made = mine or [event for event in left if asked(event) == asked_by(entry)][:1]
            assert made, f"the journal says that {asked_by(entry)} was done, and AWS knows nothing of it"
            assert asked(made[0]) == asked_by(entry)
            assert not made[0].error_code
            left.remove(made[0])
        elif entry.status == "failed":
            assert all(event.error_code for event in mine)
        else:
            # the one that nobody knows of may have been made
            made = [event for event in left if asked(event) == asked_by(entry)]
            if made:
                left.remove(made[0])
    assert not left, f"AWS made changes that the journal does not tell of: {[asked(event) for event in left]}"


def asked(event: TrailEvent) -> Routing:
    """The routing that a call asked for, by AWS's own record."""
    members: Any = event.parameters or {}
    weights = (members.get("routingConfig") or {}).get("additionalVersionWeights") or {}
    return Routing(members["functionVersion"], dict(weights))


def asked_by(entry: Entry) -> Routing:
    """The routing that a call asked for, by the journal."""
    weights = entry.parameters["RoutingConfig"]["AdditionalVersionWeights"]
    return Routing(entry.parameters["FunctionVersion"], dict(weights))


def unsettled_entries(journal: Journal) -> list[Entry]:
    """The entries of which nobody knows whether they were done."""
    return [entry for entry in journal.entries() if entry.status in ("unknown", "sent")]


def alias_is_asked_for(state: RolloutState | None, now: Routing, before: Routing) -> None:
    """The alias is where the journal says: at what AWS confirmed last, or at what was on its way."""
    possible = [before] if state is None else [state.stands, *([state.writing] if state.writing else [])]
    assert now in possible, f"the alias is at {now}, and the journal knows of {possible}"


def nothing_is_blind(ended: Ended) -> None:
    """Before each step forward that a process made it read the alias, baked all of the step before, and asked the hook.

    A process that takes up what another left does all of that for the step that it finds, too.
    """
    since: list[str] = []
    baked = then = 0.0
    first = True
    for name, _, now in ended.moments:
        since.append(name)
        baked = now - then
        if name != "UpdateAlias":
            continue
        assert "GetAlias" in since, "the alias was not read before it was moved"
        assert since.count("journal checkpoint") >= 1, "a change was sent that the journal had not been told of"
        assert since[-2] == "journal sent"
        if not first:
            assert baked >= BAKE, f"a step was looked at for {baked} s, and {BAKE} were asked for"
            assert "Invoke" in since, "the hook was not asked"
        first = False
        since, then = [], now


def the_last_step_was_watched(ended: Ended) -> None:
    """A process that ended a rollout well baked all of the last step, and asked the hook of it."""
    began = max((index for index, moment in enumerate(ended.moments) if moment[0] == "UpdateAlias"), default=0)
    since = ended.moments[began:]
    if not any(name == "journal begin" for name, _, _ in ended.moments):
        # there was nothing left to do
        return
    assert since[-1][2] - since[0][2] >= BAKE, "the last step was not looked at to its end"
    assert any(name == "Invoke" for name, _, _ in since), "the hook was not asked of the last step"


def forward(writes: Iterable[TrailEvent]) -> list[int]:
    """The steps that AWS was asked for, by their index, in the order of their coming."""
    return [STEPS.index(asked(event)) for event in writes if not event.error_code and asked(event) in STEPS]
