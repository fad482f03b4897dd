"""What a form says of the row under the cursor: the field's help, and what is wrong with it or what limits it."""

from __future__ import annotations

from textual.content import Content

from lambdatui.text import one_line
from lambdatui.tui.form.rows import Row


def lines(row: Row, trouble: str) -> list[Content]:
    """Two lines, the second one blank where there is nothing to say."""
    title = row.label if row.field is None else row.field.title
    text = "enter folds or unfolds it" if row.field is None else row.field.help
    found = [Content.assemble((f"{title}  ", "bold $accent"), one_line(text))]
    if trouble and trouble != "wrong":
        found.append(Content.assemble((f"✖ {one_line(trouble)}", "$bad")))
    elif row.shape.limits:
        found.append(Content.assemble((row.shape.limits, "$muted")))
    else:
        found.append(Content(" "))
    return found
