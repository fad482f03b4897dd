"""Functions that are simply there: made without a request, with a past, in whatever state a story needs.

Nothing is checked against AWS's rules and nothing is Pending, so ten thousand take a second or two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lambdatui.emulator.lambda_ import settings
from lambdatui.emulator.lambda_.packages import ImagePackage, Package, ZipPackage
from lambdatui.emulator.lambda_.records import Alias, Failure, Function, StandIn, Version
from lambdatui.emulator.lambda_.versions import publish

if TYPE_CHECKING:
    from lambdatui.emulator.lambda_.operations import LambdaState


class FunctionSeed:
    """Makes the functions of one account in one region."""

    def __init__(self, state: LambdaState, account: str, region: str) -> None:
        self._region = state.region(account, region)

    def add(
        self,
        name: str,
        code: ZipPackage | ImagePackage,
        *,
        modified: float,
        failure: Failure | None = None,
        stand_in: StandIn | None = None,
        tags: Mapping[str, str] | None = None,
        **members: Any,
    ) -> Function:
        """Adds a function, in the place of one of the same name.

        `members` are those of CreateFunction (Runtime, Handler, Environment ...; Role is required); layers are given as
        AWS shows them, with Arn and CodeSize. `modified` is in epoch seconds. With `failure` the function is Failed.
        `stand_in` is Python code that runs in place of what cannot be run here. Give functions of the same code one
        package to share.
        """
        if isinstance(code, ImagePackage):
            members.setdefault("PackageType", "Image")
        version = Version(0, settings.created(name, members), code, modified, failure=failure, stand_in=stand_in)
        function = Function(name, version, tags=dict(tags or {}))
        with self._region.lock:
            self._region.add(function)
        return function

    def change(
        self,
        function: Function,
        *,
        modified: float,
        code: Package | None = None,
        stand_in: StandIn | None = None,
        **members: Any,
    ) -> None:
        """Gives a function's $LATEST other code, other settings (those of UpdateFunctionConfiguration), or both."""
        latest = function.latest
        made = settings.changed(latest.settings, members, "UpdateFunctionConfiguration")
        with self._region.lock:
            function.latest = Version(0, made, code or latest.package, modified, stand_in=stand_in or latest.stand_in)

    def publish(
        self, function: Function, *, modified: float, description: str | None = None, number: int | None = None
    ) -> Version:
        """Publishes $LATEST as it is, as the next version or, so that a story can begin late, as a higher `number`."""
        with self._region.lock:
            if number is not None:
                function.next_number = number
            return publish(function, modified, modified, description)

    def alias(
        self,
        function: Function,
        name: str,
        version: str,
        *,
        description: str = "",
        weights: Mapping[str, float] | None = None,
    ) -> Alias:
        """Adds an alias to a function."""
        alias = Alias(name, version, description, dict(weights or {}))
        with self._region.lock:
            function.aliases[name] = alias
        return alias
