"""What the lines of an order come to."""

from decimal import ROUND_HALF_UP, Decimal

SAMPLE = [
    {"sku": "mug-blue", "quantity": 2, "price": "4.95", "currency": "EUR"},
    {"sku": "tea-assam", "quantity": 1, "price": "7.30", "currency": "EUR"},
]

CENT = Decimal("0.01")


def net(lines):
    """The sum of all lines, in euros, to the cent."""
    return sum((Decimal(str(line["price"])) * line["quantity"] for line in lines), Decimal(0)).quantize(CENT)


def rounded(amount):
    """To the cent, halves up: what the till does."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def shown(amount):
    return str(rounded(amount))
