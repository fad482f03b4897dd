"""Traffic: how an alias's traffic is moved. As a fader, after probes, or in steps; what really arrives beneath it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Select, Static

from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.concurrency import Provisioned
from lambdatui.aws.scope import Scope
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import LambdatuiError
from lambdatui.stages import traffic
from lambdatui.text import one_line
from lambdatui.tui import states, traffic_preview
from lambdatui.tui.screens.function_screen import FunctionScreen
from lambdatui.tui.session import Session
from lambdatui.tui.traffic_preview import described
from lambdatui.tui.widgets.alias_figures import AliasFigures, provisioned_by_qualifier
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.strategy_row import STRATEGIES, StrategyRow
from lambdatui.tui.widgets.weight_slider import WeightSlider

if TYPE_CHECKING:
    from lambdatui.tui.widgets.strategy_panel import StrategyPanel

MOST_PROVISIONED = 10_000
NEW = ""
FORMS = ("blue_green", "gradual")
"""Strategies that take more than the fader."""
_KEYS = (
    ("◂ ▸", "1 %"),
    ("⇧◂ ⇧▸", "10 %"),
    ("0-9", "a number"),
    ("home end", "0 and 100 %"),
    ("tab", "to the versions"),
)


@dataclass(frozen=True, slots=True)
class Routing:
    """What there is to route: versions, aliases, and where provisioned concurrency stands, by qualifier."""

    versions: tuple[Version, ...]
    aliases: tuple[Alias, ...]
    provisioned: Mapping[str, Provisioned]


class TrafficScreen(FunctionScreen[Routing]):
    """Moves the traffic of an alias. `canary` is the version to begin with on the canary's side."""

    CSS_PATH = "traffic.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "plan", "plan", id="traffic.plan"),
        Binding("f5,ctrl+r", "plan_form", "plan", id="traffic.plan_form", key_display="f5"),
        Binding("s", "next_strategy", "strategy", id="traffic.strategy"),
        Binding("a", "next_alias", "alias", id="traffic.alias"),
        Binding("w", "swap", "swap", id="traffic.swap"),
        Binding("u", "way_back", "way back", id="traffic.way_back"),
        Binding("o", "routings", "routings", id="traffic.routings"),
        Binding("c", "provision", "provisioned", id="traffic.provision"),
        Binding("r", "refresh", "refresh", id="traffic.refresh"),
        Binding("escape", "back", "back", id="traffic.back", key_display="esc"),
        Binding("C", "canary", "judge the canary", id="traffic.canary"),
    ]

    def __init__(
        self, session: Session, scope: Scope, function: str, canary: str | None = None, alias: str | None = None
    ) -> None:
        super().__init__(session, scope, function, "Traffic")
        self.routing = Routing((), (), {})
        self._asked_for = canary
        self._alias = alias or ""

    def compose(self) -> ComposeResult:
        yield self.identity_bar()
        yield StrategyRow()
        with Horizontal(id="choices"):
            yield Label("alias ")
            yield Select[str]([], id="alias", compact=True, allow_blank=True, prompt="…")
            yield Input(placeholder="name of the new alias", id="new-alias", compact=True)
            yield Label("   stable ")
            yield Select[str]([], id="stable", compact=True, allow_blank=True, prompt="…")
            yield Label("   canary ", id="canary-label")
            yield Select[str]([], id="canary", compact=True, allow_blank=True, prompt="…")
        with Container(id="at-once"):
            yield WeightSlider()
            yield Static("", id="hint")
        yield Static("", id="preview")
        yield Container(id="form")
        yield AliasFigures(self.session, self.scope, self.function, lambda: self._current, id="live")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#new-alias", Input).display = False
        self.query_one("#new-alias", Input).cursor_blink = False
        self.query_one("#form").display = False
        parts = [part for key, word in _KEYS for part in ((f" {key}", "bold $accent"), (f" {word}  ", "$muted"))]
        self.query_one("#hint", Static).update(Content.assemble(*parts))
        self.set_focus(self.query_one(WeightSlider))

    # reading

    def read_function(self, account: Account) -> Routing:
        return Routing(
            tuple(aws.list_versions(account, self.function)),
            tuple(aws.list_aliases(account, self.function)),
            provisioned_by_qualifier(account, self.function),
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
        numbers = [(f"{version.name}  {described(version)}", version.name) for version in self.routing.versions]
        if stable and stable not in newest:
            numbers.append((stable, stable))
        self._fill("#stable", numbers, stable)
        self._fill("#canary", numbers, canary)
        slider = self.query_one(WeightSlider)
        if not slider.touched:
            slider.put(round(share * 100) if self.strategy != "simple" else 100)
        self.query_one("#new-alias", Input).display = alias is None
        self._refresh_preview()
        self.query_one(AliasFigures).show(self.routing.provisioned.get(self._alias))

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
    def strategy(self) -> str:
        """The strategy's `kind`."""
        return self.query_one(StrategyRow).chosen

    @property
    def panel(self) -> StrategyPanel | None:
        """The form of the strategy, for one that has a form."""
        from lambdatui.tui.widgets.strategy_panel import StrategyPanel

        return next((panel for panel in self.query(StrategyPanel) if panel.kind == self.strategy), None)

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
        slider.stable_words = described(by_name.get(stable), dated=True)
        slider.canary_words = described(by_name.get(canary), dated=True)
        preview = self.query_one("#preview", Static)
        if not self.routing.versions:
            words = (" ▲ Nothing is published yet. ", "$warn"), ("Deploy with publish first.", "$muted")
            preview.update(Content.assemble(*words))
        elif self.strategy in FORMS:
            from lambdatui.tui import strategy_forms

            panel = self.panel
            if panel is not None:
                preview.update(strategy_forms.preview(panel.draft, self._alias_name, canary))
        else:
            provisioned = self._alias in self.routing.provisioned
            preview.update(
                traffic_preview.preview(self._current, self._alias_name, self._wanted(), by_name, provisioned)
            )

    # messages

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

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id == "new-alias":
            self._refresh_preview()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "new-alias":
            self.action_plan()

    def on_weight_slider_moved(self, event: WeightSlider.Moved) -> None:
        if self.strategy == "simple" and event.percent != 100:
            self.query_one(StrategyRow).chosen = "weighted"
        self._refresh_preview()

    async def on_strategy_row_chosen(self, event: StrategyRow.Chosen) -> None:
        await self._show_strategy(event.kind)

    def on_strategy_panel_edited(self) -> None:
        self._refresh_preview()

    async def _show_strategy(self, kind: str) -> None:
        """Shows the fader or a form, which is made when it is first wanted."""
        is_form = kind in FORMS
        container = self.query_one("#form", Container)
        self.query_one("#at-once").display = not is_form
        self.query_one("#live").display = not is_form
        container.display = is_form
        self.query_one("#canary-label", Label).update("   to " if kind != "weighted" else "   canary ")
        slider = self.query_one(WeightSlider)
        if is_form:
            from lambdatui.tui.widgets.strategy_panel import StrategyPanel

            if self.panel is None:
                await container.mount(StrategyPanel(self.session, self.scope, kind))
            for panel in self.query(StrategyPanel):
                panel.display = panel.kind == kind
        elif kind == "simple":
            slider.put(100)
        elif not slider.touched:
            self._show_alias()
        self._refresh_preview()
        self.refresh_bindings()

    # actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted or not self.query(StrategyRow):
            return True
        is_form = self.strategy in FORMS
        shown = {
            "plan": not is_form,
            "plan_form": is_form,
            "swap": not is_form,
            "way_back": self._current is not None,
            "routings": self._current is not None,
            "canary": len(self.routing.versions) > 1,
            "provision": self._current is not None and not is_form,
        }
        return shown.get(action, True)

    async def action_next_strategy(self) -> None:
        row = self.query_one(StrategyRow)
        kinds = [kind for kind, _ in STRATEGIES]
        row.chosen = kinds[(kinds.index(row.chosen) + 1) % len(kinds)]
        await self._show_strategy(row.chosen)
        panel = self.panel
        if panel is not None:
            panel.enter()
        else:
            self.set_focus(self.query_one(WeightSlider))

    def action_next_alias(self) -> None:
        names = [alias.name for alias in self.routing.aliases] + [NEW]
        at = names.index(self._alias) if self._alias in names else -1
        self._alias = names[(at + 1) % len(names)]
        self._asked_for = None
        self.query_one(WeightSlider).touched = False
        self._fill_aliases()
        self._show_alias()
        self.refresh_bindings()
        if not self._alias:
            self.set_focus(self.query_one("#new-alias", Input))

    def action_swap(self) -> None:
        stable, canary = self._chosen("#stable"), self._chosen("#canary")
        self.query_one("#stable", Select).value = canary
        self.query_one("#canary", Select).value = stable
        slider = self.query_one(WeightSlider)
        slider.percent = 100 - slider.percent

    def _place(self) -> dict[str, str | None]:
        return {"profile": self.scope.profile or None, "region": self.scope.region}

    def action_way_back(self) -> None:
        """Plans the routing before the alias's last change."""
        self._back()

    def action_routings(self) -> None:
        """Lists the routings that the alias has had."""
        from lambdatui.journal import Routing as PastRouting
        from lambdatui.tui.screens.routings import RoutingsScreen

        def chosen(routing: PastRouting | None) -> None:
            if routing is not None:
                self._back(version=routing.version, weights=dict(routing.weights))

        self.app.push_screen(RoutingsScreen(self.session, self.scope, self.function, self._alias), chosen)

    def _back(self, **routing: Any) -> None:
        from lambdatui.stages.way_back import WayBack

        if self._current is not None:
            self.act(WayBack(function=self.function, alias=self._alias, **self._place(), **routing))

    def action_canary(self) -> None:
        """Judges the canary that is chosen beside the stable version, by the calls through this alias."""
        from lambdatui.tui.screens.canary_form import CanaryForm

        stable, canary = self._chosen("#stable"), self._chosen("#canary")
        if stable == canary:
            stable = canary = ""
        screen = CanaryForm(self.session, self.scope, self.function, baseline=stable, canary=canary, alias=self._alias)
        self.app.push_screen(screen)

    def action_provision(self) -> None:
        """Asks how many environments are to be kept ready for the alias, and plans it."""
        from lambdatui.tui.screens.ask_number import AskNumber

        alias = self._current
        if alias is None:
            return
        if alias.extra:
            words = f"{alias.name} shares its traffic, and AWS gives no provisioned concurrency to such an alias."
            self.notify(words, title="Not now", severity="warning", markup=False)
            return

        def answered(number: int | None) -> None:
            from lambdatui.stages.route import Route, Simple

            if number is not None:
                self.act(
                    Route(
                        function=self.function,
                        alias=alias.name,
                        strategy=Simple(to=alias.version),
                        provisioned_concurrency=number,
                        **self._place(),
                    )
                )

        now = self.routing.provisioned.get(alias.name)
        question = f"How many environments are kept ready for {one_line(self.function)}:{one_line(alias.name)}?"
        hint = "0 removes them. They move along when the alias moves to another version in one go."
        title = "Provisioned concurrency"
        self.app.push_screen(
            AskNumber(title, question, hint, now.requested if now else 0, 0, MOST_PROVISIONED), answered
        )

    def action_refresh(self) -> None:
        self.reload()

    def action_plan(self) -> None:
        from lambdatui.stages.route import Simple, Weighted

        main, extra = self._wanted()
        if not main:
            return
        canary = next(iter(extra), None)
        percent = self.query_one(WeightSlider).percent
        self._plan(Simple(to=main) if canary is None else Weighted(stable=main, canary=canary, percent=percent))

    def action_plan_form(self) -> None:
        from lambdatui.tui import strategy_forms

        panel = self.panel
        if panel is None:
            return
        panel.form.take()
        if panel.form.first_trouble() or not self._chosen("#canary"):
            return
        strategy = strategy_forms.built(panel.draft, self._chosen("#canary"), self._chosen("#stable"))
        self._plan(strategy, panel.folder)

    def _plan(self, strategy: Any, folder: Path | None = None) -> None:
        from pydantic import ValidationError

        from lambdatui.stages.route import Route

        try:
            stage = Route(function=self.function, alias=self._alias_name, strategy=strategy, **self._place())
        except ValidationError:
            words = " ▲ An alias is a name of letters, digits, - and _, and not a number."
            self.query_one("#preview", Static).update(Content.assemble((words, "$warn")))
            self.set_focus(self.query_one("#new-alias", Input))
            return
        if self._current is None:
            self._alias = self._alias_name
        self.act(stage, folder=folder)
