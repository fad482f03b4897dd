"""The first line of a screen: where one is, and as whom one would act."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from lambdatui.text import one_line


@dataclass(frozen=True, slots=True)
class Who:
    """The identity to show, as STS gives it; `trouble` takes its place where there is none."""

    account_id: str = ""
    profile: str = ""
    region: str = ""
    principal: str = ""
    read_only: bool = False
    trouble: str = ""


class IdentityBar(Widget):
    """`title` at the left, the identity beside it, chips and `summary` at the right."""

    DEFAULT_CSS = """
    IdentityBar { height: 1; background: $bar; color: $bar-text; text-wrap: nowrap; }
    """

    title: reactive[str] = reactive("lambdatui")
    subtitle: reactive[str] = reactive("")
    summary: reactive[str] = reactive("")
    who: reactive[Who] = reactive(Who())

    def __init__(self, title: str = "lambdatui", subtitle: str = "", *, demo: bool = False) -> None:
        super().__init__()
        self.set_reactive(IdentityBar.title, title)
        self.set_reactive(IdentityBar.subtitle, subtitle)
        self._demo = demo

    def render(self) -> Content:
        who = self.who
        left: list[tuple[str, str]] = [(f" {self.title} ", "bold $accent")]
        if self.subtitle:
            left.append((f" {one_line(self.subtitle)} ", "bold"))
        if who.trouble:
            left.append((f" ▲ {one_line(who.trouble)}", "$bad"))
        elif who.account_id:
            left += [
                (" ▸ ", "$muted"),
                (who.account_id, ""),
                (f" {who.profile}" if who.profile else "", "bold $primary"),
            ]
            left.append((f"  {who.region}", ""))
        elif who.region:
            left.append((f" ▸ {who.profile} {who.region} …", "$muted"))
        right: list[tuple[str, str]] = []
        if self._demo:
            right.append((" DEMO ", "bold $demo-text on $demo"))
        if who.account_id:
            right.append((" READ-ONLY ", "bold $ok") if who.read_only else (" READ-WRITE ", "$muted"))
        # what may be left out on a narrow screen, the dearest first
        extras: list[tuple[list[tuple[str, str]], tuple[str, str]]] = []
        if who.principal:
            extras.append((left, (f"  {who.principal}", "$muted")))
        if self.summary:
            extras.append((right, (f" {self.summary} ", "$muted")))
        room = self.size.width - _width(left) - _width(right)
        for side, part in extras:
            if cell_len(part[0]) < room:
                side.append(part)
                room -= cell_len(part[0])
        blank = max(1, self.size.width - _width(left) - _width(right))
        return Content.assemble(*left, " " * blank, *right)


def _width(parts: list[tuple[str, str]]) -> int:
    return sum(cell_len(text) for text, _ in parts)
