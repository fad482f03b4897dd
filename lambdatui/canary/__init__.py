"""Canary analysis: whether a new version is as good as the old one. Pure judges, and where their samples come from."""
