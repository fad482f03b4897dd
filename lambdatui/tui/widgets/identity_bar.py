"""The first line of a screen: where one is, and as whom one would act. A second one tells of credentials that lapse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from lambdatui.text import one_line
from lambdatui.tui.credentials import Standing, credentials_of
from lambdatui.tui.widgets.cells import fit

if TYPE_CHECKING:
    from lambdatui.aws.lapses import Lapse


@dataclass(frozen=True, slots=True)
class Who:
    """The identity to show, as STS gives it; `trouble` takes its place where there is none."""

    account_id: str = ""
    profile: str = ""
    region: str = ""
    principal: str = ""
    read_only: bool = False
    trouble: str = ""


_PAUSED = " · what reads under it is paused"


class IdentityBar(Widget):
    """`title` at the left, the identity beside it, chips and `summary` at the right.

    While a profile's credentials lapse there is a line beneath, which says whose and why, and what to press.
    """

    DEFAULT_CSS = """
    IdentityBar { height: 1; background: $bar; color: $bar-text; text-wrap: nowrap; }
    """

    title: reactive[str] = reactive("lambdatui")
    subtitle: reactive[str] = reactive("")
    summary: reactive[str] = reactive("")
    who: reactive[Who] = reactive(Who())
    lapses: reactive[tuple[Lapse, ...]] = reactive(())

    def __init__(self, title: str = "lambdatui", subtitle: str = "", *, demo: bool = False) -> None:
        super().__init__()
        self.set_reactive(IdentityBar.title, title)
        self.set_reactive(IdentityBar.subtitle, subtitle)
        self._demo = demo

    def on_mount(self) -> None:
        credentials = credentials_of(self)
        if credentials is not None:
            credentials.changed.subscribe(self, self._take_standing)
            self.lapses = credentials.lapses

    def _take_standing(self, standing: Standing) -> None:
        self.lapses = standing.lapses

    def watch_lapses(self, lapses: tuple[Lapse, ...]) -> None:
        self.styles.height = 2 if lapses else 1

    async def on_click(self, event: events.Click) -> None:
        if event.y == 1:
            await self.app.run_action("app.login")

    def render(self) -> Content:
        first = self._identity()
        return Content("\n").join([first, self._banner()]) if self.lapses else first

    def _banner(self) -> Content:
        lapse, *others = self.lapses
        keys = [
            f"{self.app.get_key_display(active.binding)} {word}"
            for name, word in (("app.login", "login"), ("app.retry", "retry"))
            for active in self.screen.active_bindings.values()
            if active.binding.id == name
        ]
        right = f"  {'   '.join(keys)} "
        more = f"  and {len(others)} more" if others else ""
        room = max(1, self.size.width - cell_len(right))
        words = f" ▲ {one_line(lapse.profile) or 'default profile'}: {lapse.words}{more}"
        if cell_len(words + _PAUSED) <= room:
            words += _PAUSED
        return Content.assemble((fit(words, room), "bold $lapse-text on $lapse"), (right, "bold $lapse-text on $lapse"))

    def _identity(self) -> Content:
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
