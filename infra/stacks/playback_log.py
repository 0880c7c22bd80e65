"""Playback's transparency log: its files, the key that signs it, and its one writer."""

from dataclasses import dataclass

from aws_cdk import Aws, CfnOutput, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm

from infra.constructs.archive import allow_objects, locked_bucket
from infra.constructs.function import allow
from infra.constructs.schedule import EVERY_MINUTE as HEART
from infra.constructs.schedule import Schedule
from infra.constructs.stage import kept
from infra.stacks.service import ServiceStack

LOG_PREFIX = "log/"
"""A file's key is its URL's path: /log/checkpoint, /log/tile/..."""
EVERY_MINUTE = "rate(1 minute)"
TIMEOUT = Duration.minutes(2)


@dataclass(frozen=True)
class Log:
    """The log's bucket, its policy, and what writes it."""

    bucket: s3.Bucket
    policy: ssm.StringParameter
    writer: Schedule


def add_log(stack: ServiceStack) -> Log:
    """Adds it to the playback stack."""
    bucket = _bucket(stack)
    key = kms.Key(
        stack,
        "LogKey1",
        description="Signs the transparency log's checkpoints",
        key_spec=kms.KeySpec.ECC_NIST_EDWARDS25519,
        key_usage=kms.KeyUsage.SIGN_VERIFY,
        removal_policy=kept(stack),
    )
    policy = ssm.StringParameter(
        stack,
        "LogPolicy",
        parameter_name=stack.stage.parameter("log-policy"),
        string_value="unset",
        description="Witnesses of the log and how many must cosign (tlog-policy); set by `python -m ops.log_policy`",
    )
    environment = {
        "LOG_BUCKET_NAME": bucket.bucket_name,
        "LOG_KEY_ID": key.key_id,
        "LOG_POLICY_PARAMETER": policy.parameter_name,
    }
    does = "Publishes what was noted for the transparency log"
    writer = stack.add_scheduled("log", EVERY_MINUTE, does, environment, heart=HEART, timeout=TIMEOUT, at_once=1)
    stack.allow_write(writer.function)
    stack.allow_remove(writer.function)
    allow_objects(writer.function, bucket, LOG_PREFIX, "s3:GetObject", "s3:PutObject")
    allow(writer.function, ["kms:GetPublicKey", "kms:Sign"], [key.key_arn])
    allow(writer.function, ["ssm:GetParameter"], [policy.parameter_arn])
    CfnOutput(stack, "LogBucketName", value=bucket.bucket_name)
    return Log(bucket, policy, writer)


def _bucket(stack: ServiceStack) -> s3.Bucket:
    bucket = locked_bucket(stack, "Log", "log", public=True)
    # Any distribution of this account: naming the edge's would make this stack and the edge need each other.
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            actions=["s3:GetObject"],
            principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
            resources=[bucket.arn_for_objects(f"{LOG_PREFIX}*")],
            conditions={
                "ArnLike": {"AWS:SourceArn": f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution/*"}
            },
        )
    )
    return bucket
