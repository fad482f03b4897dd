"""Renders invoices, which takes its time."""

import logging
import random
import time

log = logging.getLogger()
log.setLevel(logging.INFO)


def handler(event, context):
    pages = event.get("pages", random.randrange(3, 7))
    for page in range(1, pages + 1):
        time.sleep(random.uniform(0.8, 1.1))
        log.info("page %d of %d, %d ms left", page, pages, context.get_remaining_time_in_millis())
    return {"pages": pages}
