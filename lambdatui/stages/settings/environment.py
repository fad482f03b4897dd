"""The environment in a plan: what AWS would refuse of it, and what changes, without a value. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lambdatui.aws.environment import LIMIT, measured
from lambdatui.aws.masking import MASK
from lambdatui.errors import BadInput
from lambdatui.stages.stage import Difference

# EnvironmentVariableName of the API's model
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")

RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime"""


def check_environment(variables: Mapping[str, str]) -> None:
    """Raises BadInput for names that AWS does not take, and for more than it takes, measured as it does."""
    for name in variables:
        if name in RESERVED:
            raise BadInput(f"environment.{name}: Lambda sets it itself and does not let it be set.")
        if not _NAME.fullmatch(name):
            raise BadInput(f"environment.{name}: letters, digits and _ were expected, two or more, a letter first.")
    size = measured(variables)
    if size > LIMIT:
        raise BadInput(f"environment: {size} bytes with names, quotes and commas, and Lambda takes {LIMIT}.")


def environment_differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Difference, ...]:
    """A line for each variable that is new, changed or gone, its value masked."""
    return tuple(
        Difference(
            f"environment {name}",
            MASK if name in before else None,
            f"{MASK} (changed)" if name in before and name in after else MASK if name in after else None,
        )
        for name in dict.fromkeys([*after, *before])
        if before.get(name) != after.get(name)
    )
