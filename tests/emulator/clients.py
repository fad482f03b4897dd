"""boto3 clients of the embedded AWS, and functions made with them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import boto3
from botocore.config import Config

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.server import Emulator

REGION = "eu-west-1"
ROLE = "arn:aws:iam::{account}:role/service"
ECHO = "def handler(event, context):\n    return event\n"


def client_of(emulator: Emulator, service: str, account: str, region: str = REGION, **config: Any) -> Any:
    """A boto3 client of an account: one attempt, no retries, unless `config` (botocore's Config) says otherwise."""
    settings = {"retries": {"total_max_attempts": 1}, "max_pool_connections": 50, "read_timeout": 30, **config}
    return boto3.client(
        service,
        endpoint_url=emulator.endpoint,
        region_name=region,
        aws_access_key_id=access_key_of(account),
        aws_secret_access_key="unchecked",
        config=Config(**settings),
    )


def zipped(source: str = ECHO, name: str = "app.py", **files: str) -> bytes:
    """A deployment package with one module, and more files if wanted."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in {name: source, **files}.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return buffer.getvalue()


def make_function(client: Any, name: str = "f", source: str = ECHO, **members: Any) -> Any:
    """Creates a function with sensible members, and those that are given."""
    account = client._request_signer._credentials.access_key[4:16]
    defaults = {"Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE.format(account=account)}
    if members.get("PackageType") == "Image":
        defaults = {"Role": defaults["Role"]}
    code = {} if "Code" in members else {"Code": {"ZipFile": zipped(source)}}
    return client.create_function(FunctionName=name, **defaults | code | members)


def publish(client: Any, name: str = "f", source: str = ECHO) -> str:
    """Puts new code into a function and publishes it. Returns the version's number."""
    return str(client.update_function_code(FunctionName=name, ZipFile=zipped(source), Publish=True)["Version"])
