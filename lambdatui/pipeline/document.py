"""What a pipeline's file says: parameters, defaults, and stages with what each of them needs. One model.

The inputs of a stage stand beside its id and its type, and are those of the stage's own model in `stages/`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from lambdatui.stages.strategy import Seconds

Kind = Literal["deploy", "update_code", "route", "delete", "invoke", "canary", "wait", "approve", "check", "run"]
"""The types of stages."""
Id = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$", description="Letters, digits, - and _.")]
ParameterType = Literal["string", "number", "boolean", "list"]
Scalar = str | int | float | bool


class Part(BaseModel):
    """A part of the document."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Parameter(Part):
    """What whoever runs the pipeline may say: `-p NAME=VALUE`, or a prompt. Read by `${{ parameters.NAME }}`."""

    type: ParameterType = "string"
    """What it holds; a list is typed as `a,b,c` or as JSON."""
    description: str | None = None
    """What it is for, as the prompt shows it."""
    default: Scalar | list[Scalar] | None = None
    """Its value where none is given; a parameter without a default has to be given, unless `required` is false."""
    required: bool | None = None
    """Whether it has to be given. false without a default makes it null where it is not given."""
    choices: Annotated[list[Scalar], Field(min_length=1)] | None = None
    """The values that it may have, each item of a list."""
    pattern: str | None = None
    """A regular expression that the whole value has to match; text only."""
    secret: bool = False
    """Never shown, and not kept in the journal: a run that is taken up again has to be given it anew."""

    @property
    def must_be_given(self) -> bool:
        return self.default is None if self.required is None else self.required and self.default is None


class Defaults(Part):
    """What holds for every stage that says nothing else."""

    profile: str | None = None
    """AWS profile to act under."""
    region: str | None = None
    """AWS region to act in."""


class GoTo(Part):
    """Another stage runs in place of those that need the one that failed. The run counts as failed."""

    go_to: Id
    """The stage that runs then, and only then."""


OnFailure = Literal["halt", "halt_branch", "fail_at_end", "ignore"]


def _way_of_failing(value: Any) -> str:
    return "go_to" if isinstance(value, dict | GoTo) else "policy"


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class StageEntry(BaseModel):
    """One stage: what it is, when it runs, and what becomes of the pipeline when it fails. Beside that, its inputs."""

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)

    id: Id
    """Its name in `needs` and in expressions: `${{ stages.ID.outputs.version }}`."""
    type: Kind
    """What it does."""
    name: str | None = None
    """What a person reads; else its id."""
    needs: Annotated[list[Id], BeforeValidator(_listed, json_schema_input_type=list[Id] | Id)] | None = None
    """The stages that have to be over before it begins. Absent means the one above it; [] begins at once."""
    when: bool | str | None = None
    """An expression, such as `${{ stages.canary.outputs.passed }}`: where it is false, the stage is skipped."""
    on_failure: Annotated[
        Annotated[OnFailure, Tag("policy")] | Annotated[GoTo, Tag("go_to")], Discriminator(_way_of_failing)
    ] = "halt"
    """What its failure does. halt ends the run; halt_branch ends what needs it, and the run may still end well;
    fail_at_end too, but the run fails when the other branches are over; ignore goes on as if nothing were;
    {go_to: STAGE} runs that one instead."""
    stage_timeout: Annotated[Seconds, Field(gt=0)] | None = None
    """How long the stage may take, such as 30m. A rollout that takes longer is put back."""
    retries: Annotated[int, Field(ge=0, le=10)] = 0
    """How often it is tried again where AWS could not be reached or had too much to do. Only for stages that do nothing
    twice: deploy, update_code, route, delete, canary."""

    @property
    def title(self) -> str:
        """What a person reads."""
        return self.name or self.id

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs of the stage itself, as they stand in the file: expressions are not resolved."""
        return dict(self.model_extra or {})


class Pipeline(Part):
    """A pipeline: stages, each of which begins when those that it needs are over."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What it is called in lists and in the journal."""
    description: str | None = None
    """What it is for."""
    parameters: dict[Id, Parameter] = Field(default_factory=dict)
    """What whoever runs it may say, by name."""
    env: list[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]] = Field(default_factory=list)
    """Variables of the environment that expressions may read as `${{ env.NAME }}`. No other is seen."""
    defaults: Defaults = Defaults()
    """What holds for every stage that says nothing else."""
    concurrency: Annotated[int, Field(ge=1, le=64)] = 8
    """How many stages may run at once."""
    one_at_a_time: bool = False
    """Refuse to begin while another run of this pipeline is under way on this machine."""
    stages: Annotated[list[StageEntry], Field(min_length=1)]
    """The stages."""

    @model_validator(mode="before")
    @classmethod
    def _parameters_in_short(cls, value: Any) -> Any:
        """`parameters: {version: }` is a text that has to be given."""
        if isinstance(value, dict) and isinstance(value.get("parameters"), dict):
            parameters = {name: {} if one is None else one for name, one in value["parameters"].items()}
            return {**value, "parameters": parameters}
        return value

    def stage(self, id: str) -> StageEntry:  # noqa: A002 - what it is
        """The stage with this id. Raises KeyError."""
        return next(entry for entry in self.stages if entry.id == id)
