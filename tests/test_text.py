"""Text from outside is made harmless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui import text


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;pwned\x07title", "title"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[2J\x1b[Hclear", "clear"),
        ("\x9b31mC1", "C1"),
        ("\x1bPq dcs \x1b\\after", "after"),
        ("bell\x07", "bell␇"),
        ("back\x08space", "back␈space"),
        ("\x1b", "␛"),
        ("a\r\nb", "a␍\nb"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("right\u202eleft", "right\ufffdleft"),
        ("half\ud800pair", "half\ufffdpair"),
        ("ümlaut 😀 日本", "ümlaut 😀 日本"),
    ],
)
def test_escapes_go_and_other_controls_become_visible(given_text: str, expected: str) -> None:
    assert text.clean(given_text) == expected


@given(st.text())
def test_no_control_but_newline_and_tab_is_left(value: str) -> None:
    cleaned = text.clean(value)
    assert not any((ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 for c in cleaned)
    assert text.clean(cleaned) == cleaned
    assert "\n" not in text.one_line(value)


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 kB"), (52428800, "50.0 MB"), (80530636800, "75.0 GB")],
)
def test_size(count: int, words: str) -> None:
    assert text.size(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "just now"), (90, "2 min ago"), (3600, "1 h ago"), (86400 * 3, "3 d ago"), (86400 * 800, "2 y ago")],
)
def test_ago(seconds: float, words: str) -> None:
    assert text.ago(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"), [(None, "–"), (3.14, "3.1 ms"), (402.4, "402 ms"), (1240, "1.24 s"), (12_340, "12.3 s")]
)
def test_milliseconds(value: float | None, words: str) -> None:
    assert text.milliseconds(value) == words
