"""What stands around a function before a plan, and which aliases will be there after it: read once, when asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from lambdatui.aws import arns, functions, policies, versions
from lambdatui.aws.account import Account
from lambdatui.aws.functions import LATEST, Function
from lambdatui.aws.policies import Policy
from lambdatui.aws.versions import Alias
from lambdatui.errors import BadInput, near_match
from lambdatui.stages.stage import Change, Place


def _as_text(value: Any) -> Any:
    if value == LATEST:
        raise ValueError(f"an alias or a version's number was expected; for {LATEST} the qualifier is left out.")
    # YAML reads a version's number as one
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Qualifier = Annotated[
    str,
    BeforeValidator(_as_text),
    Field(
        title="Qualifier",
        description="An alias or the number of a version; left out, the function itself ($LATEST).",
        min_length=1,
        max_length=128,
        pattern=r"^[a-zA-Z0-9_-]+$",
    ),
]


class Standing:
    """A function as it stands, for what is planned around it. `now` is None where it is yet to be created.

    `before` are the changes that the plan makes first. Reading raises AwsError.
    """

    def __init__(
        self, account: Account, place: Place, function: str, now: Function | None, before: Sequence[Change] = ()
    ) -> None:
        self.account = account
        self.place = place
        self.function = function
        self.now = now
        self._before = before

    @property
    def partition(self) -> str:
        """Such as `aws` or `aws-cn`."""
        return self.place.arn.split(":")[1]

    @property
    def arn(self) -> str:
        """The function's ARN without a qualifier, also of one that is yet to be created."""
        if self.now is not None:
            return str(self.now.configuration["FunctionArn"])
        name = functions.plain_name(self.function)
        return f"arn:{self.partition}:lambda:{self.place.region}:{self.place.account_id}:function:{name}"

    def qualified_arn(self, qualifier: str | None) -> str:
        """The ARN of the function, or of an alias or version of it."""
        return f"{self.arn}:{qualifier}" if qualifier else self.arn

    def target(self, qualifier: str | None) -> str:
        """How a plan names it: `checkout-api` or `checkout-api:live`."""
        return f"{self.function}:{qualifier}" if qualifier else self.function

    @cached_property
    def aliases(self) -> Mapping[str, Alias]:
        """The aliases that are there now."""
        return {} if self.now is None else {a.name: a for a in versions.list_aliases(self.account, self.function)}

    @cached_property
    def versions(self) -> Sequence[str]:
        """The numbers of the published versions that are there now, newest first."""
        if self.now is None:
            return ()
        return tuple(version.name for version in versions.list_versions(self.account, self.function))

    @cached_property
    def moves(self) -> Mapping[str, Change]:
        """The changes that create or move an alias, by its name."""
        return {c.request["Name"]: c for c in self._before if c.operation in ("CreateAlias", "UpdateAlias")}

    def qualifiers(self) -> Sequence[str]:
        """All that is there now and can be named: an empty one for the function itself, then aliases and versions."""
        return () if self.now is None else ("", *self.aliases, *self.versions)

    def exists(self, qualifier: str | None) -> bool:
        """Whether it is there now."""
        if self.now is None:
            return False
        return not qualifier or qualifier in (self.versions if qualifier.isdigit() else self.aliases)

    def check(self, where: str, qualifier: str | None) -> None:
        """Raises BadInput where the qualifier names nothing that is there once the plan is done.

        `where` is the field that names it.
        """
        if self.exists(qualifier) or not qualifier or qualifier in self.moves:
            return
        if qualifier.isdigit():
            raise BadInput(f"{where}: {self.function} has no version {qualifier}.")
        known = [*self.aliases, *self.moves]
        raise BadInput(
            f"{where}: {self.function} has no alias '{qualifier}'.{near_match(qualifier, known)}",
            "Name it under aliases, and it is created first.",
        )

    def check_place(self, where: str, arn: str | None, *, regional: bool = False) -> None:
        """Raises BadInput where an ARN is of another partition; with `regional` also where it is of another region.

        `where` is the field that names it. What is no ARN passes.
        """
        parts = arns.parse(arn) if arn else None
        if parts is None:
            return
        if parts.partition != self.partition:
            raise BadInput(
                f"{where}: it is in the partition {parts.partition}, and {self.place.region} is in {self.partition}."
            )
        if regional and parts.region and parts.region != self.place.region:
            here = self.place.region
            raise BadInput(
                f"{where}: it is in {parts.region}, and the function in {here}: AWS wants both in one region."
            )

    def version_after(self, alias: str) -> str:
        """The version that an alias leads to once the plan is done; empty where only the run will know it."""
        if alias in self.moves:
            version = self.moves[alias].request["FunctionVersion"]
            return version if isinstance(version, str) else ""
        return self.aliases[alias].version if alias in self.aliases else ""

    def weights_after(self, alias: str) -> Mapping[str, float]:
        """The weights of an alias once the plan is done."""
        if alias in self.moves:
            found: Mapping[str, float] = self.moves[alias].request["RoutingConfig"]["AdditionalVersionWeights"]
            return found
        return self.aliases[alias].extra if alias in self.aliases else {}

    def policy(self, qualifier: str | None) -> Policy:
        """The resource policy at a qualifier; one without statements where there is none."""
        key = qualifier or ""
        if key not in self._policies:
            there = self.exists(qualifier)
            self._policies[key] = policies.get(self.account, self.function, key) if there else Policy(key, (), "")
        return self._policies[key]

    @cached_property
    def _policies(self) -> dict[str, Policy]:
        return {}

    def revision_holds(self, qualifier: str | None) -> bool:
        """Whether the RevisionId that was read still stands when the changes before are done."""
        if qualifier:
            return qualifier not in self.moves
        return not any(change.target == self.function for change in self._before)
