"""The order of stages, against a plain reckoning of it."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from lambdatui.pipeline.graph import Graph, cycle


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Stages that need earlier ones of a hidden order, written down in any order."""
    count = draw(st.integers(1, 12))
    names = [f"s{number}" for number in range(count)]
    needs = {
        name: tuple(draw(st.lists(st.sampled_from(names[:number]), unique=True, max_size=4))) if number else ()
        for number, name in enumerate(names)
    }
    return {name: needs[name] for name in draw(st.permutations(names))}


@given(graphs())
def test_each_stage_comes_after_those_that_lead_to_it(needs: dict[str, tuple[str, ...]]) -> None:
    graph = Graph(needs)
    order = graph.order()
    assert sorted(order) == sorted(needs)
    place = {name: index for index, name in enumerate(order)}
    assert all(place[one] < place[name] for name, before in needs.items() for one in before)
    assert not cycle(needs)
    layers = graph.layers()
    depth = {name: index for index, layer in enumerate(layers) for name in layer}
    assert all(depth[one] < depth[name] for name, before in needs.items() for one in before)


@given(graphs())
def test_upstream_is_all_that_is_before_and_downstream_its_reverse(needs: dict[str, tuple[str, ...]]) -> None:
    graph = Graph(needs)
    for name in needs:
        plain = set(needs[name])
        while (more := plain | {two for one in plain for two in needs[one]}) != plain:
            plain = more
        assert graph.upstream(name) == plain
        assert all((name in graph.downstream(one)) == (one in plain) for one in needs)


@given(graphs(), st.data())
def test_a_cycle_is_found_and_is_one(needs: dict[str, tuple[str, ...]], data: st.DataObject) -> None:
    graph = Graph(needs)
    last = data.draw(st.sampled_from(list(needs)))
    first = data.draw(st.sampled_from([last, *graph.upstream(last)]))
    wrong = {**needs, first: (*needs[first], last)}
    found = cycle(wrong)
    assert found[0] == found[-1]
    assert all(one in wrong[after] for one, after in itertools.pairwise(found))


def test_a_chain_of_thousands_is_no_trouble() -> None:
    names = [f"s{number}" for number in range(5000)]
    needs = {name: tuple(names[number - 1 : number]) if number else () for number, name in enumerate(names)}
    graph = Graph(needs)
    assert graph.order() == tuple(names)
    assert len(graph.upstream(names[-1])) == 4999
    assert not cycle(needs)
    assert len(cycle({**needs, "s0": ("s4999",)})) == 5001


def test_what_is_gone_to_comes_after_who_goes_there() -> None:
    graph = Graph({"remove": (), "judge": (), "move": ("judge",)}, {"remove": ("judge",)})
    assert graph.order() == ("judge", "remove", "move")
    assert graph.upstream("remove") == {"judge"}
    assert graph.downstream("judge") == {"remove", "move"}
