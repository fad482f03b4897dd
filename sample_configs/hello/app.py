"""The function that deploy.yaml deploys."""

import os


def handler(event, context):
    """Greets whom the event names."""
    name = event.get("name", "world")
    return {"greeting": f"{os.environ.get('GREETING', 'Hello')}, {name}!", "version": context.function_version}
