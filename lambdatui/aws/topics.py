"""The topics of SNS in an account and region."""

from __future__ import annotations

from lambdatui.aws.account import Account


def read(account: Account) -> list[str]:
    """The ARNs of all topics, by name. Raises AwsError."""
    found: list[str] = []
    token: str | None = None
    while True:
        answer = account.call("sns", "ListTopics", {"NextToken": token} if token else {})
        found += [topic["TopicArn"] for topic in answer.get("Topics", ())]
        token = answer.get("NextToken")
        if not token:
            return sorted(found)
