"""Rollouts as the journal keeps them."""

from __future__ import annotations

from lambdatui.journal import RolloutState, Routing


def at_a_quarter(new: str, revision: str) -> RolloutState:
    """A rollout of `live` from version 1 to `new` in two steps, of which the first, 25 %, is in force."""
    return RolloutState(
        alias="live",
        before=Routing("1"),
        stands=Routing("1", {new: 0.25}),
        step=0,
        steps=(
            {"percent": 25, "bake": 0, "version": "1", "weights": {new: 0.25}},
            {"percent": 100, "bake": 0, "version": new, "weights": {}},
        ),
        revision=revision,
        more={
            "new": new,
            "stable": "1",
            "description": "",
            "red": {},
            "folder": "/",
            "strategy": {"kind": "gradual", "to": new, "schedule": {"kind": "steps", "percents": [25, 100]}},
        },
    )
