"""The form of a canary: which version is judged beside which, by which samples, by which judge."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.scope import Scope
from lambdatui.aws.versions import Alias, Version
from lambdatui.canary.lambda_metrics import DEFAULTS, METRICS
from lambdatui.errors import LambdatuiError
from lambdatui.stages.canary import Canary
from lambdatui.stages.load.saved import SavedRun, SavedRuns
from lambdatui.text import one_line
from lambdatui.tui import canary_start, states
from lambdatui.tui.form import choosing, row_help
from lambdatui.tui.form.draft import Draft
from lambdatui.tui.form.draft import Path as FieldPath
from lambdatui.tui.form.fields import fields_of
from lambdatui.tui.form.sections import Section, laid_out
from lambdatui.tui.screens.choose import Option
from lambdatui.tui.screens.function_screen import FunctionScreen
from lambdatui.tui.screens.pick import PickScreen
from lambdatui.tui.screens.saved_invocations import moment
from lambdatui.tui.session import Session
from lambdatui.tui.widgets.key_bar import KeyBar
from lambdatui.tui.widgets.lines import Lines
from lambdatui.tui.widgets.stage_form import StageForm

SECTIONS: Sequence[Section] = (
    Section("what", "What is judged", ("baseline", "canary")),
    Section("samples", "By which samples", ("source", "alias", "since", "until")),
    Section("judge", "By which judge", ("judge", "config", "metrics", "pass_score", "marginal_score")),
    Section("watch", "Watched as time goes", ("lifetime", "interval", "warm_up", "lookback", "baseline_offset")),
    Section("exact", "The exact judge", ("alpha", "min_samples")),
)
_NAMES = frozenset(name for section in SECTIONS for name in section.fields)
_RESULTS: FieldPath = ("source", "results")
_WORDS = {
    "cloudwatch": "Lambda's metrics by version, minute by minute",
    "invocations": "saved runs of invocations, call by call",
    "file": "samples in a CSV or JSON file",
    "exact": "for few samples; looking often does not raise false alarms",
    "kayenta": "NetflixACAJudge-v1.0, for 50 values a side or more",
}
_MOST_FILES = 200


class Known(NamedTuple):
    """What there is to compare, newest first, and who serves it."""

    versions: Sequence[Version]
    aliases: Sequence[Alias]


class CanaryForm(FunctionScreen[Known]):
    """The form. f5 judges, and the form is there again afterwards.

    `canary`, `baseline` and `alias` are what is known already. `runs` are saved runs to judge by: the path of each
    with what it added up to, as the Invoke stage's outputs.
    """

    CSS_PATH = "canary_form.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "judge", "judge", id="canary_form.judge", key_display="f5"),
        Binding("f", "saved_runs", "by saved runs", id="canary_form.saved_runs"),
        Binding("w", "swap", "swap the sides", id="canary_form.swap"),
        Binding("escape,q", "back", "back", id="canary_form.back", key_display="esc"),
    ]

    def __init__(
        self,
        session: Session,
        scope: Scope,
        function: str,
        *,
        baseline: str = "",
        canary: str = "",
        alias: str = "",
        runs: Mapping[Path, Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__(session, scope, function, "Canary")
        self._alias = alias
        self._figures: dict[str, Mapping[str, Any]] = {}
        self._kind = "cloudwatch"
        self.known = Known((), ())
        values: dict[str, Any] = {"function": function, "source": {"kind": "cloudwatch"}, "since": canary_start.SINCE}
        values |= {name: value for name, value in (("baseline", baseline), ("canary", canary)) if value}
        self.draft = Draft(Canary, values)
        if runs:
            self._take_runs({str(path): figures for path, figures in runs.items()})

    def compose(self) -> ComposeResult:
        yield self.identity_bar()
        fields = [field for field in fields_of(Canary) if field.name in _NAMES]
        pickable = frozenset({"baseline", "canary", "alias", "config", "metrics", ".".join(map(str, _RESULTS))})
        yield StageForm(self.draft, laid_out(SECTIONS, fields), exists=False, pickable=pickable)
        yield Lines(id="form-help")
        yield Lines(id="preview")
        yield KeyBar()

    def on_mount(self) -> None:
        form = self.form
        for section in SECTIONS[:3]:
            form.rows.reveal((section.fields[0],))
        form.rows.unfold(("source",))
        if self._kind == "invocations":
            form.rows.unfold(_RESULTS)
        form.show()
        self.set_focus(form.table)
        form.go_to(("canary",))
        self._preview()

    @property
    def form(self) -> StageForm:
        return self.query_one(StageForm)

    # what there is

    def read_function(self, account: Account) -> Known:
        return Known(aws.list_versions(account, self.function), aws.list_aliases(account, self.function))

    def show(self, value: Known) -> None:
        self.known = value
        chosen = str(self.draft.get(("canary",)) or "")
        found = canary_start.sides(value.versions, value.aliases, chosen, self._alias)
        for name, number in zip(found._fields, found, strict=True):
            if number and self.draft.get((name,)) is None:
                self.draft.put((name,), number)
        self.form.show()
        self._preview()

    def show_error(self, error: LambdatuiError) -> None:
        self.notify(str(error), title="The versions cannot be read", severity="warning", markup=False)

    # the form

    def on_stage_form_focused(self, event: StageForm.Focused) -> None:
        self.query_one("#form-help", Lines).update(row_help.lines(event.row, event.trouble))
        self._preview()

    def on_stage_form_choosing(self, event: StageForm.Choosing) -> None:
        choosing.ask(self.form, event, words=_WORDS, left_alone="what the config says, or the default")

    def on_stage_form_changed(self, _: StageForm.Changed) -> None:
        kind = str(self.draft.get(("source", "kind")) or "cloudwatch")
        if kind != self._kind:
            self._fit(kind)
            self.form.rows.unfold(("source",))
            self.form.show()
            if kind == "invocations" and not self.draft.get(_RESULTS):
                self.action_saved_runs()
        self._preview()

    def _fit(self, kind: str) -> None:
        """Has the rest go with another source: CloudWatch is asked since when, what is stored is judged whole."""
        self._kind = kind
        draft = self.draft
        if kind == "cloudwatch":
            if draft.get(("since",)) is None and draft.get(("lifetime",)) is None:
                draft.put(("since",), canary_start.SINCE)
            return
        if draft.get(("since",)) == canary_start.SINCE:
            draft.leave_alone(("since",))
        draft.leave_alone(("alias",))

    def _preview(self) -> None:
        lines = [self._told()]
        missing = self._not_served()
        if missing:
            words = f"None of the saved calls went to version {missing}: f adds a run that has some."
            lines.append(Content.assemble((f" ▲ {one_line(words)}", "$warn")))
        self.query_one("#preview", Lines).update(lines)

    def _told(self) -> Content:
        draft = self.draft
        trouble = next(iter([*draft.troubles.values(), *draft.missing.values()]), "")
        if trouble:
            return Content.assemble((f" ▲ {one_line(trouble)}", "$warn"))
        stage: Canary = Canary.model_validate(draft.values)
        match stage.source.kind:
            case "cloudwatch":
                watched = f"for {draft.get(('lifetime',)) or '30m'} from now"
                source = f"by CloudWatch, {f'since {stage.since}' if stage.since else watched}"
            case "invocations":
                count = len(draft.get(_RESULTS) or ())
                source = f"by {count} saved run{'' if count == 1 else 's'}"
            case _:
                source = "by a file of samples"
        judge = stage.judge or (f"the judge of {stage.config}" if stage.config else "exact")
        return Content.assemble(
            (" ▸ ", "bold $busy"),
            (f"canary {one_line(stage.canary)}", "bold $canary"),
            " beside ",
            (f"baseline {one_line(stage.baseline)}", "bold $stable"),
            (f"   {source}   judge: {one_line(judge)}", "$muted"),
        )

    def _not_served(self) -> str:
        """A side of which the chosen saved runs are known to have no call; empty where there is none such."""
        results = self.draft.get(_RESULTS) if self._kind == "invocations" else None
        if not results or any(str(path) not in self._figures for path in results):
            return ""
        served = canary_start.served_by(self._figures[str(path)] for path in results)
        wanted = [str(self.draft.get((name,)) or "") for name in ("baseline", "canary")]
        return next((name for name in wanted if served and name.isdigit() and name not in served), "")

    # picking

    def on_stage_form_picking(self, event: StageForm.Picking) -> None:
        path = event.path
        match path:
            case ("baseline" | "canary",):
                self._pick("Versions and aliases", self._versions(), lambda values: self.form.choose(path, values[0]))
            case ("alias",):
                aliases = [Option(one.name, one.name, states.alias_traffic(one)) for one in self.known.aliases]
                self._pick("Aliases", aliases, lambda values: self.form.choose(path, values[0]))
            case ("config",):
                self._pick_later("Canary configs", _configs, lambda values: self.form.choose(path, values[0]))
            case ("metrics", *_):
                self._pick(
                    "Metrics", self._metrics(), lambda values: self.form.append(("metrics",), values), several=True
                )
            case _:
                self.action_saved_runs()

    def _versions(self) -> list[Option]:
        found = [
            Option(f"alias({one.name})", f"alias({one.name})", f"serves {one.version}") for one in self.known.aliases
        ]
        found += [Option(word, word, "by order") for word in ("newest", "previous") if self.known.versions]
        return found + [
            Option(one.name, f"version {one.name}", one_line(one.description)) for one in self.known.versions
        ]

    def _metrics(self) -> list[Option]:
        usual = DEFAULTS[self._kind]  # type: ignore[index]
        return [
            Option(name, name, f"{metric.title}{'' if name in usual else ' · not judged by default'}")
            for name, metric in METRICS.items()
        ]

    def _pick(
        self,
        title: str,
        options: Sequence[Option],
        take: Callable[[tuple[str, ...]], None],
        *,
        several: bool = False,
        free: bool = True,
    ) -> None:
        def picked(values: tuple[str, ...] | None) -> None:
            if values:
                take(values)

        screen = PickScreen(self.session, self.scope, title, None, options=options, several=several, free=free)
        self.app.push_screen(screen, picked)

    def _pick_later(
        self, title: str, read: Callable[[], Sequence[Option]], take: Callable[[tuple[str, ...]], None], **more: bool
    ) -> None:
        """Picks from a list that is read from the disk first."""

        async def listed() -> None:
            try:
                options = await asyncio.to_thread(read)
            except (LambdatuiError, OSError) as error:
                self.notify(str(error), severity="error", markup=False)
                return
            self._pick(title, options, take, **more)

        self.run_worker(listed(), group="listed", exclusive=True, exit_on_error=False)

    def action_saved_runs(self) -> None:
        """Judges by saved runs of this function's invocations."""
        found: dict[str, SavedRun] = {}

        def read() -> list[Option]:
            account = self.session.told.get(self.scope)
            here = account[0].account_id if account is not None else ""
            for saved in SavedRuns().list():
                is_here = saved.region in ("", self.scope.region) and (not here or saved.account in ("", here))
                if saved.function == self.function and is_here and not saved.running:
                    found[str(saved.path)] = saved
            return [Option(path, _named(saved), _served(saved)) for path, saved in found.items()]

        def take(values: tuple[str, ...]) -> None:
            self._take_runs({value: found[value].figures if value in found else {} for value in values})
            self._fit("invocations")
            self.form.rows.unfold(_RESULTS)
            self.form.show()
            self._preview()

        self._pick_later(f"Saved runs of {one_line(self.function)}", read, take, several=True)

    def _take_runs(self, runs: Mapping[str, Mapping[str, Any]]) -> None:
        """Judges by these runs besides those that are chosen already, and by the versions that they compare."""
        self._figures |= {path: figures for path, figures in runs.items() if figures}
        there = list(self.draft.get(_RESULTS) or ()) if self.draft.get(("source", "kind")) == "invocations" else []
        results = list(dict.fromkeys([*there, *runs]))
        self.draft.put(("source",), {"kind": "invocations", "results": results})
        self._fit("invocations")
        compared = canary_start.sides_of_runs(self._figures.get(path, {}) for path in results)
        if compared is not None:
            for name, number in zip(compared._fields, compared, strict=True):
                self.draft.put((name,), number)

    # what can be done

    def action_swap(self) -> None:
        """Has the baseline be the canary, and the canary the baseline."""
        before = {name: self.draft.get((name,)) for name in ("baseline", "canary")}
        for name, other in (("baseline", "canary"), ("canary", "baseline")):
            if before[other]:
                self.draft.put((name,), before[other])
        self.form.show()
        self._preview()

    def action_judge(self) -> None:
        from lambdatui.tui.screens.canary import CanaryScreen

        form = self.form
        form.take()
        if form.first_trouble():
            return
        stage = Canary(**self.draft.values, profile=self.scope.profile or None, region=self.scope.region or None)
        self.app.push_screen(CanaryScreen(self.session, self.function, stage=stage, scope=self.scope))


def _named(saved: SavedRun) -> str:
    beside = f" beside {saved.other_qualifier}" if saved.other_qualifier else ""
    return one_line(f"{moment(saved)}  {saved.qualifier or '$LATEST'}{beside}")


def _served(saved: SavedRun) -> str:
    count, versions = saved.figures.get("count"), canary_start.served_by([saved.figures])
    told = [
        f"{count:,} calls" if isinstance(count, int) else "",
        f"served by {', '.join(versions)}" if versions else "",
    ]
    return one_line(" · ".join(part for part in told if part)) or "cut off"


def _configs() -> list[Option]:
    """The files of this folder that may be a canary config."""
    files = sorted(path for path in Path.cwd().iterdir() if path.suffix in (".json", ".yaml", ".yml"))
    return [Option(path.name, path.name) for path in files[:_MOST_FILES]]
