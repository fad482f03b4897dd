"""A small service: does a little and says what it is."""

import logging
import os
import random
import time

log = logging.getLogger()
log.setLevel(logging.INFO)

MEDIAN_SECONDS = float(os.environ.get("MEDIAN_MS", "8")) / 1000


def handler(event, context):
    time.sleep(MEDIAN_SECONDS * random.lognormvariate(0, 0.4))
    log.info("%s done", context.function_name)
    return {"service": context.function_name, "version": context.function_version, "event": event}
