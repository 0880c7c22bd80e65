"""Findings of cdk-nag and checkov that we accept, each with its reason. Tests and `make audit` refuse stale ones."""

from typing import cast

from aws_cdk import Acknowledgment, CfnElement, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import IConstruct


def accept(construct: IConstruct, finding: str, reason: str, *, pack: str = "AwsSolutions") -> None:
    """Accepts one finding of a pack's, such as "S1" or "IAM5[Resource::*]", on this construct and below it."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"{pack}-{finding}", reason=reason))


def accept_serverless(construct: IConstruct, finding: str, reason: str) -> None:
    """Accepts one finding of the Serverless pack, such as "LambdaDLQ", on this construct and below it."""
    accept(construct, finding, reason, pack="Serverless")


def accept_check(construct: IConstruct, check: str, reason: str) -> None:
    """Accepts that a resource fails one of checkov's checks, which `make audit` runs: "CKV_AWS_117"."""
    accept(construct, check, reason, pack="checkov")


def accept_no_queue(function: lambda_.Function, reason: str) -> None:
    """Accepts that a function has no dead-letter queue of Lambda's kind; `reason` says where its failures go."""
    accept_serverless(function, "LambdaDLQ", reason)
    accept_check(function, "CKV_AWS_116", reason)


def accept_no_access_log(bucket: s3.Bucket, reason: str) -> None:
    """Accepts that nobody writes down who reads a bucket's objects; `reason` says who knows it otherwise."""
    accept(bucket, "S1", reason)
    accept_check(bucket, "CKV_AWS_18", reason)


def accept_unversioned(bucket: s3.Bucket, reason: str) -> None:
    """Accepts that a bucket keeps no earlier versions of its objects."""
    accept_check(bucket, "CKV_AWS_21", reason)


def accept_objects(role: iam.IRole, bucket: s3.Bucket, prefix: str) -> None:
    """Accepts that a role has actions on all of the bucket's objects under `prefix`."""
    logical_id = bucket.stack.get_logical_id(cast("CfnElement", bucket.node.default_child))
    reason = f"Objects under {prefix} come and go under names that no template knows."
    accept(role, f"IAM5[Resource::<{logical_id}.Arn>/{prefix}*]", reason)


def accept_names(role: iam.IRole, resource: str, reason: str) -> None:
    """Accepts that a role has actions on resources by a pattern of their names: "states:…:execution:name:*"."""
    service, _, name = resource.partition(":")
    stack = Stack.of(role)
    arn = f"arn:{stack.partition}:{service}:{stack.region}:<AWS::AccountId>:{name}"
    accept(role, f"IAM5[Resource::{arn}]", reason)
