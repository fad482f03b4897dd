"""Recommends products. Loads its model before the first event, which makes for a long cold start."""

import logging
import random
import time

log = logging.getLogger()
log.setLevel(logging.INFO)

time.sleep(1.4)  # the model
MODEL = [random.random() for _ in range(20_000)]


def handler(event, context):
    time.sleep(random.lognormvariate(-4.2, 0.3))
    log.info("model of %d weights asked", len(MODEL))
    return {"products": random.sample(range(1000, 2000), 5)}
