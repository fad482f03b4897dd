"""The queues of SQS in an account and region."""

from __future__ import annotations

from lambdatui.aws import arns
from lambdatui.aws.account import Account


def read(account: Account) -> list[str]:
    """The ARNs of all queues, by name. Raises AwsError."""
    found: list[str] = []
    token: str | None = None
    identity = arns.parse(account.identity().arn)
    partition = identity.partition if identity else "aws"
    while True:
        answer = account.call("sqs", "ListQueues", {"MaxResults": 1000} | ({"NextToken": token} if token else {}))
        for url in answer.get("QueueUrls", ()):
            # a queue's address ends with the account and the name
            owner, name = url.rstrip("/").split("/")[-2:]
            found.append(f"arn:{partition}:sqs:{account.region}:{owner}:{name}")
        token = answer.get("NextToken")
        if not token:
            return sorted(found)
