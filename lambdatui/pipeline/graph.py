"""The order of a pipeline's stages: which has to be over before which. Pure, and fit for thousands of stages."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Graph:
    """Stages by their ids, in the order of the file. There is no cycle in it.

    `needs` are the stages that have to be over before one begins; `called_by` are those that go to one when they fail:
    such a stage begins only then.
    """

    needs: Mapping[str, Sequence[str]]
    called_by: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.needs)

    def before(self, id: str) -> tuple[str, ...]:  # noqa: A002 - what it is
        """The stages that lead to one, directly: those that it needs, and those that go to it."""
        return (*self.needs[id], *self.called_by.get(id, ()))

    def upstream(self, id: str) -> frozenset[str]:  # noqa: A002 - what it is
        """All stages that are over before one begins, or may have called it."""
        return _reached(id, self.before)

    def downstream(self, id: str) -> frozenset[str]:  # noqa: A002 - what it is
        """All stages that one leads to."""
        after = self._after()
        return _reached(id, lambda name: after[name])

    def order(self) -> tuple[str, ...]:
        """All stages, each after those that lead to it, else as in the file."""
        after = self._after()
        place = {name: index for index, name in enumerate(self.needs)}
        left = {name: len(set(self.before(name))) for name in self.needs}
        ready = [place[name] for name, count in left.items() if not count]
        found: list[str] = []
        while ready:
            name = self.ids[heapq.heappop(ready)]
            found.append(name)
            for one in after[name]:
                left[one] -= 1
                if not left[one]:
                    heapq.heappush(ready, place[one])
        return tuple(found)

    def _after(self) -> dict[str, list[str]]:
        after: dict[str, list[str]] = {name: [] for name in self.needs}
        for name in self.needs:
            for one in dict.fromkeys(self.before(name)):
                after[one].append(name)
        return after

    def layers(self) -> tuple[tuple[str, ...], ...]:
        """The stages by how many have to be over before them at least: what a drawing puts into one column."""
        depth: dict[str, int] = {}
        for name in self.order():
            depth[name] = 1 + max((depth[one] for one in self.before(name)), default=-1)
        count = 1 + max(depth.values(), default=-1)
        return tuple(tuple(name for name in self.needs if depth[name] == layer) for layer in range(count))


def _reached(start: str, following: Callable[[str], Iterable[str]]) -> frozenset[str]:
    found: set[str] = set()
    left = [start]
    while left:
        for name in following(left.pop()):
            if name not in found:
                found.add(name)
                left.append(name)
    return frozenset(found)


def cycle(before: Mapping[str, Iterable[str]]) -> list[str]:
    """The stages of a cycle, each before the next and the first again at the end; empty where there is none."""
    state: dict[str, int] = {}
    for root in before:
        if root in state:
            continue
        # without recursion: a chain of some thousand stages is deeper than Python's stack
        path: list[str] = []
        todo = [(root, iter(before[root]))]
        state[root] = 1
        path.append(root)
        while todo:
            name, rest = todo[-1]
            following = next(rest, None)
            if following is None:
                state[name] = 2
                todo.pop()
                path.pop()
            elif state.get(following) == 1:
                return [*path[path.index(following) :], following][::-1]
            elif following not in state and following in before:
                state[following] = 1
                path.append(following)
                todo.append((following, iter(before[following])))
    return []
