"""Tells partners what happened to their orders. Some partners do not answer."""

import logging
import random
import time

log = logging.getLogger()
log.setLevel(logging.INFO)


def handler(event, context):
    partner = event.get("partner") or random.choice(("north", "south", "harbour"))
    time.sleep(random.lognormvariate(-2.8, 0.5))  # some 60 ms
    if partner == "harbour":
        raise TimeoutError(f"partner {partner} did not answer")
    log.info("told partner %s", partner)
    return {"partner": partner}
