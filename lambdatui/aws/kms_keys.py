"""The KMS keys of an account and region that have an alias."""

from __future__ import annotations

from dataclasses import dataclass

from lambdatui.aws.account import Account


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key by one of its aliases, such as `alias/payments`; `key_id` is empty where the alias leads to none."""

    alias: str
    arn: str
    """The alias's."""
    key_id: str

    @property
    def key_arn(self) -> str:
        """The ARN of the key itself."""
        return f"{self.arn.rsplit(':', 1)[0]}:key/{self.key_id}"


def read(account: Account) -> list[NamedKey]:
    """The aliases of keys, by name, those of AWS's own keys left out. Raises AwsError."""
    found: list[NamedKey] = []
    marker: str | None = None
    while True:
        answer = account.call("kms", "ListAliases", {"Limit": 100} | ({"Marker": marker} if marker else {}))
        found += [
            NamedKey(row["AliasName"], row["AliasArn"], row.get("TargetKeyId", ""))
            for row in answer["Aliases"]
            if not row["AliasName"].startswith("alias/aws/")
        ]
        marker = answer.get("NextMarker")
        if not marker:
            return sorted(found, key=lambda key: key.alias)
