"""Traffic: an alias's share between two versions, as a fader, with what really arrives beneath it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Select, Static

from lambdatui.aws import metrics
from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.metrics import Minutes
from lambdatui.aws.scope import Scope
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import LambdatuiError
from lambdatui.stages import traffic
from lambdatui.text import one_line
from lambdatui.tui import states
from lambdatui.tui.feed import Feed
from lambdatui.tui.screens.function_screen import FunctionScreen
from lambdatui.tui.session import Session
from lambdatui.tui.sparks import sparks
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.weight_slider import WeightSlider

MINUTES = 15
POLL_SECONDS = 10
NEW = ""


@dataclass(frozen=True, slots=True)
class Routing:
    """What there is to route: versions, aliases, and where provisioned concurrency stands."""

    versions: tuple[Version, ...]
    aliases: tuple[Alias, ...]
    provisioned: frozenset[str]


@dataclass(frozen=True, slots=True)
class Observed:
    """What an alias's versions served lately, or why nobody knows."""

    alias: str
    by_version: dict[str, Minutes]
    error: str = ""


class TrafficScreen(FunctionScreen[Routing]):
    """Moves the traffic of an alias. `canary` is the version to begin with on the canary's side."""

    CSS_PATH = "traffic.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "plan", "plan", id="traffic.plan"),
        Binding("a", "next_alias", "alias", id="traffic.alias"),
        Binding("w", "swap", "swap", id="traffic.swap"),
        Binding("u", "way_back", "way back", id="traffic.way_back"),
        Binding("r", "refresh", "refresh", id="traffic.refresh"),
        Binding("escape", "back", "back", id="traffic.back", key_display="esc"),
    ]

    def __init__(
        self, session: Session, scope: Scope, function: str, canary: str | None = None, alias: str | None = None
    ) -> None:
        super().__init__(session, scope, function, "Traffic")
        self.routing = Routing((), (), frozenset())
        self._asked_for = canary
        self._alias = alias or ""

    def compose(self) -> ComposeResult:
        yield self.identity_bar()
        with Horizontal(id="choices"):
            yield Label("alias ")
            yield Select[str]([], id="alias", compact=True, allow_blank=True, prompt="…")
            yield Input(placeholder="name of the new alias", id="new-alias", compact=True)
            yield Label("   stable ")
            yield Select[str]([], id="stable", compact=True, allow_blank=True, prompt="…")
            yield Label("   canary ")
            yield Select[str]([], id="canary", compact=True, allow_blank=True, prompt="…")
        yield WeightSlider()
        yield Static("", id="hint")
        yield Static("", id="preview")
        yield Static("", id="live")
        yield KeyBar()

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#new-alias", Input).display = False
        self.query_one("#new-alias", Input).cursor_blink = False
        self.query_one("#hint", Static).update(
            Content.assemble(
                (" ◂ ▸", "bold $accent"),
                (" 1 %   ", "$muted"),
                ("⇧◂ ⇧▸", "bold $accent"),
                (" 10 %   ", "$muted"),
                ("0-9", "bold $accent"),
                (" a number   ", "$muted"),
                ("home end", "bold $accent"),
                (" 0 and 100 %   ", "$muted"),
                ("tab", "bold $accent"),
                (" to the versions", "$muted"),
            )
        )
        self.set_focus(self.query_one(WeightSlider))
        self._observations: Feed[Observed] = Feed(self.app, self._take_observed)
        self.set_interval(POLL_SECONDS, self._observe)

    def on_unmount(self) -> None:
        super().on_unmount()
        self._observations.close()

    # reading

    def read_function(self, account: Account) -> Routing:
        return Routing(
            tuple(aws.list_versions(account, self.function)),
            tuple(aws.list_aliases(account, self.function)),
            frozenset(aws.list_provisioned(account, self.function)),
        )

    def reload(self) -> None:
        # what the operator moves from now on stays, also if the reading ends later
        self.query_one(WeightSlider).touched = False
        super().reload()

    def show(self, value: Routing) -> None:
        self.routing = value
        names = [alias.name for alias in value.aliases]
        if self._alias not in names:
            weighted = [alias.name for alias in value.aliases if alias.extra]
            self._alias = next(iter([*weighted, *[n for n in names if n == "live"], *names]), NEW)
        self._fill_aliases()
        self._show_alias()

    def show_error(self, error: LambdatuiError) -> None:
        self.query_one("#preview", Static).update(Content.assemble((f" ✖ {one_line(str(error))}", "$bad")))

    def _show_alias(self) -> None:
        """Puts the fader where the alias stands now."""
        alias = self._current
        newest = [version.name for version in self.routing.versions]
        if alias is not None:
            stable, canary = alias.version, next(iter(alias.extra), "")
        else:
            stable, canary = (newest[0] if newest else ""), ""
        share = alias.extra.get(canary, 0.0) if alias else 0.0
        wanted = self._asked_for if self._asked_for != stable else None
        if not canary or (wanted and not share):
            canary = wanted or next((name for name in newest if name != stable), stable)
        numbers = [(f"{version.name}  {_words(version)}", version.name) for version in self.routing.versions]
        if stable and stable not in newest:
            numbers.append((stable, stable))
        self._fill("#stable", numbers, stable)
        self._fill("#canary", numbers, canary)
        slider = self.query_one(WeightSlider)
        if not slider.touched:
            slider.put(round(share * 100))
        self.query_one("#new-alias", Input).display = alias is None
        self._refresh_preview()
        self._observe()

    def _fill_aliases(self) -> None:
        choices = [(states.alias_traffic(alias), alias.name) for alias in self.routing.aliases]
        self._fill("#alias", [*choices, ("a new alias …", NEW)], self._alias)

    def _fill(self, selector: str, options: list[tuple[str, str]], value: str) -> None:
        select: Select[str] = self.query_one(selector, Select)
        # Text, for a plain string would be read as markup; and what is typed is looked for in it
        select.set_options([(Text(one_line(label)), option) for label, option in options])
        if any(option == value for _, option in options):
            select.value = value

    # what is chosen

    @property
    def _current(self) -> Alias | None:
        return next((alias for alias in self.routing.aliases if alias.name == self._alias), None)

    def _chosen(self, selector: str) -> str:
        value: Any = self.query_one(selector, Select).value
        return value if isinstance(value, str) else ""

    @property
    def _alias_name(self) -> str:
        return self._alias or self.query_one("#new-alias", Input).value.strip()

    def _wanted(self) -> tuple[str, dict[str, float]]:
        return traffic.weights(self._chosen("#stable"), self._chosen("#canary"), self.query_one(WeightSlider).percent)

    def _refresh_preview(self) -> None:
        stable, canary = self._chosen("#stable"), self._chosen("#canary")
        slider = self.query_one(WeightSlider)
        by_name = {version.name: version for version in self.routing.versions}
        slider.stable, slider.canary = stable, canary
        slider.stable_words = _words(by_name.get(stable), dated=True)
        slider.canary_words = _words(by_name.get(canary), dated=True)
        preview = self.query_one("#preview", Static)
        if not self.routing.versions:
            preview.update(
                Content.assemble((" ▲ Nothing is published yet. ", "$warn"), ("Deploy with publish first.", "$muted"))
            )
            return
        main, extra = self._wanted()
        alias = self._current
        why = None
        if extra:
            provisioned = self._alias in self.routing.provisioned
            why = traffic.why_not_weighted(by_name.get(main), by_name.get(next(iter(extra))), provisioned)
        if why:
            preview.update(Content.assemble((f" ▲ {one_line(why)}", "$warn")))
        elif alias is None:
            preview.update(
                Content.assemble(
                    (" + CreateAlias ", "bold $ok"), f"{self._alias_name or '…'}   {traffic.in_words(main, extra)}"
                )
            )
        elif (alias.version, dict(alias.extra)) == (main, extra):
            preview.update(Content.assemble((" ✔ This is how it is now: ", "$muted"), traffic.in_words(main, extra)))
        else:
            before, after = traffic.shares(alias.version, alias.extra), traffic.shares(main, extra)
            moves: list[str | tuple[str, str]] = []
            for version in sorted({*before, *after}, key=lambda name: (len(name), name)):
                old, new = before.get(version, "0 %"), after.get(version, "0 %")
                if old != new:
                    moves += [(f"   {version}: ", "$muted"), f"{old} → ", (new, "bold")]
            back = traffic.in_words(alias.version, alias.extra).replace("all traffic to", "all traffic back to")
            preview.update(
                Content.assemble(
                    (" ~ UpdateAlias ", "bold $busy"), alias.name, *moves, (f"     undo: {back}", "$muted")
                )
            )

    # the live figures

    @work(thread=True, exclusive=True, group="observe", exit_on_error=False)
    def _observe(self) -> None:
        alias = self._current
        if alias is None:
            return
        versions = list(alias.shares)
        try:
            account = self.session.account(self.scope)
            found = metrics.traffic_by_version(account, self.function, alias.name, versions, MINUTES, states.now())
            self._observations.put(Observed(alias.name, found))
        except LambdatuiError as error:
            self._observations.put(Observed(alias.name, {}, str(error)))

    def _take_observed(self, items: list[Observed]) -> None:
        last = items[-1]
        if last.alias != self._alias:
            return
        live = self.query_one("#live", Static)
        if last.error:
            live.update(Content.assemble((f" live figures: {one_line(last.error)}", "$muted")))
            return
        total = sum(minutes.total for minutes in last.by_version.values())
        lines = [Content.assemble((f" What {one_line(last.alias)} served in the last {MINUTES} minutes", "$muted"))]
        width = max(len(version) for version in last.by_version)
        for (version, minutes), colour in zip(last.by_version.items(), ("$stable", "$canary"), strict=False):
            share = f"{minutes.total / total * 100:5.1f} %" if total else "      –"
            rate = minutes.error_rate
            lines.append(
                Content.assemble(
                    (f"   {version:>{width}}  ", f"bold {colour}"),
                    (sparks(minutes.invocations), colour),
                    f"  {minutes.total:>7,.0f} calls  {share}   errors ",
                    (f"{rate * 100:.1f} %" if rate is not None else "–", "$bad" if rate else "$muted"),
                )
            )
        if not total:
            lines.append(Content.assemble(("   no calls yet; CloudWatch is a minute or two late", "$muted")))
        live.update(Content("\n").join(lines))

    # messages and actions

    def on_select_changed(self, event: Select.Changed) -> None:
        if event.select.id == "alias":
            # news of what was filled in by the program comes late, when the operator may have moved the fader
            if self._chosen("#alias") == self._alias:
                return
            self._alias = self._chosen("#alias")
            self.query_one(WeightSlider).touched = False
            self._show_alias()
        else:
            self._refresh_preview()

    def on_input_changed(self, _: Input.Changed) -> None:
        self._refresh_preview()

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.action_plan()

    def on_weight_slider_moved(self, _: WeightSlider.Moved) -> None:
        self._refresh_preview()

    def action_next_alias(self) -> None:
        names = [alias.name for alias in self.routing.aliases] + [NEW]
        at = names.index(self._alias) if self._alias in names else -1
        self._alias = names[(at + 1) % len(names)]
        self._asked_for = None
        self.query_one(WeightSlider).touched = False
        self._fill_aliases()
        self._show_alias()
        if not self._alias:
            self.set_focus(self.query_one("#new-alias", Input))

    def action_swap(self) -> None:
        stable, canary = self._chosen("#stable"), self._chosen("#canary")
        self.query_one("#stable", Select).value = canary
        self.query_one("#canary", Select).value = stable
        slider = self.query_one(WeightSlider)
        slider.percent = 100 - slider.percent

    def action_way_back(self) -> None:
        """Plans the routing before the alias's last change."""
        from lambdatui.stages.way_back import WayBack

        if self._current is not None:
            place = {"profile": self.scope.profile or None, "region": self.scope.region}
            self.act(WayBack(function=self.function, alias=self._alias, **place))

    def action_refresh(self) -> None:
        self.reload()

    def action_plan(self) -> None:
        from pydantic import ValidationError

        from lambdatui.stages.route import Route, Simple, Weighted

        main, extra = self._wanted()
        if not main:
            return
        canary = next(iter(extra), None)
        try:
            stage = Route(
                function=self.function,
                alias=self._alias_name,
                strategy=Simple(to=main)
                if canary is None
                else Weighted(stable=main, canary=canary, percent=self.query_one(WeightSlider).percent),
                profile=self.scope.profile or None,
                region=self.scope.region,
            )
        except ValidationError:
            self.query_one("#preview", Static).update(
                Content.assemble((" ▲ An alias is a name of letters, digits, - and _, and not a number.", "$warn"))
            )
            self.set_focus(self.query_one("#new-alias", Input))
            return
        if self._current is None:
            self._alias = self._alias_name
        self.act(stage)


def _words(version: Version | None, dated: bool = False) -> str:
    if version is None:
        return ""
    description = f"“{one_line(version.description)}”" if version.description else f"sha {version.sha256[:6]}"
    age = f"  {states.modified(version.modified)}" if dated else ""
    return description + age
