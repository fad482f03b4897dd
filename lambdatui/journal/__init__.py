"""What was done, to what, with what before: the record that history, undo and resume read."""

from lambdatui.journal.journal import Entry, Journal, Run

__all__ = ["Entry", "Journal", "Run"]
