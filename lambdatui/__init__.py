"""lambdatui: the release cockpit for AWS Lambda, in a terminal."""

__version__ = "0.1.0"
