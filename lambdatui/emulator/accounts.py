"""Which account an access key belongs to.

Signatures are not checked; the access key id alone says whose call it is:

- `AKIA` or `ASIA`, the account's twelve digits, and four more characters (`AKIA123456789012DEMO`) belong to that
  account. Any number of accounts exists this way, each empty until something is made in it.
- a key that IAM or STS behind this front has given out (CreateAccessKey, AssumeRole) belongs to the account it was
  given out in.
- every other key belongs to the default account.
"""

from __future__ import annotations

import re

DEFAULT_ACCOUNT = "123456789012"

_KEY_OF_ACCOUNT = re.compile(r"A[KS]IA(\d{12})[A-Z0-9]{4}")


def access_key_of(account: str, suffix: str = "DEMO") -> str:
    """An access key id, twenty characters as AWS's are, that belongs to this account."""
    if not re.fullmatch(r"\d{12}", account):
        raise ValueError(f"account: {account!r} is not twelve digits.")
    if not re.fullmatch(r"[A-Z0-9]{4}", suffix):
        raise ValueError(f"suffix: {suffix!r} is not four capital letters or digits.")
    return f"AKIA{account}{suffix}"


def account_in(access_key: str) -> str | None:
    """The account that the key itself names, or None."""
    match = _KEY_OF_ACCOUNT.fullmatch(access_key)
    return match.group(1) if match else None
