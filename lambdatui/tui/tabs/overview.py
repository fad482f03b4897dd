"""Overview: what is wrong first, then the configuration as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lambdatui.aws import asynchronous, functions, metrics, problems
from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.aws.problems import Checked, Problem
from lambdatui.errors import LambdatuiError
from lambdatui.text import one_line, size
from lambdatui.tui import states
from lambdatui.tui.offers import Copyable
from lambdatui.tui.record_documents import as_json
from lambdatui.tui.tabs.tab import FunctionTab
from lambdatui.tui.widgets.function_summary import alias_line

GLYPHS = {"bad": ("✖", "$bad"), "warn": ("▲", "$warn"), "note": ("·", "$muted")}
LABEL = 18


@dataclass(frozen=True, slots=True)
class Overview:
    """A function, what is wrong with it, and what was called in the last hour (None where that may not be read)."""

    checked: Checked
    problems: tuple[Problem, ...]
    last_hour: Mapping[str, float] | None


class OverviewTab(FunctionTab[Overview]):
    """The function at a glance."""

    title = "Overview"

    DEFAULT_CSS = """
    OverviewTab VerticalScroll { padding: 0 1; scrollbar-size-vertical: 1; }
    OverviewTab Static { height: auto; }
    """

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="first"):
            yield Static("Reading …", id="overview")

    def read(self, account: Account) -> Overview:
        name = self.subject.function
        found = functions.get(account, name)
        try:
            names = ("Invocations", "Errors", "Throttles", "AsyncEventsReceived")
            hour: Mapping[str, float] | None = metrics.last_hour(account, name, names, states.now())
        except AwsError:
            # what CloudWatch would say is worth less than the rest
            hour = None
        settings = asynchronous.get(account, name)
        dead_letters = (found.configuration.get("DeadLetterConfig") or {}).get("TargetArn")
        checked = Checked(
            found,
            aws.list_versions(account, name),
            aws.list_aliases(account, name),
            has_failure_destination=bool(dead_letters or (settings and settings.on_failure)),
            is_async=bool(hour and hour["AsyncEventsReceived"]),
            throttles=hour["Throttles"] if hour else None,
        )
        return Overview(checked, tuple(problems.find(checked, states.today())), hour)

    def show(self, value: Overview) -> None:
        lines = [*_problems(value.problems), Content(""), *_traffic(value), Content("")]
        lines += _configuration(value.checked)
        self.query_one("#overview", Static).update(Content("\n").join(lines))

    def copies(self) -> Sequence[Copyable]:
        if self.last is None:
            return super().copies()
        found = self.last.value.checked.function
        get = found.configuration.get
        return [
            Copyable("ARN", get("FunctionArn", "")),
            Copyable("name", found.name),
            Copyable("role's ARN", get("Role", "")),
            Copyable("image", found.code.get("ImageUri", "")),
            Copyable("JSON", as_json(found.configuration)),
        ]

    def show_trouble(self, error: LambdatuiError) -> None:
        if self.last is None:
            self.query_one("#overview", Static).update(Content.assemble((f"✖ {one_line(str(error))}", "$bad")))


def _problems(found: Sequence[Problem]) -> list[Content]:
    if not found:
        return [Content.assemble(("● Nothing is wrong that can be seen from here.", "$ok"))]
    lines = []
    for problem in found:
        glyph, colour = GLYPHS[problem.level]
        strong = "" if problem.level == "note" else "bold "
        lines.append(
            Content.assemble(
                (f"{glyph} ", colour),
                (one_line(problem.text), f"{strong}{colour}" if problem.level != "note" else ""),
                (f"  {problem.hint}" if problem.hint else "", "$muted"),
            )
        )
    return lines


def _traffic(value: Overview) -> list[Content]:
    lines = [Content.assemble(*alias_line(alias)) for alias in value.checked.aliases]
    hour = value.last_hour
    if hour is not None:
        calls, errors, throttles = hour["Invocations"], hour["Errors"], hour["Throttles"]
        rate = f"{errors / calls * 100:.2f} %" if calls else "–"
        lines.append(
            Content.assemble(
                ("last hour  ", "$muted"),
                f"{calls:,.0f} invocation{'' if calls == 1 else 's'}   ",
                ("errors ", "$muted"),
                (f"{errors:,.0f} ({rate})   ", "$bad" if errors else ""),
                ("throttles ", "$muted"),
                (f"{throttles:,.0f}", "$warn" if throttles else ""),
            )
        )
    return lines


def _configuration(checked: Checked) -> list[Content]:
    function = checked.function
    get = function.configuration.get
    variables = (get("Environment") or {}).get("Variables") or {}
    network = get("VpcConfig") or {}
    logging = get("LoggingConfig") or {}
    newest = checked.versions[0] if checked.versions else None
    pairs: list[tuple[str, Any]] = [
        ("description", get("Description")),
        ("arn", get("FunctionArn")),
        ("state", f"{get('State', '–')}, last update {get('LastUpdateStatus', '–')}"),
        ("modified", states.modified(get("LastModified", ""))),
        ("newest version", f"{newest.name}  {newest.description}" if newest else "none is published"),
        ("runtime", get("Runtime") or "container image"),
        ("handler", get("Handler")),
        ("image", (function.code or {}).get("ImageUri")),
        ("architecture", ", ".join(get("Architectures") or ())),
        ("memory", f"{get('MemorySize')} MB"),
        ("timeout", f"{get('Timeout')} s"),
        ("temporary disk", f"{(get('EphemeralStorage') or {}).get('Size', 512)} MB"),
        ("code", f"{size(get('CodeSize', 0))}, sha256 {str(get('CodeSha256', ''))[:8]}"),
        ("role", get("Role")),
        ("environment", f"{len(variables)} variables" if variables else "none"),
        ("layers", ", ".join(layer["Arn"].split(":layer:")[-1] for layer in get("Layers") or ()) or "none"),
        ("logs", f"{logging.get('LogGroup', f'/aws/lambda/{function.name}')}  {logging.get('LogFormat', 'Text')}"),
        ("tracing", (get("TracingConfig") or {}).get("Mode")),
        ("vpc", f"{network['VpcId']}, {len(network.get('SubnetIds', ()))} subnets" if network.get("VpcId") else "none"),
        ("dead letters", (get("DeadLetterConfig") or {}).get("TargetArn") or "none"),
        ("kms key", get("KMSKeyArn")),
        ("snapstart", (get("SnapStart") or {}).get("ApplyOn")),
        ("tags", ", ".join(f"{key}={value}" for key, value in sorted(function.tags.items())) or "none"),
    ]
    return [
        Content.assemble((f"{name:<{LABEL}}", "$muted"), one_line(str(value)))
        for name, value in pairs
        if value not in (None, "", "None")
    ]
