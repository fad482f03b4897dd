"""More functions, for scale: as many as are wanted, with names drawn from word lists."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from lambdatui.emulator.lambda_.packages import ZipPackage
from lambdatui.emulator.lambda_.seeding import FunctionSeed
from lambdatui.emulator.world.packages import foreign_package, package
from lambdatui.emulator.world.places import (
    PROD_IRELAND,
    PROD_SYDNEY,
    PROD_VIRGINIA,
    STAGING_IRELAND,
    STAGING_VIRGINIA,
    Place,
)

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud

_DOMAINS = (
    *("account", "address", "basket", "billing", "campaign", "cart", "catalog", "coupon", "courier", "customer"),
    *("delivery", "discount", "dispute", "export", "fraud", "gift", "identity", "import", "invoice", "ledger"),
    *("loyalty", "mail", "market", "media", "metering", "notify", "offer", "order", "partner", "payment"),
    *("payout", "price", "product", "profile", "quote", "rating", "refund", "report", "return", "review"),
    *("search", "seller", "session", "shipment", "stock", "store", "supplier", "support", "tax", "voucher"),
)
_ACTS = (
    *("aggregate", "approve", "archive", "audit", "authorize", "cancel", "capture", "check", "collect", "compare"),
    *("convert", "count", "create", "decode", "deliver", "enrich", "expire", "fetch", "filter", "index"),
    *("lookup", "match", "merge", "notify", "parse", "purge", "reconcile", "render", "replay", "resize"),
    *("route", "score", "split", "submit", "sync", "translate", "update", "validate", "verify", "watch"),
)
_KINDS = ("", "", "", "-api", "-worker", "-cron", "-stream", "-hook", "-v2", "-eu", "-us")
_RUNTIMES = (
    *(("python3.13", 34), ("python3.12", 18), ("python3.9", 4), ("python3.8", 2), ("nodejs22.x", 20)),
    *(("nodejs20.x", 8), ("nodejs16.x", 2), ("java21", 6), ("provided.al2023", 4), ("ruby3.4", 2)),
)
_PLACES = (
    (PROD_IRELAND, 60),
    (PROD_VIRGINIA, 15),
    (PROD_SYDNEY, 10),
    (STAGING_IRELAND, 10),
    (STAGING_VIRGINIA, 5),
)
_MEMORY = (128, 128, 256, 256, 512, 512, 1024, 1769, 3008)
_TEAMS = ("checkout", "catalog", "finance", "identity", "logistics", "loyalty", "payments", "platform", "storefront")
_YEAR = 365 * 86_400


def add(cloud: Cloud, number: int, now: float) -> None:
    """Adds so many functions, the same each time. `now` is in epoch seconds."""
    chance = random.Random("crowd")  # noqa: S311 - a story, not a secret
    seeds = {place: FunctionSeed(cloud.lambda_service.state, place.account, place.region) for place, _ in _PLACES}
    codes: dict[str, ZipPackage] = {
        runtime: package("plain_service") if runtime.startswith("python") else foreign_package("it", runtime)
        for runtime, _ in _RUNTIMES
    }
    places = chance.choices([place for place, _ in _PLACES], [weight for _, weight in _PLACES], k=number)
    runtimes = chance.choices([name for name, _ in _RUNTIMES], [weight for _, weight in _RUNTIMES], k=number)
    taken: set[tuple[Place, str]] = set()
    for place, runtime in zip(places, runtimes, strict=True):
        name = _name(chance, place, taken)
        domain = name.partition("-")[0]
        seeds[place].add(
            name,
            codes[runtime],
            modified=now - chance.random() ** 3 * 2 * _YEAR,
            tags={"team": chance.choice(_TEAMS), "service": domain},
            Runtime=runtime,
            Handler="app.handler" if runtime.startswith("python") else "index.handler",
            Role=place.role_arn(domain),
            MemorySize=chance.choice(_MEMORY),
            Timeout=chance.choice((3, 3, 10, 30, 60, 900)),
            Description=f"{domain}: {name}",
        )


def _name(chance: random.Random, place: Place, taken: set[tuple[Place, str]]) -> str:
    """A name that is not taken in its place yet; when the words run out, numbers follow them."""
    base = f"{chance.choice(_DOMAINS)}-{chance.choice(_ACTS)}{chance.choice(_KINDS)}"
    name = base
    number = 2
    while (place, name) in taken:
        name = f"{base}-{number}"
        number += 1
    taken.add((place, name))
    return name
