"""IAM Identity Center as one directory: clients, logins on a device, and the tokens and keys that come of them.

Whoever approves a login may take every role of every account. What was given out expires by the cloud's clock.
"""

from __future__ import annotations

import secrets
import string
import threading
from dataclasses import dataclass

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.clock import Clock

CLIENT_SECONDS = 90 * 86_400
LOGIN_SECONDS = 600
TOKEN_SECONDS = 8 * 3600
KEYS_SECONDS = 3600
INTERVAL = 1
"""Seconds between two questions whether a login was approved."""
SCOPE = "sso:account:access"
"""The scope without which a client gets no refresh token."""


@dataclass(slots=True)
class Client:
    """A registered client. `expires` is in epoch seconds."""

    secret: str
    expires: float
    can_refresh: bool


@dataclass(slots=True)
class Login:
    """A login that waits for its approval on another device."""

    client_id: str
    user_code: str
    started: float
    approved: bool | None = None
    asked: float = 0.0


@dataclass(frozen=True, slots=True)
class Token:
    """An access token's worth. `expires` is in epoch seconds."""

    client_id: str
    expires: float


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of a role. `expires` is in epoch seconds."""

    access_key: str
    secret: str
    token: str
    role: str
    expires: float


class IdentityCenter:
    """The directory. With `approval_seconds` a login approves itself after so long, as if somebody had.

    `approve` and `expire` are for tests and for the page that a login leads to.
    """

    def __init__(self, clock: Clock, approval_seconds: float | None = None) -> None:
        self._clock = clock
        self._approval_seconds = approval_seconds
        self._lock = threading.Lock()
        self._clients: dict[str, Client] = {}
        self._logins: dict[str, Login] = {}
        self._tokens: dict[str, Token] = {}
        self._refresh: dict[str, str] = {}
        self._keys: dict[str, Keys] = {}

    # clients and logins

    def register(self, scopes: list[str]) -> tuple[str, Client]:
        """A new client, by its id."""
        client = Client(secrets.token_urlsafe(24), self._clock.now() + CLIENT_SECONDS, SCOPE in scopes)
        with self._lock:
            name = secrets.token_urlsafe(16)
            self._clients[name] = client
        return name, client

    def client(self, client_id: str, secret: str) -> Client | None:
        """The client whose id and secret these are, while it is registered."""
        found = self._clients.get(client_id)
        good = found is not None and found.secret == secret and found.expires > self._clock.now()
        return found if good else None

    def begin(self, client_id: str) -> tuple[str, Login]:
        """A new login of a client, by its device code."""
        letters = "".join(secrets.choice(string.ascii_uppercase) for _ in range(8))
        login = Login(client_id, f"{letters[:4]}-{letters[4:]}", self._clock.now())
        with self._lock:
            device_code = secrets.token_urlsafe(32)
            self._logins[device_code] = login
        return device_code, login

    def login(self, device_code: str) -> Login | None:
        """The login of a device code. One that has waited for `approval_seconds` is approved."""
        login = self._logins.get(device_code)
        after = self._approval_seconds
        if login and login.approved is None and after is not None and self._clock.now() >= login.started + after:
            login.approved = True
        return login

    def is_too_soon(self, login: Login) -> bool:
        """Whether a login was asked about less than INTERVAL ago. Counts as asking."""
        before, login.asked = login.asked, self._clock.now()
        return login.asked - before < INTERVAL

    def is_over(self, login: Login) -> bool:
        """Whether a login has waited too long."""
        return self._clock.now() >= login.started + LOGIN_SECONDS

    def approve(self, user_code: str, agreed: bool = True) -> bool:
        """Answers the login with this code. Returns whether there is one that waits."""
        for login in list(self._logins.values()):
            if login.user_code == user_code.strip().upper() and login.approved is None:
                login.approved = agreed
                return True
        return False

    # tokens and keys

    def give_token(self, client_id: str, can_refresh: bool) -> tuple[str, str | None]:
        """A new access token of a client, and what refreshes it where the client may."""
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32) if can_refresh else None
        with self._lock:
            self._tokens[access] = Token(client_id, self._clock.now() + TOKEN_SECONDS)
            if refresh:
                self._refresh[refresh] = client_id
        return access, refresh

    def take_refresh_token(self, refresh: str, client_id: str) -> bool:
        """Whether this refreshes a token of the client. It does so once."""
        with self._lock:
            return self._refresh.pop(refresh, None) == client_id

    def keys(self, access_token: str, account: str, role: str) -> Keys | None:
        """New keys of a role of an account, or None where the token is unknown or has expired."""
        token = self._tokens.get(access_token)
        if token is None or token.expires <= self._clock.now():
            return None
        with self._lock:
            suffix = "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(4))
            access_key = access_key_of(account, suffix).replace("AKIA", "ASIA", 1)
            session = secrets.token_urlsafe(48)
            made = Keys(access_key, secrets.token_urlsafe(24), session, role, self._clock.now() + KEYS_SECONDS)
            self._keys[access_key] = made
        return made

    def role_of(self, access_key: str) -> str | None:
        """The role whose keys these are, or None where they were not given out here."""
        keys = self._keys.get(access_key)
        return keys.role if keys else None

    def has_expired(self, access_key: str) -> bool:
        """Whether these are keys that were given out here and are no longer good."""
        keys = self._keys.get(access_key)
        return keys is not None and keys.expires <= self._clock.now()

    def expire(self, can_refresh: bool = False) -> None:
        """Ends every token and every role's keys now; unless they `can_refresh`, what refreshes them too."""
        now = self._clock.now()
        with self._lock:
            self._tokens = {name: Token(token.client_id, now) for name, token in self._tokens.items()}
            for name, keys in self._keys.items():
                self._keys[name] = Keys(keys.access_key, keys.secret, keys.token, keys.role, now)
            if not can_refresh:
                self._refresh.clear()
