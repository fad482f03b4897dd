"""The regions that have Lambda, by partition, from botocore's endpoint data: no call is made."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple


class Region(NamedTuple):
    """A region, such as `eu-west-1`, with what AWS calls it, such as `Europe (Ireland)`."""

    name: str
    title: str
    partition: str


@cache
def known() -> tuple[Region, ...]:
    """Every region of every partition that has Lambda, by partition and name."""
    import botocore.session

    session = botocore.session.Session()
    data = session.get_component("data_loader").load_data("endpoints")
    titles = {
        name: str(region.get("description", ""))
        for partition in data["partitions"]
        for name, region in partition["regions"].items()
    }
    return tuple(
        Region(name, titles.get(name, ""), partition)
        for partition in session.get_available_partitions()
        for name in sorted(session.get_available_regions("lambda", partition))
    )


def partition_of(region: str) -> str:
    """The partition of a region; `aws` for one that botocore cannot place."""
    import botocore.session
    from botocore.exceptions import UnknownRegionError

    found = next((known_one.partition for known_one in known() if known_one.name == region), None)
    if found is not None:
        return found
    try:
        return str(botocore.session.Session().get_partition_for_region(region))
    except UnknownRegionError:
        return "aws"
