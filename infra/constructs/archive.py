"""A bucket whose objects nobody changes, and what functions may do with those under a prefix."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.function import allow
from infra.constructs.review import accept, accept_objects
from infra.constructs.stage import kept, stage_of
from infra.stages import Archive

DAYS_A_YEAR = 366


def locked_bucket(scope: Construct, id_: str, name: str) -> s3.Bucket:
    """The bucket `<prefix>-<name>-<account>-<region>`: what is put there stays as long as the stage says."""
    stage = stage_of(scope)
    bucket = s3.Bucket(
        scope,
        id_,
        bucket_name=f"{stage.prefix}-{name}-{Aws.ACCOUNT_ID}-{Aws.REGION}",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        versioned=True,
        object_lock_enabled=True,
        object_lock_default_retention=_retention(stage.archive),
        removal_policy=kept(scope),
    )
    accept(bucket, "S1", "Its objects cannot be changed, and the functions that read them are traced.")
    return bucket


def _retention(archive: Archive) -> s3.ObjectLockRetention:
    # Governance lets a trial be cleaned up.
    lasting = Duration.days(archive.years * DAYS_A_YEAR)
    if archive.mode == "compliance":
        return s3.ObjectLockRetention.compliance(lasting)
    return s3.ObjectLockRetention.governance(lasting)


def allow_objects(function: lambda_.Function, bucket: s3.Bucket, prefix: str, *actions: str) -> None:
    """Actions on the bucket's objects under one of its prefixes."""
    allow(function, actions, [bucket.arn_for_objects(f"{prefix}*")])
    accept_objects(function, bucket, prefix)
    # Listing makes a missing object a 404, not a 403.
    condition = {"StringLike": {"s3:prefix": f"{prefix}*"}}
    allow(function, ["s3:ListBucket"], [bucket.bucket_arn], condition)
