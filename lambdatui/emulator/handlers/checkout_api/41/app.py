"""The checkout: prices an order and answers with its total."""

import logging
import random
import time

import prices
import tax

log = logging.getLogger()
log.setLevel(logging.INFO)

WAREHOUSES = 25


def reserve(order):
    """Asks the warehouses to hold the goods. Returns the number of the one that does."""
    for attempt in (1, 2):
        time.sleep(random.lognormvariate(-4.51, 0.65))  # some 11 ms
        if random.random() > 0.01:
            break
        log.warning("order %s: no warehouse answered, attempt %d", order, attempt)
    return random.randrange(WAREHOUSES)


def handler(event, context):
    order = event.get("order") or f"o-{random.getrandbits(24):06x}"
    country = event.get("country", "DE")
    lines = event.get("lines") or prices.SAMPLE
    warehouse = reserve(order)
    net = prices.net(lines)
    total = net + tax.amount(net, country, warehouse)
    log.info("order %s: total %s EUR", order, prices.shown(total))
    return {
        "order": order,
        "total": prices.shown(total),
        "currency": "EUR",
        "version": context.function_version,
    }
