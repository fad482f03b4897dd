"""Reads the functions of every chosen profile and region, in parallel, and hands over each page as it arrives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdatui.aws import plain_access
from lambdatui.aws.account import Identity
from lambdatui.aws.listing import Page
from lambdatui.aws.plain_access import Access
from lambdatui.aws.scope import Scope
from lambdatui.errors import LambdatuiError
from lambdatui.tui.session import Session

if TYPE_CHECKING:
    from lambdatui.aws.clients import Retry


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
class ScopeWaits:
    """A scope's next page is a while in coming, and this is why."""

    scope: Scope
    words: str


@dataclass(frozen=True, slots=True)
class ScopeFailed:
    """A scope could not be read, or not to its end."""

    scope: Scope
    error: LambdatuiError


@dataclass(frozen=True, slots=True)
class ListingFailed:
    """Nothing could be read at all."""

    error: LambdatuiError


Listed = ScopesFound | IdentityFound | PageRead | ScopeWaits | ScopeFailed | ListingFailed


class Lister:
    """One reading of all scopes. `tell` is called in worker threads."""

    def __init__(self, session: Session, tell: Callable[[Listed], None]) -> None:
        self._session = session
        self._tell = tell
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._identifying = False

    def start(self) -> None:
        """Starts reading and returns at once."""
        threading.Thread(target=self._read, name="lister", daemon=True).start()

    def stop(self) -> None:
        """Ends the reading after the pages that are under way."""
        self._stopped.set()

    def _read(self) -> None:
        try:
            plain = plain_access.find(self._session.ready(), "lambda")
            scopes = [access.scope for access in plain] if plain else self._session.accounts().scopes()
        except LambdatuiError as error:
            self._say(ListingFailed(error))
            return
        self._say(ScopesFound(tuple(scopes)))
        if plain:
            for access in plain:
                _start(self._read_plainly, access, scopes)
        else:
            self._identify(scopes)
            for scope in scopes:
                _start(self._read_scope, scope, None)

    def _read_plainly(self, access: Access, scopes: Sequence[Scope]) -> None:
        """Reads without botocore, and leaves what is not plain to the ordinary way."""
        from lambdatui.aws import plain_listing

        try:
            for page in plain_listing.pages(access):
                if self._stopped.is_set():
                    return
                self._say(PageRead(access.scope, page))
                # botocore is imported for this, which takes the time of many pages
                self._identify(scopes)
        except plain_listing.NotPlain as stopped:
            if isinstance(stopped.__cause__, TimeoutError):
                self._say(ScopeWaits(access.scope, f"no answer within {plain_listing.SECONDS} s, asked again"))
            self._identify(scopes)
            self._read_scope(access.scope, stopped.marker)

    def _read_scope(self, scope: Scope, marker: str | None) -> None:
        from lambdatui.aws import listing

        def waits(retry: Retry) -> None:
            when = f"next try in {retry.seconds:.1f} s" if retry.seconds >= 0.1 else "asked again"
            self._say(ScopeWaits(scope, f"{retry.word}, {when}"))

        try:
            account = self._session.account(scope)
            account.watched(waits)
            for page in listing.pages(account, marker):
                if self._stopped.is_set():
                    return
                self._say(PageRead(scope, page))
        except LambdatuiError as error:
            self._say(ScopeFailed(scope, error))

    def _identify(self, scopes: Sequence[Scope]) -> None:
        """Has every profile say who it is, once."""
        with self._lock:
            if self._identifying:
                return
            self._identifying = True
        by_profile: dict[str, list[Scope]] = {}
        for scope in scopes:
            by_profile.setdefault(scope.profile, []).append(scope)
        for same in by_profile.values():
            _start(self._identify_profile, same)

    def _identify_profile(self, scopes: Sequence[Scope]) -> None:
        try:
            account = self._session.account(scopes[0])
            identity = account.identity()
        except LambdatuiError as error:
            for scope in scopes:
                self._say(ScopeFailed(scope, error))
            return
        for scope in scopes:
            self._say(IdentityFound(scope, identity, account.read_only))

    def _say(self, word: Listed) -> None:
        if not self._stopped.is_set():
            self._tell(word)


def _start(work: Callable[..., None], *arguments: Any) -> None:
    threading.Thread(target=work, args=arguments, name=f"lister{work.__name__}", daemon=True).start()
