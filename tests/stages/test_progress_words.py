"""How far something is, in a line."""

from __future__ import annotations

import pytest

from lambdatui.stages.progress_words import filled, told
from lambdatui.stages.stage import Progress

MB = 1024 * 1024


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (
            Progress("uploading", 30 * MB, 60 * MB, " B", 4 * MB),
            "uploading █████░░░░░  30.0 MB of 60.0 MB  4.0 MB/s  8 s left",
        ),
        (Progress("uploading", 60 * MB, 60 * MB, " B", MB), "uploading ██████████  60.0 MB of 60.0 MB  1.0 MB/s"),
        (Progress("uploading", 0, 60 * MB, " B"), "uploading ░░░░░░░░░░  0 B of 60.0 MB"),
        (
            Progress("uploading", 0, 250 * MB, " B", MB),
            "uploading ░░░░░░░░░░  0 B of 250.0 MB  1.0 MB/s  4 min left",
        ),
        (
            Progress("uploading", 0, 250 * MB, " B", 10_000),
            "uploading ░░░░░░░░░░  0 B of 250.0 MB  9.8 kB/s  7.3 h left",
        ),
        (Progress("deleted", 1, 3), "deleted ███░░░░░░░  1 of 3"),
        (Progress("read", 7, None, " pages"), "read 7 pages"),
        (Progress("waiting", 4, 300, " s"), "waiting 4 s of 300 s"),
        (Progress("nothing", 0, 0), "nothing ██████████  0 of 0"),
    ],
)
def test_progress_is_told(progress: Progress, words: str) -> None:
    assert told(progress, width=10) == words


def test_a_bar_is_never_longer_than_it_may_be() -> None:
    assert filled(7.5, 4) == "████"
    assert filled(-1, 4) == "░░░░"
