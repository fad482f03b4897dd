"""Rollout: traffic that moves in steps, live: the fader moves with them, and a person may hold it or send it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lambdatui.aws import metrics, versions
from lambdatui.aws.account import Account
from lambdatui.aws.metrics import Minutes
from lambdatui.errors import LambdatuiError
from lambdatui.journal import RolloutState
from lambdatui.stages import traffic
from lambdatui.stages.alias_standing import told
from lambdatui.stages.controls import Wish
from lambdatui.stages.event import Event, Failed, Result
from lambdatui.stages.plan import Plan
from lambdatui.stages.rollout.verdict import Verdict
from lambdatui.text import one_line
from lambdatui.tui import rollout_words, served_words, states
from lambdatui.tui.feed import Feed
from lambdatui.tui.labelled import hanging
from lambdatui.tui.rollout_words import Shown
from lambdatui.tui.screens.run import RunScreen
from lambdatui.tui.traffic_preview import described
from lambdatui.tui.widgets.alias_figures import MINUTES, POLL_SECONDS
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.weight_slider import WeightSlider

if TYPE_CHECKING:
    from lambdatui.stages.stage import Stage
    from lambdatui.tui.session import Session


@dataclass(frozen=True, slots=True)
class Served:
    """What the two versions served lately, or why nobody knows."""

    by_version: dict[str, Minutes]
    error: str = ""
    described: Mapping[str, str] = field(default_factory=dict)
    """The versions in words."""


class RolloutScreen(RunScreen):
    """One rollout of an alias from its first step, or from where it was taken up, to its end."""

    CSS_PATH = "rollout.tcss"
    run_title = "Rollout"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "wish('go on')", "go on", id="rollout.go_on"),
        Binding("p", "wish('pause')", "pause", id="rollout.pause"),
        Binding("b", "wish('step back')", "step back", id="rollout.step_back"),
        Binding("a", "abort", "abort", id="rollout.abort"),
        Binding("v", "probes", "probes", id="rollout.probes"),
        Binding("d", "decide", "go on or put back", id="rollout.decide"),
        Binding("enter,escape", "close", "close", id="rollout.close"),
        Binding("escape,q", "leave", "leave …", id="rollout.leave", key_display="esc"),
    ]

    def __init__(
        self, session: Session, stage: Stage, plan: Plan, folder: Path | None = None, anyway: bool = False
    ) -> None:
        super().__init__(session, stage, plan, folder, anyway)
        state: RolloutState = plan.facts["state"]
        self.shown = Shown(state)
        self.served: Served | None = None
        self._asks = False
        self._began = self._step_began = self.clock.now()

    @property
    def new(self) -> str:
        """The version that gets the traffic."""
        return str(self.shown.state.more["new"])

    @property
    def stable(self) -> str:
        """The version that has the rest."""
        return str(self.shown.state.more["stable"])

    @property
    def target(self) -> str:
        """Such as `checkout-api:live`."""
        return f"{self.stage.subject}:{self.shown.state.alias}"

    def compose(self) -> ComposeResult:
        yield self.identity_bar(self.target)
        yield Lines(id="phase")
        yield WeightSlider(fixed=True)
        yield Lines(id="served")
        with Horizontal(id="steps-and-gates"):
            yield Static("", id="steps")
            with VerticalScroll(id="gates-scroll"):
                yield Lines(id="gates")
        with VerticalScroll(id="run-scroll"):
            yield Lines(id="run-log")
        yield KeyBar()

    def on_mount(self) -> None:
        slider = self.query_one(WeightSlider)
        slider.stable, slider.canary = self.stable, self.new
        self._observations: Feed[Served] = Feed(self.app, self._take_served)
        self._polling = self.set_interval(POLL_SECONDS, self._observe)
        self.set_focus(self.query_one("#run-scroll"))
        self._observe()

    def on_unmount(self) -> None:
        self._observations.close()

    # what comes

    def take(self, event: Event) -> None:
        before, share = self.shown.at, self.shown.percent
        self.shown.take(event)
        at = self.shown.at
        if before is None or self.shown.percent != share:
            self._step_began = self.clock.now()
        if isinstance(event, Result) and isinstance(event.value, Verdict):
            glyph, colour = rollout_words.VERDICTS[event.value.outcome]
            words = one_line(event.value.words)
            self.say(Content.assemble((f"{glyph} ", colour), f"{one_line(event.value.gate)}: {words}"))
        if at is not None and before is not at and at.phase in ("frozen", "paused", "asking"):
            colour = "$bad" if at.phase == "frozen" else "$warn"
            self.say(Content.assemble((f"{at.phase}: ", f"bold {colour}"), one_line(at.words)))
            if at.phase in ("asking", "frozen"):
                # whoever has looked away for the length of a bake is called
                self.app.bell()

    def ended(self) -> None:
        self._polling.stop()
        self._observe()
        self.app.bell()

    def redraw(self) -> None:
        super().redraw()
        shown = self.shown
        phase = self.query_one("#phase", Lines)
        if self.is_over:
            failed = [hanging(Content.assemble(" ", line), 3) for line in self.outcome_lines()]
            phase.update(failed or rollout_words.ending(shown))
        else:
            phase.update(rollout_words.banner(shown))
        self.query_one(WeightSlider).put(shown.percent)
        steps = self.query_one("#steps", Static)
        room = max(3, self.query_one("#steps-and-gates").size.height - 1)
        title = Content.assemble((" STEP          LOOKED AT", "bold $muted"))
        steps.update(Content("\n").join([title, *rollout_words.step_lines(shown, room)]))
        gates = Content.assemble((" GATES", "bold $muted"))
        self.query_one("#gates", Lines).update([gates, *rollout_words.gate_lines(shown)])
        self._show_served()

    def on_resize(self) -> None:
        self.call_after_refresh(self.redraw)

    # the live figures

    @work(thread=True, exclusive=True, group="observe", exit_on_error=False)
    def _observe(self) -> None:
        state = self.shown.state

        def alone(minute: int) -> str:
            return state.before.version if minute < self._began else self.new if self.shown.percent else self.stable

        try:
            account = self.stage.account(self.session.world(self.clock))
            found = metrics.traffic_by_version(
                account, self.stage.subject, state.alias, [self.stable, self.new], MINUTES, states.now(), alone
            )
            self._observations.put(Served(found, described=self._described(account)))
        except LambdatuiError as error:
            self._observations.put(Served({}, str(error)))

    def _described(self, account: Account) -> Mapping[str, str]:
        """The two versions in words, which do not change: they are read once."""
        if self.served is not None and self.served.described:
            return self.served.described
        found = {version.name: version for version in versions.list_versions(account, self.stage.subject)}
        return {name: described(found.get(name), dated=True) for name in (self.stable, self.new)}

    def _take_served(self, items: list[Served]) -> None:
        self.served = items[-1]
        slider, words = self.query_one(WeightSlider), self.served.described
        slider.stable_words, slider.canary_words = words.get(self.stable, ""), words.get(self.new, "")
        self._show_served()

    def _show_served(self) -> None:
        served, percent = self.served, self.shown.percent
        asked = f"{100 - percent:g} % / {percent:g} %"
        lines = [Content.assemble((" asked ", "$muted"), (asked, "bold"))]
        if served is None:
            lines[0] = Content.assemble(lines[0], ("   served …", "$muted"))
        elif served.error:
            lines.append(Content.assemble((f"   live figures: {one_line(served.error)}", "$muted")))
        else:
            # whole minutes alone: the one in which the step began has the split from before it, too
            seen = served_words.shares(served.by_version, int((self.clock.now() // 60) - (self._step_began // 60)))
            words = "   served since then " if seen else "   served: CloudWatch tells of no whole minute yet"
            lines[0] = Content.assemble(lines[0], (words, "$muted"), (seen, "bold"))
            lines += served_words.lines(served.by_version, self.size.width)
        self.query_one("#served", Lines).update(lines)

    # a person's wishes

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        phase = self.shown.at.phase if self.shown.at is not None else ""
        waits = phase in ("paused", "asking")
        can: dict[object, bool] = {
            "go on": waits,
            "pause": not waits,
            "step back": self.shown.at is not None and self.shown.at.index >= 0,
        }
        match action:
            case "wish":
                return not self.is_over and can[parameters[0]]
            case "abort" | "leave":
                return not self.is_over
            case "probes":
                return bool(self.shown.probed)
            case "decide":
                return self._stays
            case "close":
                return self.is_over
            case _:
                return True

    @property
    def _stays(self) -> bool:
        """Whether it ended half-way, and the alias stays where it was then."""
        return isinstance(self.outcome, Failed) and not self.shown.is_back and self.shown.reached >= 0

    def action_wish(self, wish: Wish) -> None:
        match wish:
            case "go on":
                self.controls.go_on()
            case "pause":
                self.controls.pause()
            case "step back":
                self.controls.step_back()
            case "abort":
                self.controls.abort()
        self.say(Content.assemble((f"you: {wish}", "bold $accent")))
        self.show_log()

    def action_abort(self) -> None:
        self._ask("abort")

    def hold_app(self) -> bool:
        """Leaving the app would leave the alias at its step, which is asked about first."""
        if self.is_over or self._asks:
            return False
        self._ask("stay")
        return True

    def action_leave(self) -> None:
        self._ask("stay")

    def _ask(self, at_first: str) -> None:
        """What is to become of it: it goes on only while the app lives."""
        from lambdatui.tui.screens.choose import ChooseScreen, Option

        shown, before = self.shown, told(self.shown.state.before)
        stands = traffic.percent(shown.percent / 100)
        options = [
            Option("stay", "stay and watch", "nothing changes"),
            Option("leave", f"stop, and leave it at {stands}", "go on later, or put back then"),
            Option("abort", "abort, and put back", before),
        ]

        self._asks = True

        def chosen(values: tuple[str, ...] | None) -> None:
            self._asks = False
            if self.is_over or not values:
                return
            if values[0] == "leave":
                self.clock.cancel()
                self.say(Content.assemble(("you: stop here", "bold $accent")))
            elif values[0] == "abort":
                self.action_wish("abort")

        hint = "The rollout goes on only while lambdatui runs; what it has reached is in the journal."
        title = f"{self.target} is being rolled out"
        self.app.push_screen(ChooseScreen(title, options, chosen=[at_first], hint=hint), chosen)

    def action_probes(self) -> None:
        """Every probe so far."""
        from lambdatui.tui.screens.probes import ProbesScreen

        title = f"Probes of {self.stage.subject}:{self.new}"
        self.app.push_screen(ProbesScreen(title, self.shown.probed, self.open_invocation))

    def action_decide(self) -> None:
        """What is to become of one that stopped half-way."""
        self._find_stopped()

    @work(thread=True, exclusive=True, group="decide", exit_on_error=False)
    def _find_stopped(self) -> None:
        from lambdatui.stages.rollout.stopped import stopped
        from lambdatui.tui.screens.resume import ResumeScreen

        try:
            found = stopped(self.session.journal(), function=self.stage.subject)
        except LambdatuiError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", markup=False)
            return
        mine = [one for one in found if one.state.alias == self.shown.state.alias][:1]
        if mine:
            self.app.call_from_thread(self.app.push_screen, ResumeScreen(self.session, mine), lambda _: self.close())

    def action_close(self) -> None:
        self.close()
