"""Finds products. Logs in JSON."""

import logging
import random
import time

log = logging.getLogger()

WORDS = ("mug", "tea", "kettle", "spoon", "honey")


def handler(event, context):
    words = event.get("words") or random.choice(WORDS)
    started = time.perf_counter()
    time.sleep(random.lognormvariate(-3.7, 0.5))  # some 25 ms
    hits = random.randrange(0, 60)
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    log.info("searched", extra={"words": words, "hits": hits, "ms": milliseconds, "index": {"shard": hits % 4}})
    if hits == 0:
        log.warning("nothing found", extra={"words": words})
    return {"words": words, "hits": hits}
