"""Bad input to `lambdatui deploy`: each mistake meets one clear sentence, before anything is changed at AWS."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdatui.stages import guarded_run
from lambdatui.stages.deploy import Deploy
from tests.cli.code import write_code
from tests.cli.conftest import Ended, Run
from tests.conftest import Calls
from tests.emulator.clients import make_function

BASE = "function: shop\nruntime: python3.13\nhandler: app.handler\nrole: arn:aws:iam::123456789012:role/shop\n"
CODE = BASE + "code: ./code\n"
AN_IMAGE = (
    "the URI of an image in ECR was expected, with its tag or digest, such as "
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1.4. Lambda takes images from ECR only."
)

Deploys = Callable[[str], Ended]


@pytest.fixture
def deploys(lambdatui: Run, connected: Any, tmp_path: Path) -> Deploys:
    """Deploys a file of this text, in a folder that has a package beside it."""
    write_code(tmp_path / "code", 1)

    def deploy(text: str) -> Ended:
        (tmp_path / "shop.yaml").write_text(text)
        return lambdatui("deploy", str(tmp_path / "shop.yaml"), "--yes")

    return deploy


def refused(ended: Ended, calls: Calls, words: str, status: int = 2) -> None:
    assert (ended.err, ended.out) == (f"lambdatui: {words}\n", "")
    assert ended.status == status
    assert calls.changes() == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (CODE + "memory: 128\nmemory: 256\n", 7, "'memory' stands here a second time; the first is on line 6."),
        (CODE + "environment:\n  A_A: a\n  A_A: b\n", 8, "'A_A' stands here a second time; the first is on line 7."),
        (CODE + "environment:\n\tA_A: a\n", 7, "a tab stands where YAML wants spaces."),
        (CODE + "memory: [1\n", 7, "did not find expected ',' or ']'."),
        (CODE + "memory: lots\n", 6, "memory: a whole number was expected, not 'lots'."),
        (CODE + "memory: 64\n", 6, "memory: 128 or more was expected, not 64."),
        (CODE + "publish: maybe\n", 6, "publish: true or false was expected, not 'maybe'."),
        (CODE + "layers: libs\n", 6, "layers: a list was expected, not 'libs'."),
        (CODE + "vpc: [subnet-1]\n", 6, "vpc: a mapping of fields was expected."),
        (CODE + "environment:\n  PORT: 8080\n", 7, "environment.PORT: text was expected; put it in quotes."),
        (CODE + "memmory: 256\n", 6, "there is no field 'memmory'. Did you mean 'memory'?"),
        (CODE + "vpc:\n  subnet: []\n", 7, "there is no field 'vpc.subnet'. Did you mean 'subnets'?"),
        (CODE + "tracing: active\n", 6, "tracing: Active or PassThrough was expected, not 'active'. "
         "Did you mean 'Active'?"),
        ("- function: shop\n", 1, "a mapping of fields was expected, not a list."),
        ("code: ./code\n", 1, "the field 'function' is missing."),
        (BASE.replace(":iam:", ":s3:"), 4, "role: the ARN of a role was expected, and "
         "'arn:aws:s3::123456789012:role/shop' is one of s3."),
        (BASE.replace("arn:aws:", "arn:aws-cn:"), 4,
         "role: it is in the partition aws-cn, and eu-west-1 is in aws."),
        (CODE + "dead_letter: arn:aws:lambda:eu-west-1:123456789012:function:x\n", 6,
         "dead_letter: the ARN of an SQS queue or an SNS topic was expected, and "
         "'arn:aws:lambda:eu-west-1:123456789012:function:x' is one of lambda."),
        (CODE + "layers:\n  - arn:aws:lambda:us-east-1:123456789012:layer:libs:1\n", 7,
         "layers.0: it is in us-east-1, and the function in eu-west-1: AWS wants both in one region."),
        (CODE + "environment:\n  AWS_REGION: eu-west-1\n", 7,
         "environment.AWS_REGION: Lambda sets it itself and does not let it be set."),
        (CODE + "environment:\n  1ST: a\n", 7,
         "environment.1ST: letters, digits and _ were expected, two or more, a letter first."),
        (BASE.replace("app.handler", "main.handler") + "code: ./code\n", 3,
         "handler: main.handler needs main.py, and ./code does not hold it."),
    ],
)  # fmt: skip
def test_the_line_what_is_wrong_and_what_was_meant(
    deploys: Deploys, tmp_path: Path, calls: Calls, text: str, line: int, words: str
) -> None:
    refused(deploys(text), calls, f"{tmp_path / 'shop.yaml'}:{line}: {words}")


def test_an_environment_of_just_4_kb_is_taken_and_a_byte_more_is_not(
    deploys: Deploys, calls: Calls, tmp_path: Path
) -> None:
    words = "environment: 4097 bytes with names, quotes and commas, and Lambda takes 4096."
    refused(deploys(CODE + f"environment:\n  LONG: {'x' * 4086}\n"), calls, f"{tmp_path / 'shop.yaml'}:6: {words}")
    assert deploys(CODE + f"environment:\n  LONG: {'x' * 4085}\n").status == 0


def empty(folder: Path) -> None: ...


def ignored(folder: Path) -> None:
    (folder / "app.py").write_text("")
    (folder / ".lambdaignore").write_text("*.py\n")


def link_to_itself(folder: Path) -> None:
    os.symlink("again", folder / "again")


def link_to_above(folder: Path) -> None:
    (folder / "lib").mkdir()
    os.symlink("../lib", folder / "lib" / "again")


def link_out(folder: Path) -> None:
    os.symlink("/etc", folder / "etc")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (empty, "there is nothing in it to deploy."),
        (ignored, "there is nothing in it to deploy; 2 ignored."),
        (link_to_itself, "the symbolic link again leads nowhere, or in a circle."),
        (link_to_above, "the symbolic link lib/again leads back to a folder it lies in."),
        (link_out, "the symbolic link etc leaves the folder (to /etc). "
         "Copy what it points to, or leave it out with .lambdaignore."),
    ],
)  # fmt: skip
def test_a_folder_that_makes_no_package(
    deploys: Deploys, tmp_path: Path, calls: Calls, make: Callable[[Path], None], words: str
) -> None:
    (tmp_path / "build").mkdir()
    make(tmp_path / "build")
    refused(deploys(BASE + "code: ./build\n"), calls, f"./build: {words}")


def no_zip(path: Path) -> None:
    path.write_text("hello")


def slip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("app.py", "")
        archive.writestr("../../etc/cron.d/evil", "")


def not_the_name_it_says(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ä.py", "")
    path.write_bytes(path.read_bytes().replace("ä".encode(), b"\xff\xff"))


def nameless(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "")
    path.write_bytes(path.read_bytes().replace(b"a", b"\0"))


def cut_off(path: Path) -> None:
    slip(path)
    path.write_bytes(path.read_bytes()[:-40])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (no_zip, "is not a zip file."),
        (cut_off, "is not a zip file."),
        (slip, "the zip holds '../../etc/cron.d/evil', a name that leads out of the package."),
        (not_the_name_it_says, "the zip holds a name that is not the UTF-8 that it says it is."),
        (nameless, "the zip holds a file without a name."),
    ],
)
def test_a_zip_that_is_no_package(
    deploys: Deploys, tmp_path: Path, calls: Calls, make: Callable[[Path], None], words: str
) -> None:
    make(tmp_path / "build.zip")
    refused(deploys(BASE + "code: ./build.zip\n"), calls, f"./build.zip: {words}")


@pytest.mark.parametrize(
    ("code", "words", "status"),
    [
        ("./cod", "./cod: there is no such folder or zip file.", 2),
        ("public.ecr.aws/lambda/python:3.13", f"public.ecr.aws/lambda/python:3.13: {AN_IMAGE}", 2),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop",
         f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop: {AN_IMAGE}", 2),
        ("s3://releases", "s3://releases: s3://BUCKET/KEY was expected.", 2),
        ("s3://releases/absent.zip", "s3://releases/absent.zip: there is no such object.", 3),
        ("s3://releases-absent/a.zip", "s3://releases-absent: there is no such bucket.", 3),
        ("s3://releases/shop.zip?versionId=absent",
         "s3://releases/shop.zip: there is no such object version, absent.", 3),
    ],
)  # fmt: skip
def test_code_that_is_not_there(
    deploys: Deploys, aws: Any, account_id: str, calls: Calls, code: str, words: str, status: int
) -> None:
    s3 = aws("s3")
    # buckets have one name for all accounts: another test's may be there
    bucket = f"releases-{account_id}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=bucket, Key="shop.zip", Body=b"")
    calls.forget()
    refused(
        deploys(BASE + f"code: {code.replace('releases', bucket)}\n"), calls, words.replace("releases", bucket), status
    )


def test_a_new_function_needs_code_and_says_what_else(deploys: Deploys, calls: Calls, tmp_path: Path) -> None:
    refused(deploys(BASE), calls, "code: shop does not exist yet, so its code is needed.")
    without = CODE.replace("handler: app.handler\n", "")
    refused(deploys(without), calls, "handler: shop does not exist yet, so its handler is needed.")


def test_a_region_that_lacks_a_setting_is_told_by_the_setting(
    deploys: Deploys, connected: Any, aws: Any, account_id: str, calls: Calls, tmp_path: Path
) -> None:
    make_function(aws(), "shop")
    connected.cloud.faults.add(
        "error", operation="GetFunctionRecursionConfig", account=account_id, code="UnknownOperationException"
    )
    calls.forget()
    refused(
        deploys("function: shop\nrecursion: Allow\n"),
        calls,
        f"{tmp_path / 'shop.yaml'}:2: recursion: Lambda in eu-west-1 does not have this setting "
        "(GetFunctionRecursionConfig).",
    )


def role_unknown(connected: Any, account_id: str, **conditions: Any) -> int:
    return int(
        connected.cloud.faults.add(
            "error",
            operation="CreateFunction",
            account=account_id,
            code="InvalidParameterValueException",
            message="The role defined for the function cannot be assumed by Lambda.",
            **conditions,
        )
    )


def test_a_role_that_iam_has_just_made_is_waited_for(
    deploys: Deploys, connected: Any, aws: Any, account_id: str
) -> None:
    fault = role_unknown(connected, account_id, times=2)
    ended = deploys(CODE)
    assert ended.status == 0
    assert "Lambda cannot assume the role yet; IAM may need a moment." in ended.err
    assert connected.cloud.faults.hits(fault) == 2
    assert aws().get_function(FunctionName="shop")


def test_a_role_that_lambda_may_not_assume_is_told_in_the_end(
    deploys: Deploys, connected: Any, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    role_unknown(connected, account_id)
    monkeypatch.setattr(guarded_run, "ROLE_SECONDS", 0.5)
    ended = deploys(CODE)
    assert ended.status == 3
    last = ended.err.splitlines()[-1]
    assert "The role defined for the function cannot be assumed by Lambda." in last
    assert re.search(r"It was tried for \d+ s\.", last)
    assert last.endswith(
        "Its trust policy must let lambda.amazonaws.com assume it, and its permissions must reach what the function "
        "uses."
    )
    assert "not done: CreateFunction shop" in ended.err


def test_the_schema_of_the_file_is_that_of_the_model(lambdatui: Run) -> None:
    ended = lambdatui("deploy", "--schema")
    assert ended.status == 0
    assert ended.document["additionalProperties"] is False
    assert ended.document["required"] == ["function"]
    assert ended.document["properties"].keys() == Deploy.model_fields.keys()
    assert ended.document["properties"]["memory"]["anyOf"][0]["minimum"] == 128
    assert all(one.get("description") for one in ended.document["properties"].values())
