"""Fetches the supplier's stock. The supplier's interface is down more often than not today."""

import logging
import random
import time

log = logging.getLogger()
log.setLevel(logging.INFO)


def fetch():
    time.sleep(random.lognormvariate(-2.0, 0.4))  # some 135 ms
    if random.random() < 0.6:
        raise ConnectionError("supplier.example: connection refused")
    return random.randrange(200, 900)


def handler(event, context):
    log.info("asking supplier.example for stock")
    articles = fetch()
    log.info("%d articles updated", articles)
    return {"articles": articles}
