"""Canary configs: which metrics are judged, and how. Kayenta's JSON is read as it is, and so is the same in YAML.

The format is Kayenta's `CanaryConfig`: https://github.com/spinnaker/kayenta/blob/master/docs/canary-config.md. Kayenta
takes what it does not know in silence, and a direction that it does not know for `either`; here both are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from lambdatui import documents
from lambdatui.documents import Document, FieldPath
from lambdatui.errors import BadInput, near_match

NETFLIX_ACA = "NetflixACAJudge-v1.0"
"""Kayenta's judge by the name it has in a config."""
DEFAULT_PASS, DEFAULT_MARGINAL = 75.0, 50.0


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True, populate_by_name=True)


class EffectSize(_Part):
    """How large a difference must be to count. Absent limits are 1.0 for meanRatio and 0.5 for cles."""

    measure: Literal["meanRatio", "cles"] = "meanRatio"
    """The ratio of the means, or the share of pairs in which the canary's value is the greater."""
    allowed_increase: float | None = Field(None, alias="allowedIncrease")
    """High needs an effect of this at least."""
    allowed_decrease: float | None = Field(None, alias="allowedDecrease")
    """Low needs an effect of this at most."""
    critical_increase: float | None = Field(None, alias="criticalIncrease")
    """From this effect on, High of a critical metric fails the canary."""
    critical_decrease: float | None = Field(None, alias="criticalDecrease")
    """From this effect down, Low of a critical metric fails the canary."""

    def limit(
        self, name: Literal["allowed_increase", "allowed_decrease", "critical_increase", "critical_decrease"]
    ) -> float:
        """A limit, or its default."""
        given: float | None = getattr(self, name)
        if given is not None:
            return given
        return 1.0 if self.measure == "meanRatio" else 0.5


class Outliers(_Part):
    """Whether values far outside are dropped before anything else."""

    strategy: Annotated[Literal["keep", "remove"], BeforeValidator(_lower)] = "keep"
    outlier_factor: Annotated[float, Field(ge=0)] = Field(3.0, alias="outlierFactor")
    """So many interquartile ranges beyond the quartiles is far outside."""


class CanaryAnalysis(_Part):
    """How one metric is judged: `analysisConfigurations.canary`."""

    direction: Annotated[Literal["increase", "decrease", "either"], BeforeValidator(_lower)] = "either"
    """Which way is bad."""
    nan_strategy: Annotated[Literal["remove", "replace"], BeforeValidator(_lower)] = Field(
        "remove", alias="nanStrategy"
    )
    """What becomes of a period without a value: it is left out, or counts as 0."""
    critical: bool = False
    """A failure of this metric is a failure of the canary."""
    must_have_data: bool = Field(False, alias="mustHaveData")
    """No data is a failure of the metric."""
    muted: bool = False
    """It is told, and does not count."""
    effect_size: EffectSize = Field(EffectSize(), alias="effectSize")
    outliers: Outliers = Outliers()


class AnalysisConfigurations(_Part):
    """The part of a metric that the judge reads."""

    canary: CanaryAnalysis = CanaryAnalysis()


class MetricConfig(_Part):
    """One metric: what is asked for, and how it is judged."""

    name: Annotated[str, Field(min_length=1)]
    query: Mapping[str, Any] = {}
    """What the source of the samples asks for; its `type` says whose query it is."""
    groups: tuple[str, ...] = ()
    """The groups in whose scores it counts; a metric in none counts only where it is critical or has no data."""
    analysis_configurations: AnalysisConfigurations = Field(AnalysisConfigurations(), alias="analysisConfigurations")
    scope_name: str | None = Field(None, alias="scopeName")

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_absent(cls, value: Any) -> Any:
        return {key: item for key, item in value.items() if item is not None} if isinstance(value, Mapping) else value

    @property
    def analysis(self) -> CanaryAnalysis:
        return self.analysis_configurations.canary


class ScoreThresholds(_Part):
    """Which scores are good."""

    passing: Annotated[float, Field(ge=0, le=100)] = Field(DEFAULT_PASS, alias="pass")
    """The last score must be this at least."""
    marginal: Annotated[float, Field(ge=0, le=100)] = DEFAULT_MARGINAL
    """A score of this or less fails at once."""


class Classifier(_Part):
    """How the metrics add up."""

    group_weights: Mapping[str, float] = Field({}, alias="groupWeights")
    """Each group's points of 100; groups without share what is left."""
    score_thresholds: ScoreThresholds | None = Field(None, alias="scoreThresholds")

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_absent(cls, value: Any) -> Any:
        return {key: item for key, item in value.items() if item is not None} if isinstance(value, Mapping) else value


class JudgeConfig(_Part):
    """Which judge."""

    name: str = NETFLIX_ACA
    judge_configurations: Mapping[str, Any] = Field({}, alias="judgeConfigurations")


class CanaryConfig(_Part):
    """Which metrics, by which judge, and how they add up to a score."""

    name: str = ""
    metrics: Annotated[tuple[MetricConfig, ...], Field(min_length=1)]
    judge: JudgeConfig = JudgeConfig()
    templates: Mapping[str, Any] = {}
    classifier: Classifier = Classifier()

    @model_validator(mode="after")
    def _named_once(self) -> CanaryConfig:
        names = [metric.name for metric in self.metrics]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"there are {names.count(name)} metrics named '{name}': each needs a name of its own.")
        return self

    def warnings(self) -> tuple[str, ...]:
        """What a reader should know of the weights: points that no metric can earn, or that add up to no 100."""
        weights = self.classifier.group_weights
        there = {group for metric in self.metrics if not metric.analysis.muted for group in metric.groups}
        found = [
            f"group '{name}' has {weight:g} points and no metric: they are lost.{near_match(name, there)}"
            for name, weight in weights.items()
            if name not in there
        ]
        total = sum(weights.values())
        without = [name for name in sorted(there) if name not in weights]
        if without and total > 100:
            found.append(f"the weights are {total:g} in all, so that {', '.join(without)} would count below nothing.")
        elif not without and weights and abs(total - 100) > 0.005:
            found.append(f"the weights are {total:g} in all, not 100: no score can be above {max(0.0, total):g}.")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Read:
    """A config as it was read, with what in it nothing knows."""

    config: CanaryConfig
    warnings: tuple[str, ...]


def read(path: Path | str) -> Read:
    """The config in a file of JSON or YAML. Raises BadInput that names line, field and what was expected.

    Taken as well is what Kayenta's API takes for a canary at once: `canaryConfig`, with thresholds beside it in
    `executionRequest`.
    """
    text = documents.text_in(path)
    # a tab is blank in JSON and none in YAML, which reads both; in a string JSON allows it only as \t
    if str(path).endswith(".json"):
        text = text.replace("\t", " ")
    return parsed(documents.parse(text, str(path)))


def parsed(document: Document) -> Read:
    """The config in a document. Raises BadInput."""
    value = document.value
    if isinstance(value, Mapping) and "canaryConfig" in value and "metrics" not in value:
        document, value = _unwrapped(document), value["canaryConfig"]
    if isinstance(value, Mapping) and "metrics" not in value:
        raise BadInput(
            f"{document.source}: this is no canary config: it has no field 'metrics'.{near_match('metrics', value)}"
        )
    config = documents.check(document, CanaryConfig)
    thresholds = config.classifier.score_thresholds
    if thresholds is not None and thresholds.marginal > thresholds.passing:
        place = document.place(("classifier", "scoreThresholds", "marginal"))
        raise BadInput(
            f"{place}: classifier.scoreThresholds.marginal: {thresholds.passing:g} or less was expected, "
            f"as pass is, not {thresholds.marginal:g}."
        )
    unknown = tuple(f"{document.place(path)}: {words}" for path, words in _unknown(config))
    return Read(config, (*unknown, *config.warnings()))


def _unwrapped(document: Document) -> Document:
    inner = document.value["canaryConfig"]
    request = document.value.get("executionRequest")
    thresholds = request.get("thresholds") if isinstance(request, Mapping) else None
    lines = {path[1:]: line for path, line in document.lines.items() if path[:1] == ("canaryConfig",)}
    if isinstance(inner, Mapping) and isinstance(thresholds, Mapping):
        classifier = {**(inner.get("classifier") or {}), "scoreThresholds": thresholds}
        inner = {**inner, "classifier": classifier}
    return Document(document.source, inner, lines)


def _unknown(config: CanaryConfig) -> Iterator[tuple[FieldPath, str]]:
    """Where something stands in a metric's judging that nothing reads: a misspelt field would change the verdict."""
    for index, metric in enumerate(config.metrics):
        base: FieldPath = ("metrics", index, "analysisConfigurations", "canary")
        analysis = metric.analysis
        for part, path in (
            (analysis, base),
            (analysis.effect_size, (*base, "effectSize")),
            (analysis.outliers, (*base, "outliers")),
        ):
            known = [info.alias or name for name, info in type(part).model_fields.items()]
            for name in part.model_extra or {}:
                words = f"'{name}' is not known, and changes nothing.{near_match(name, known)}"
                yield (*path, name), f"{metric.name}: {words}"
