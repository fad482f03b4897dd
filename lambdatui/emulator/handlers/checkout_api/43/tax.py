"""The new tax engine: by the zone that the goods are sent from instead of by country."""

from decimal import Decimal
from functools import cache


@cache
def zones():
    """The zones of the tax authority's table, read once."""
    table = [{"zone": number, "rate": 19 + number % 4, "currency": "EUR"} for number in range(25)]
    del table[7]["currency"]  # the authority left it out of zone 7
    return table


def amount(net, country, warehouse):
    """The tax on an order, in euros."""
    zone = zones()[warehouse]
    if zone.get("currency", "EUR") != "EUR":
        raise ValueError(f"zone {zone['zone']} is not in euros")
    return net * Decimal(zone["rate"]) / 100
