"""The heart: one stage a file. Each is planned before it runs, and runs without a screen."""
