"""A bucket whose objects nobody changes, and what functions may do with those under a prefix."""

from collections.abc import Sequence

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.function import allow
from infra.constructs.review import accept, accept_objects

RETENTION = Duration.days(5 * 366)
"""Five years, as the standards that we follow ask."""


def locked_bucket(scope: Construct, id_: str, name: str, prefixes: Sequence[str]) -> s3.Bucket:
    """The bucket `xueshi-<name>-<account>-<region>`: what is put there stays for five years.

    `prefixes`, each with its slash, are those that functions are let in to by `allow_objects`.
    """
    bucket = s3.Bucket(
        scope,
        id_,
        bucket_name=f"xueshi-{name}-{Aws.ACCOUNT_ID}-{Aws.REGION}",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        versioned=True,
        object_lock_enabled=True,
        # Governance lets an account be cleaned up. Production sets compliance mode, for good: docs/deployment.md.
        object_lock_default_retention=s3.ObjectLockRetention.governance(RETENTION),
        removal_policy=RemovalPolicy.RETAIN,
    )
    accept(bucket, "S1", "Its objects cannot be changed, and the functions that read them are traced.")
    for prefix in prefixes:
        accept_objects(bucket, prefix, "Objects are named by what they are about.")
    return bucket


def allow_objects(function: lambda_.Function, bucket: s3.Bucket, prefix: str, *actions: str) -> None:
    """Actions on the bucket's objects under one of its prefixes."""
    allow(function, actions, [bucket.arn_for_objects(f"{prefix}*")])
    # Listing makes a missing object a 404, not a 403.
    condition = {"StringLike": {"s3:prefix": f"{prefix}*"}}
    allow(function, ["s3:ListBucket"], [bucket.bucket_arn], condition)
