"""Runs handlers in child processes of this Python. Knows nothing of AWS's API, of moto, or of the front.

A handler runs with the rights of the user who started the emulator: nothing is sandboxed.
"""
