"""Reads the functions of every chosen profile and region, in parallel, and hands over each page as it arrives."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from lambdatui.aws.account import Identity
from lambdatui.aws.listing import Page
from lambdatui.aws.scope import Scope
from lambdatui.errors import LambdatuiError
from lambdatui.tui.session import Session


@dataclass(frozen=True, slots=True)
class ScopesFound:
    """Which profiles and regions will be read."""

    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class IdentityFound:
    """Who acts in a scope, and whether changes are refused there."""

    scope: Scope
    identity: Identity
    read_only: bool


@dataclass(frozen=True, slots=True)
class PageRead:
    """One page of a scope's functions; the last one has `page.more` false."""

    scope: Scope
    page: Page


@dataclass(frozen=True, slots=True)
class ScopeFailed:
    """A scope could not be read, or not to its end."""

    scope: Scope
    error: LambdatuiError


@dataclass(frozen=True, slots=True)
class ListingFailed:
    """Nothing could be read at all."""

    error: LambdatuiError


Listed = ScopesFound | IdentityFound | PageRead | ScopeFailed | ListingFailed


class Lister:
    """One reading of all scopes. `tell` is called in worker threads."""

    def __init__(self, session: Session, tell: Callable[[Listed], None]) -> None:
        self._session = session
        self._tell = tell
        self._stopped = threading.Event()

    def start(self) -> None:
        """Starts reading and returns at once."""
        threading.Thread(target=self._read, name="lister", daemon=True).start()

    def stop(self) -> None:
        """Ends the reading after the pages that are under way."""
        self._stopped.set()

    def _read(self) -> None:
        try:
            scopes = tuple(self._session.accounts().scopes())
        except LambdatuiError as error:
            self._say(ListingFailed(error))
            return
        self._say(ScopesFound(scopes))
        for scope in scopes:
            threading.Thread(target=self._read_scope, args=(scope,), name=f"list-{scope.region}", daemon=True).start()

    def _read_scope(self, scope: Scope) -> None:
        from lambdatui.aws import listing

        try:
            account = self._session.account(scope)
            identity = account.identity()
            self._say(IdentityFound(scope, identity, account.read_only))
            for page in listing.pages(account):
                if self._stopped.is_set():
                    return
                self._say(PageRead(scope, page))
        except LambdatuiError as error:
            self._say(ScopeFailed(scope, error))

    def _say(self, word: Listed) -> None:
        if not self._stopped.is_set():
            self._tell(word)
