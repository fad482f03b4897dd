"""What the lines of an order come to."""

SAMPLE = [{"sku": "mug-blue", "quantity": 2, "price": "4.95"}, {"sku": "tea-assam", "quantity": 1, "price": "7.30"}]


def net(lines):
    """The sum of all lines, in euros."""
    return sum(float(line["price"]) * line["quantity"] for line in lines)


def shown(amount):
    return f"{amount:.2f}"
