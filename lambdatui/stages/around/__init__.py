"""What stands around a function: event sources, permissions, URLs, readiness, where its outcomes go."""
