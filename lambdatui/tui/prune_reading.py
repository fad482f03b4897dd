"""Reads the versions of several functions, and what uses them: one thread a place, told as each function is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from textual.widget import Widget

from lambdatui.aws.scope import Scope
from lambdatui.clock import Clock
from lambdatui.errors import Cancelled, LambdatuiError

if TYPE_CHECKING:
    from lambdatui.aws.account import Account, Identity
    from lambdatui.aws.code_storage import AccountStorage
    from lambdatui.aws.versions import Version
    from lambdatui.stages.pruning.version_uses import UsesReader
    from lambdatui.tui.session import Session


class FunctionAt(NamedTuple):
    """A function and where it is."""

    scope: Scope
    name: str


@dataclass(frozen=True, slots=True)
class PlaceRead:
    """Who acts in a place, and what the account's storage is; None where that may not be asked."""

    scope: Scope
    identity: Identity
    read_only: bool
    storage: AccountStorage | None


@dataclass(frozen=True, slots=True)
class FunctionRead:
    """The versions of a function, newest first, and what uses them, in words by number."""

    function: FunctionAt
    versions: tuple[Version, ...]
    uses: Mapping[int, str]
    latest_size: int
    """Bytes of the code of $LATEST."""


@dataclass(frozen=True, slots=True)
class FunctionNotRead:
    """Why the versions of a function, or what uses them, could not be read to their end."""

    function: FunctionAt
    error: LambdatuiError


Item = PlaceRead | FunctionRead | FunctionNotRead


class PruneReading:
    """One reading of a list of functions; `stop` ends it after the call that is under way."""

    def __init__(
        self, owner: Widget, session: Session, functions: Sequence[FunctionAt], put: Callable[[Item], None]
    ) -> None:
        self._session = session
        self._put = put
        self._clock = Clock()
        for scope in dict.fromkeys(function.scope for function in functions):
            chosen = [function for function in functions if function.scope == scope]
            owner.run_worker(
                lambda scope=scope, chosen=chosen: self._read(scope, chosen),
                thread=True,
                group="pruning",
                exit_on_error=False,
            )

    def stop(self) -> None:
        """Ends the reading."""
        self._clock.cancel()

    def _read(self, scope: Scope, functions: Sequence[FunctionAt]) -> None:
        from lambdatui.aws import code_storage
        from lambdatui.aws.errors import AwsError
        from lambdatui.aws.parts import permitted
        from lambdatui.stages.pruning.version_uses import UsesReader

        left = list(functions)
        try:
            account = self._session.account(scope)
            identity = account.identity()
            storage = permitted(lambda: code_storage.account_storage(account))
            known = None if isinstance(storage, AwsError) else storage
            self._put(PlaceRead(scope, identity, account.read_only, known))
            reader = UsesReader(account)
            while left:
                self._clock.check()
                try:
                    self._put(self._function(account, reader, left[0]))
                except AwsError as error:
                    self._put(FunctionNotRead(left[0], error))
                left.pop(0)
        except Cancelled:
            return
        except LambdatuiError as error:
            for function in left:
                self._put(FunctionNotRead(function, error))

    def _function(self, account: Account, reader: UsesReader, function: FunctionAt) -> FunctionRead:
        from lambdatui.aws import functions, versions

        found = versions.list_versions(account, function.name)
        aliases = reader.aliases(function.name)
        served = {name for alias in aliases for name in alias.shares}
        uses = reader.read(function.name, aliases, [one.name for one in found if one.name not in served])
        latest = functions.configuration(account, function.name).get("CodeSize", 0)
        return FunctionRead(function, tuple(found), uses.reasons(found), int(latest))
