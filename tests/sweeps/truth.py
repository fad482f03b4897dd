"""What must be true of a rollout whatever has become of its process: of the alias, and of the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lambdatui.emulator.cloudtrail.events import TrailEvent
from lambdatui.journal import Entry, Journal, RolloutState, Routing
from tests.sweeps.commands import Ended
from tests.sweeps.rollouts import BAKE, BEFORE, STEPS


def journal_is_true(journal: Journal, writes: Sequence[TrailEvent]) -> None:
    """Each entry says what AWS knows of the call, and each change that AWS made has its entry.

    `writes` is each change that AWS was asked for, oldest first; a call that was sent again is several of them.
    """
    entries = sorted(journal.entries(), key=lambda entry: entry.id)
    assert all(entry.status != "sent" for entry in entries), "an entry of a process that is gone is still open"
    left = [event for event in writes if not event.error_code]
    for entry in entries:
        mine = [event for event in writes if event.request_id == entry.request_id and entry.request_id]
        alike = [event for event in left if is_of(event, entry)]
        if entry.status == "done":
            made = (mine or alike)[:1]
            assert made, f"the journal says that {described(entry)} was done, and AWS knows nothing of it"
            assert is_of(made[0], entry)
            assert not made[0].error_code
            # one that was sent again may have been made more than once
            left = [event for event in left if event.parameters != made[0].parameters or event.name != made[0].name]
        elif entry.status == "failed":
            assert all(event.error_code for event in mine)
        elif alike:
            # the one that nobody knows of may have been made
            left.remove(alike[0])
    assert not left, f"AWS made changes that the journal does not tell of: {[event.name for event in left]}"


def is_of(event: TrailEvent, entry: Entry) -> bool:
    """Whether a call that AWS got is the one that the journal tells of, as far as both say what was asked for."""
    if not event.name.startswith(entry.operation):
        return False
    return entry.operation != "UpdateAlias" or asked(event) == asked_by(entry)


def described(entry: Entry) -> str:
    """An entry in words."""
    return f"{entry.operation} {entry.target} {asked_by(entry) if entry.operation == 'UpdateAlias' else ''}"


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


def nothing_is_blind(ended: Ended, put_back: bool = False, taken_up: bool = False) -> None:
    """Before each step forward that a process made it read the alias, baked all of the step before, and asked the hook.

    A change that is sent again was either not answered, or AWS was asked for the alias first. `put_back` is whether the
    last change put the routing from before back, which waits for nothing; `taken_up`, whether the process began at a
    step that another had left in force.
    """
    since: list[str] = []
    changes: list[tuple[float, list[str], float]] = []
    baked_from = next((now for name, _, now in ended.moments if name == "journal checkpoint"), 0.0)
    for name, _, now in ended.moments:
        since.append(name)
        if name == "UpdateAlias":
            again = "journal checkpoint" not in since
            if again:
                assert since[-2:-1] == ["UpdateAlias answered"] or "GetAlias" in since, "it was sent again blindly"
            else:
                assert since[-2] == "journal sent", "it was sent before the journal had it"
                changes.append((baked_from, since, now))
            since = []
        elif name == "UpdateAlias answered":
            baked_from = now
    for index, (answered, moments, now) in enumerate(changes):
        assert "GetAlias" in moments, "the alias was not read before it was moved"
        if (index == 0 and not taken_up) or (put_back and index == len(changes) - 1):
            continue
        assert now - answered >= BAKE, f"a step was looked at for {now - answered} s, and {BAKE} were asked for"
        assert "Invoke" in moments, "the hook was not asked"


def the_last_step_was_watched(ended: Ended) -> None:
    """A process that ended a rollout well baked all of the last step, and asked the hook of it."""
    began = max((index for index, moment in enumerate(ended.moments) if moment[0] == "UpdateAlias"), default=0)
    since = ended.moments[began:]
    assert since[-1][2] - since[0][2] >= BAKE, "the last step was not looked at to its end"
    assert any(name == "Invoke" for name, _, _ in since), "the hook was not asked of the last step"


def forward(writes: Iterable[TrailEvent]) -> list[int]:
    """The steps that AWS made since the routing from before stood there last, by their index, as they came."""
    found: list[int] = []
    for event in writes:
        if not event.error_code:
            found = [] if asked(event) == BEFORE else [*found, STEPS.index(asked(event))]
    return found
