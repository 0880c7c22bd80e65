"""A bucket whose objects nobody changes, and what functions may do with those under a prefix."""

from typing import Any

from aws_cdk import Aws, Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.encryption import BUCKET, READS, SENDS, data_key, role_of, use_key
from infra.constructs.function import allow
from infra.constructs.review import accept_no_access_log, accept_objects
from infra.constructs.stage import MINIMUM_TLS, kept, stage_of
from infra.stages import Archive

DAYS_A_YEAR = 366


def locked_bucket(scope: Construct, id_: str, name: str, *, public: bool = False) -> s3.Bucket:
    """The bucket `<prefix>-<name>-<account>-<region>`: what is put there stays as long as the stage says.

    What is not `public` is about persons.
    """
    stage = stage_of(scope)
    bucket = s3.Bucket(
        scope,
        id_,
        bucket_name=f"{stage.prefix}-{name}-{Aws.ACCOUNT_ID}-{Aws.REGION}",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        **encrypted(scope, public=public),
        enforce_ssl=True,
        minimum_tls_version=MINIMUM_TLS,
        versioned=True,
        object_lock_enabled=True,
        object_lock_default_retention=_retention(stage.archive),
        removal_policy=kept(scope),
    )
    accept_no_access_log(bucket, "Its objects cannot be changed, and the functions that read them are traced.")
    return bucket


def encrypted(scope: Construct, *, public: bool = False) -> dict[str, Any]:
    """How a bucket is encrypted: with the stack's key, which S3 asks for seldom, unless it is public."""
    if public:
        return {"encryption": s3.BucketEncryption.S3_MANAGED}
    return {"encryption": s3.BucketEncryption.KMS, "encryption_key": data_key(scope), "bucket_key_enabled": True}


def _retention(archive: Archive) -> s3.ObjectLockRetention:
    # Governance lets a trial be cleaned up.
    lasting = Duration.days(archive.years * DAYS_A_YEAR)
    if archive.mode == "compliance":
        return s3.ObjectLockRetention.compliance(lasting)
    return s3.ObjectLockRetention.governance(lasting)


def allow_objects(function: lambda_.Function, bucket: s3.Bucket, prefix: str, *actions: str) -> None:
    """Actions on the bucket's objects under one of its prefixes."""
    allow(function, actions, [bucket.arn_for_objects(f"{prefix}*")])
    if bucket.encryption_key:
        use_key(role_of(function), BUCKET, SENDS if "s3:PutObject" in actions else READS[:1])
    accept_objects(role_of(function), bucket, prefix)
    # Listing makes a missing object a 404, not a 403. S3 says no prefix where it looks at that by itself.
    condition = {"StringLikeIfExists": {"s3:prefix": f"{prefix}*"}}
    allow(function, ["s3:ListBucket"], [bucket.bucket_arn], condition)
