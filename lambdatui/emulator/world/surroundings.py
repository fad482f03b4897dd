"""What the functions stand among: roles in IAM, queues in SQS, released packages in S3. They live in moto behind."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import TYPE_CHECKING

from lambdatui.emulator.world.packages import package
from lambdatui.emulator.world.places import (
    ORDERS_DEAD_LETTERS,
    ORDERS_QUEUE,
    PROD_IRELAND,
    RELEASES_BUCKET,
    WEBHOOKS_DEAD_LETTERS,
)
from lambdatui.emulator.world.story import TALES

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud

RELEASES = range(41, 45)
"""The versions of checkout-api whose packages are in the bucket, as `checkout-api/41.zip`; 44 is yet to be deployed."""
SHOP_KEY, IMAGES = "alias/shop", "fraud-scoring"
"""The alias of a KMS key, and a repository of container images."""

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
_RECEIVES_BEFORE_GIVEN_UP = 3
_VISIBILITY_SECONDS = 30


def make(cloud: Cloud) -> None:
    """Makes roles, queues and the bucket, a topic, a key and a repository of images.

    What is there already stays: moto has one state in a process, for all clouds that are in it.
    """
    _make_roles(cloud)
    _make_queues(cloud)
    _make_bucket(cloud)
    _make_choices(cloud)


def _make_roles(cloud: Cloud) -> None:
    for account, service in sorted({(tale.place.account, tale.service) for tale in TALES}):
        iam = cloud.moto.client("iam", account, "us-east-1")
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(
                RoleName=service,
                AssumeRolePolicyDocument=json.dumps(_TRUST),
                Description=f"What the functions of {service} may do",
                Tags=[{"Key": "service", "Value": service}],
            )


def _make_queues(cloud: Cloud) -> None:
    sqs = cloud.moto.client("sqs", PROD_IRELAND.account, PROD_IRELAND.region)
    for name in (ORDERS_DEAD_LETTERS, WEBHOOKS_DEAD_LETTERS):
        sqs.create_queue(QueueName=name)
    redrive = {
        "deadLetterTargetArn": PROD_IRELAND.queue_arn(ORDERS_DEAD_LETTERS),
        "maxReceiveCount": str(_RECEIVES_BEFORE_GIVEN_UP),
    }
    attributes = {"VisibilityTimeout": str(_VISIBILITY_SECONDS), "RedrivePolicy": json.dumps(redrive)}
    sqs.create_queue(QueueName=ORDERS_QUEUE, Attributes=attributes)


def _make_bucket(cloud: Cloud) -> None:
    s3 = cloud.moto.client("s3", PROD_IRELAND.account, PROD_IRELAND.region)
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=RELEASES_BUCKET, CreateBucketConfiguration={"LocationConstraint": PROD_IRELAND.region})
    s3.put_bucket_versioning(Bucket=RELEASES_BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for number in RELEASES:
        body = package(f"checkout_api/{number}").data
        s3.put_object(Bucket=RELEASES_BUCKET, Key=f"checkout-api/{number}.zip", Body=body)


def _make_choices(cloud: Cloud) -> None:
    """What no function uses yet, for an operator to choose."""
    place = PROD_IRELAND
    cloud.moto.client("sns", place.account, place.region).create_topic(Name="on-call")
    kms = cloud.moto.client("kms", place.account, place.region)
    if not any(alias["AliasName"] == SHOP_KEY for alias in kms.list_aliases()["Aliases"]):
        key = kms.create_key(Description="What the shop keeps to itself")["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=SHOP_KEY, TargetKeyId=key)
    ecr = cloud.moto.client("ecr", place.account, place.region)
    with suppress(ecr.exceptions.RepositoryAlreadyExistsException):
        ecr.create_repository(repositoryName=IMAGES)
        for tag in ("2026-11-20", "2026-11-23"):
            ecr.put_image(repositoryName=IMAGES, imageTag=tag, imageManifest=_manifest(tag))


def _manifest(tag: str) -> str:
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    digest = f"sha256:{hashlib.sha256(tag.encode()).hexdigest()}"
    layer = {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": 61_000_000, "digest": digest}
    config = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 7023, "digest": digest}
    return json.dumps({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": [layer]})
