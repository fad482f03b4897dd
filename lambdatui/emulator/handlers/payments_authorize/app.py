"""Asks the acquirer whether a card may be charged."""

import logging
import random
import time

log = logging.getLogger()
log.setLevel(logging.INFO)


class CardDeclined(Exception):
    """The acquirer said no."""


def handler(event, context):
    amount = event.get("amount", 12.9)
    time.sleep(random.lognormvariate(-2.4, 0.3))  # some 90 ms
    if event.get("card", "").endswith("0002"):
        raise CardDeclined("the acquirer declined the card")
    log.info("authorized %.2f EUR in %s", amount, context.function_version)
    return {"authorized": True, "amount": amount}
