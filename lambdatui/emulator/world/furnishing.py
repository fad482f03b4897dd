"""Puts the demo's world into a cloud."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from lambdatui.emulator.world import alarms, attachments, crowd, functions, past, past_changes, surroundings
from lambdatui.emulator.world.story import TALES
from lambdatui.emulator.world.traffic import Traffic

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud


def furnish(cloud: Cloud, *, more_functions: int = 0, is_alive: bool = True) -> None:
    """Fills a cloud whose server has started: functions, their past, alarms, and so many functions more.

    Roles, queues and the bucket, which take longest, follow in a thread; then the background traffic begins, unless the
    world is not to be alive.
    """
    now = cloud.clock.now()
    for tale in TALES:
        functions.make(cloud, tale, now)
    crowd.add(cloud, more_functions, now)
    attachments.make(cloud, now)
    past.tell(cloud, now)
    past_changes.tell(cloud, now)
    alarms.make(cloud, now)

    def surround() -> None:
        surroundings.make(cloud)
        attachments.connect_queue(cloud)
        if is_alive:
            Traffic(cloud).start()

    threading.Thread(target=surround, name="surroundings", daemon=True).start()
