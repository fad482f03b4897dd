"""The accounts and regions of the demo, and the names of what is in them."""

from __future__ import annotations

from dataclasses import dataclass

from lambdatui.emulator.service import Call

PROD = "123456789012"
STAGING = "210987654321"

IRELAND = "eu-west-1"
VIRGINIA = "us-east-1"
SYDNEY = "ap-southeast-2"


@dataclass(frozen=True, slots=True)
class Place:
    """An account in a region."""

    account: str
    region: str

    def call(self, operation: str) -> Call:
        """A call of this account's to an operation, for one that is carried out without HTTP."""
        return Call(self.account, self.region, operation, "seed", "http://127.0.0.1")

    def role_arn(self, service: str) -> str:
        """The role of a service's functions."""
        return f"arn:aws:iam::{self.account}:role/{service}"

    def queue_arn(self, name: str) -> str:
        """A queue's ARN."""
        return f"arn:aws:sqs:{self.region}:{self.account}:{name}"


PROD_IRELAND = Place(PROD, IRELAND)
PROD_VIRGINIA = Place(PROD, VIRGINIA)
PROD_SYDNEY = Place(PROD, SYDNEY)
STAGING_IRELAND = Place(STAGING, IRELAND)
STAGING_VIRGINIA = Place(STAGING, VIRGINIA)

RELEASES_BUCKET = "releases"
ORDERS_QUEUE = "checkout-orders"
ORDERS_DEAD_LETTERS = "checkout-orders-dead-letters"
WEBHOOKS_DEAD_LETTERS = "webhooks-dead-letters"
