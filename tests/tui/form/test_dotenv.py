"""`.env` files: variables, and a sentence for each bad line."""

from __future__ import annotations

import pytest

from lambdatui.tui.form.dotenv import parse


def test_what_such_files_hold() -> None:
    lines = ["\ufeff# comment", "A=1", "export B = two words # not this", "", "C='as $it is\\n'"]
    lines += ['D="line\\nend" # c', "E=", "F=a#b", "A=2"]
    variables, wrong = parse("\n".join(lines))
    assert wrong == []
    assert variables == {"A": "2", "B": "two words", "C": "as $it is\\n", "D": "line\nend", "E": "", "F": "a#b"}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("TOKEN", "line 2: a '=' was expected after the name, such as NAME=value."),
        ("=secret", "line 2: a name was expected before the '=', such as NAME=value."),
        ("1A=secret", "line 2: the name '1A' is not made of letters, digits and _."),
        ("A='secret", "line 2: the value of A begins with a quote that is not closed."),
        ('A="secret', "line 2: the value of A begins with a quote that is not closed."),
    ],
)
def test_a_bad_line_meets_one_sentence_without_its_value(line: str, sentence: str) -> None:
    assert parse(f"OK=1\n{line}\n") == ({"OK": "1"}, [sentence])
