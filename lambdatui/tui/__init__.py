"""The Textual app: screens decide, widgets draw, workers feed."""
