"""A resource policy read as who may invoke: one plain sentence a statement, and what is risky about it. Pure.

The elements are those of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html; which
statements are public follows what AWS's own console warns of: everybody as the principal, and no condition that
narrows it to an account, an organization, a source or a network.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lambdatui.aws import arns

Level = Literal["ok", "note", "warn", "bad"]

# lower case: IAM does not tell the cases of condition keys apart
_SOURCE_ARN, _SOURCE_ACCOUNT = "aws:sourcearn", "aws:sourceaccount"
_URL_AUTH, _VIA_URL = "lambda:functionurlauthtype", "lambda:invokedviafunctionurl"
_NARROWING = frozenset(
    {
        _SOURCE_ARN,
        _SOURCE_ACCOUNT,
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpcsourceip",
        "lambda:eventsourcetoken",
    }
)
_SECRET = "lambda:eventsourcetoken"  # noqa: S105 - the name of a condition

_SERVICES: Mapping[str, str] = {
    "alexa-appkit.amazon.com": "Alexa",
    "alexa-connectedhome.amazon.com": "Alexa smart home",
    "apigateway": "API Gateway",
    "bedrock": "Bedrock",
    "cloudformation": "CloudFormation",
    "cloudfront": "CloudFront",
    "codecommit": "CodeCommit",
    "codepipeline": "CodePipeline",
    "cognito-idp": "Cognito",
    "cognito-sync": "Cognito Sync",
    "config": "AWS Config",
    "connect": "Amazon Connect",
    "edgelambda": "Lambda@Edge",
    "elasticloadbalancing": "load balancers",
    "events": "EventBridge",
    "iot": "AWS IoT",
    "lex": "Lex",
    "lexv2": "Lex",
    "logs": "CloudWatch Logs",
    "rds": "RDS",
    "replicator.lambda": "Lambda@Edge's replicator",
    "s3": "S3",
    "scheduler": "EventBridge Scheduler",
    "secretsmanager": "Secrets Manager",
    "ses": "SES",
    "sns": "SNS",
    "states": "Step Functions",
    "vpc-lattice": "VPC Lattice",
}

_OPERATORS: Mapping[str, str] = {
    "StringEquals": "is",
    "StringEqualsIgnoreCase": "is",
    "StringNotEquals": "is not",
    "StringNotEqualsIgnoreCase": "is not",
    "StringLike": "is like",
    "StringNotLike": "is not like",
    "ArnEquals": "is",
    "ArnLike": "is like",
    "ArnNotEquals": "is not",
    "ArnNotLike": "is not like",
    "Bool": "is",
    "IpAddress": "is in",
    "NotIpAddress": "is not in",
    "NumericEquals": "is",
    "NumericLessThan": "is below",
    "NumericLessThanEquals": "is at most",
    "NumericGreaterThan": "is above",
    "NumericGreaterThanEquals": "is at least",
    "DateLessThan": "is before",
    "DateGreaterThan": "is after",
}


@dataclass(frozen=True, slots=True)
class Invoker:
    """What one statement allows, in words.

    `sentence` is all of it in one line, `conditions` are the parts of it after the verb, `risk` says what is wrong
    with it and is empty where nothing is.
    """

    sentence: str
    who: str
    conditions: tuple[str, ...]
    level: Level
    risk: str
    qualifier: str
    statement_id: str
    statement: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Condition:
    operator: str
    key: str
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.key.lower()

    @property
    def is_positive(self) -> bool:
        """Whether it names what is let in, not what is kept out, and does not let in what lacks the key."""
        plain = self.operator.rsplit(":", 1)[-1]
        return "Not" not in plain and plain != "Null" and not plain.endswith("IfExists")

    @property
    def narrows(self) -> bool:
        return self.is_positive and self.name in _NARROWING and all(_is_fixed(value) for value in self.values)


def read(statement: Mapping[str, Any], qualifier: str, here: str) -> Invoker:
    """A statement in words. `here` is the account that the function is in; `qualifier` is empty for the function."""
    conditions = list(_conditions(statement))
    told: set[int] = set()
    who, level, risk = _who(statement, conditions, here, told)
    verb = _verb(statement)
    if _is_public(statement, conditions):
        who, level, risk = _public(conditions, told)
    words = tuple(_words(condition) for index, condition in enumerate(conditions) if index not in told)
    target = f":{qualifier}" if qualifier else "the function"
    tail = f", {', '.join(words)}" if words else ""
    if statement.get("Effect") == "Deny":
        level, risk = "ok", ""
        who, verb = ("nobody", verb.replace("may not", "may", 1)) if who == "anyone" else (who, verb)
    sentence = f"{who} {verb} {target}{tail}" + (" (public!)" if level == "bad" else "")
    return Invoker(sentence, who, words, level, risk, qualifier, str(statement.get("Sid", "")), statement)


def _principals(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Kind and name of each principal; the kind is `*` for everybody."""
    if "NotPrincipal" in statement:
        # everybody but those who are named
        yield "*", "*"
        return
    principal = statement.get("Principal")
    if principal == "*":
        yield "*", "*"
    elif isinstance(principal, Mapping):
        for kind, names in principal.items():
            for name in _listed(names):
                yield ("*", "*") if kind == "AWS" and name == "*" else (kind, name)


def _who(
    statement: Mapping[str, Any], conditions: list[_Condition], here: str, told: set[int]
) -> tuple[str, Level, str]:
    """Who it is, and how that is judged; notes in `told` which conditions are in the words already."""
    found: list[tuple[str, Level, str]] = []
    for kind, name in _principals(statement):
        if kind == "Service":
            found.append(_service(name, conditions, here, told))
        elif kind == "AWS":
            found.append(_identity(name, here))
        elif kind == "*":
            found.append(("anyone", "warn", "The principal is everybody; only the conditions keep others out."))
        else:
            found.append((f"{kind} {name}", "note", ""))
    if not found:
        return "nobody", "ok", ""
    order = ("ok", "note", "warn", "bad")
    worst = max(found, key=lambda one: order.index(one[1]))
    return " and ".join(dict.fromkeys(one[0] for one in found)), worst[1], worst[2]


def _service(name: str, conditions: list[_Condition], here: str, told: set[int]) -> tuple[str, Level, str]:
    service = _SERVICES.get(name) or _SERVICES.get(_plain_service(name), name)
    sources: list[str] = []
    owners: list[str] = []
    for index, condition in enumerate(conditions):
        if condition.is_positive and condition.name == _SOURCE_ARN:
            sources += condition.values
            told.add(index)
        elif condition.is_positive and condition.name == _SOURCE_ACCOUNT:
            owners += condition.values
            told.add(index)
    fixed = [source for source in sources if _is_fixed(source)]
    words = _alternatives(arns.described(source) for source in sources) if sources else service
    in_arns = [arn.account for source in sources if (arn := arns.parse(source)) and arn.account not in ("", "*")]
    accounts = list(dict.fromkeys(owners or in_arns))
    where = _alternatives("this account" if account == here else f"account {account}" for account in accounts)
    who = f"{words} of {where}" if accounts else words
    if sources and service not in words:
        who = f"{service}: {who}"
    if accounts and set(accounts) - {here}:
        return who, "note", "That is another account."
    if not accounts and fixed and any(":s3:" in source for source in fixed):
        text = "A bucket's ARN names no account: whoever owns a bucket of that name. A SourceAccount would fix it."
        return who, "note", text
    if not accounts and not fixed and not any(condition.narrows for condition in conditions):
        loose = who if sources else f"{who}, whatever the source,"
        return loose, "warn", f"Any AWS account can have {service} do it: no source is named."
    return who, "ok", ""


def _identity(name: str, here: str) -> tuple[str, Level, str]:
    arn = arns.parse(name)
    if arn is None and name.isdigit():
        account, resource = name, "root"
    elif arn is None:
        # IAM keeps a unique id, such as AROAEXAMPLE, where a role or user was deleted
        return f"a deleted identity ({name})", "warn", "The role or user is gone; the statement is of no use any more."
    else:
        account, resource = arn.account, arn.resource
    whose = "this account" if account == here else f"account {account}"
    level: Level = "ok" if account == here else "note"
    risk = "" if account == here else "That is another account."
    if resource == "root":
        return whose, level, risk
    return f"{arns.described(name)} of {whose}", level, risk


def _is_public(statement: Mapping[str, Any], conditions: list[_Condition]) -> bool:
    everybody = any(kind == "*" for kind, _ in _principals(statement))
    return everybody and statement.get("Effect") != "Deny" and not any(condition.narrows for condition in conditions)


def _public(conditions: list[_Condition], told: set[int]) -> tuple[str, Level, str]:
    for index, condition in enumerate(conditions):
        if condition.name == _URL_AUTH:
            told.add(index)
            if "NONE" in condition.values:
                return "anyone, unsigned,", "bad", "Whoever knows the URL can call it: no signature is asked for."
            return "any AWS identity", "bad", "Whoever has an AWS account can sign a call to the URL."
    via_url = any(condition.name == _VIA_URL for condition in conditions)
    text = "Whoever knows the URL can call it." if via_url else "Whoever has an AWS account can call it."
    return "anyone", "bad", text


def _verb(statement: Mapping[str, Any]) -> str:
    may = "may not" if statement.get("Effect") == "Deny" else "may"
    actions = [action.split(":", 1)[-1] for action in _listed(statement.get("Action", statement.get("NotAction", ())))]
    if "NotAction" in statement:
        return f"{may} do anything but {_alternatives(actions)} with"
    names = {"invokefunction": "invoke", "invokefunctionurl": "call the URL of", "*": "do anything with"}
    return f"{may} {' and '.join(names.get(action.lower(), action) for action in actions) or 'do nothing with'}"


def _conditions(statement: Mapping[str, Any]) -> Iterator[_Condition]:
    condition = statement.get("Condition")
    if not isinstance(condition, Mapping):
        return
    for operator, tests in condition.items():
        if isinstance(tests, Mapping):
            for key, values in tests.items():
                yield _Condition(operator, key, tuple(_listed(values)))


def _words(condition: _Condition) -> str:
    values = _alternatives(condition.values)
    if condition.is_positive:
        plain = {
            _SOURCE_ARN: f"for {_alternatives(arns.described(value) for value in condition.values)}",
            _SOURCE_ACCOUNT: f"for sources of account {values}",
            _URL_AUTH: "unsigned" if "NONE" in condition.values else "signed with IAM",
            _VIA_URL: "through the function URL only" if "true" in condition.values else "not through the function URL",
            _SECRET: "with the right event source token",
            "aws:principalorgid": f"within organization {values}",
            "aws:principalaccount": f"from account {values}",
            "aws:principalarn": f"as {_alternatives(arns.described(value) for value in condition.values)}",
            "aws:sourceorgid": f"for sources of organization {values}",
            "aws:sourceip": f"from {values}",
            "aws:sourcevpc": f"from VPC {values}",
            "aws:sourcevpce": f"through VPC endpoint {values}",
            "aws:securetransport": "over TLS" if "true" in condition.values else "without TLS",
        }.get(condition.name)
        if plain is not None:
            return plain
    *quantifier, operator = condition.operator.split(":")
    lax = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    if operator == "Null":
        return f"if {condition.key} is {'absent' if 'true' in condition.values else 'present'}"
    shown = "••••••" if condition.name == _SECRET else values
    every = {"ForAllValues": "every ", "ForAnyValue": "any "}.get(quantifier[0], "") if quantifier else ""
    test = f"if {every}{condition.key} {_OPERATORS.get(operator, operator)} {shown}"
    return f"{test} or is absent" if lax else test


def _is_fixed(value: str) -> bool:
    """Whether a value of a condition narrows anything down, as `*` and `arn:aws:s3:::*` do not."""
    arn = arns.parse(value)
    if arn is None:
        return value.strip("*?") != "" and value not in ("0.0.0.0/0", "::/0")
    return arn.account.strip("*?") != "" or arn.resource.strip("*?/:") != ""


def _plain_service(name: str) -> str:
    """`logs` for `logs.eu-west-1.amazonaws.com`."""
    parts = name.split(".amazonaws.com")[0].split(".")
    return parts[0] if len(parts) > 1 and parts[1].count("-") >= 2 else ".".join(parts)


def _listed(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [text for item in value for text in _listed(item)]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def _alternatives(words: Iterable[str]) -> str:
    found = list(dict.fromkeys(words))
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} or {found[-1]}" if found else ""
