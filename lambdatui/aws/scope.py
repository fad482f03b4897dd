"""Where to look or to act."""

from __future__ import annotations

from typing import NamedTuple


class Scope(NamedTuple):
    """A profile and a region. An empty profile is botocore's default chain."""

    profile: str
    region: str

    def __str__(self) -> str:
        return f"{self.profile or 'default profile'} {self.region}".rstrip()
