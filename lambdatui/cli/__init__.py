"""The command line: one module a command. Data to stdout, words to stderr."""
