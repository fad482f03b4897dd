"""A graph on its grid: what leads to what stands to the left of it, nothing covers anything, every line arrives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lambdatui.pipeline.graph import Graph
from lambdatui.tui.graph_layout import BOX_HEIGHT, HEAD, Drawing, drawing

RELEASE = {"deploy": [], "invoke": ["deploy"], "canary": ["invoke"], "route": ["canary"], "delete": ["canary"]}


def drawn(needs: dict[str, list[str]], width: int = 10) -> Drawing:
    graph = Graph(needs)
    return drawing(graph.layers(), {name: graph.before(name) for name in graph.ids}, width)


def picture(found: Drawing) -> str:
    grid = [[" "] * found.width for _ in range(found.height)]
    for row, signs in found.lines.items():
        for at, sign in signs.items():
            grid[row][at] = sign
    for box in found.boxes.values():
        for row in range(BOX_HEIGHT):
            text = f"[{box.id:^{box.width - 2}}]" if row == 1 else "." * box.width
            grid[box.y + row][box.x : box.x + box.width] = text
    return "\n".join("".join(row).rstrip() for row in grid)


def test_the_reference_pipeline() -> None:
    assert picture(drawn(RELEASE)) == "\n".join(
        [
            "..........    ..........    ..........    ..........",
            "[ deploy ]───▸[ invoke ]───▸[ canary ]─┬─▸[ route  ]",
            "..........    ..........    .......... │  ..........",
            "                                       │  ..........",
            "                                       ╰─▸[ delete ]",
            "                                          ..........",
        ]
    )


def test_the_arrows_lead_to_the_neighbours() -> None:
    found = drawn(RELEASE)
    assert found.neighbour("deploy", "right") == "invoke"
    assert found.neighbour("deploy", "left") is None
    assert found.neighbour("canary", "right") == "route"
    assert found.neighbour("route", "down") == "delete"
    assert found.neighbour("delete", "up") == "route"
    assert found.neighbour("delete", "down") is None
    assert found.neighbour("delete", "left") == "canary"


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    count = draw(st.integers(1, 14))
    names = [f"s{index}" for index in range(count)]
    return {
        name: draw(st.lists(st.sampled_from(names[:index]), unique=True, max_size=3)) if index else []
        for index, name in enumerate(names)
    }


@given(graphs())
def test_no_box_covers_a_box_or_a_line_and_every_line_has_a_head(needs: dict[str, list[str]]) -> None:
    found = drawn(needs)
    cells: set[tuple[int, int]] = set()
    for box in found.boxes.values():
        own = {(x, y) for x in range(box.x, box.x + box.width) for y in range(box.y, box.y + BOX_HEIGHT)}
        assert not own & cells
        cells |= own
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= found.width
        assert box.y + BOX_HEIGHT <= found.height
    lines = {(x, y) for y, row in found.lines.items() for x in row}
    assert not lines & cells
    for name, leading in needs.items():
        box = found.boxes[name]
        if leading:
            assert found.lines[box.y + 1][box.x - 1] == HEAD
        for one in leading:
            start = found.boxes[one]
            assert start.column < box.column
            assert start.x + start.width in found.lines[start.y + 1]


def test_two_hundred_stages_are_drawn() -> None:
    needs = {f"s{index}": [f"s{max(0, index - 1 - index % 3)}"] if index else [] for index in range(200)}
    assert len(drawn(needs).boxes) == 200
