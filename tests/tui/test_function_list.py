"""The list of functions: what pages of several scopes make of it."""

from __future__ import annotations

import pytest

from lambdatui.aws.listing import FunctionRecord, record
from lambdatui.aws.scope import Scope
from lambdatui.tui.function_list import FunctionList

ADMIN, AUDIT = Scope("admin", "eu-west-1"), Scope("audit", "eu-west-1")


def function(scope: Scope, name: str) -> FunctionRecord:
    arn = f"arn:aws:lambda:{scope.region}:123456789012:function:{name}"
    return record(scope, {"FunctionName": name, "FunctionArn": arn})


@pytest.mark.parametrize("order", [(ADMIN, AUDIT), (AUDIT, ADMIN)], ids=["first chosen first", "last chosen first"])
def test_a_function_that_two_profiles_lead_to_is_the_first_ones(order: tuple[Scope, Scope]) -> None:
    """Who would act on it must not depend on whose page came last."""
    functions = FunctionList()
    functions.found_scopes([ADMIN, AUDIT])
    for scope in order:
        functions.found_page(scope, [function(scope, "checkout")], last=True)
    assert [r.scope for r in functions.records.all] == [ADMIN]


def test_what_only_the_later_profile_sees_is_its() -> None:
    functions = FunctionList()
    functions.found_scopes([ADMIN, AUDIT])
    functions.found_page(AUDIT, [function(AUDIT, "checkout"), function(AUDIT, "audit")], last=True)
    functions.found_page(ADMIN, [function(ADMIN, "checkout")], last=True)
    assert {(r.name, r.scope) for r in functions.records.all} == {("audit", AUDIT), ("checkout", ADMIN)}
