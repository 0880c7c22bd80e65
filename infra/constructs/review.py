"""Findings of cdk-nag's rules that we accept, each with its reason; tests/infra/test_review.py refuses stale ones."""

from typing import cast

from aws_cdk import Acknowledgment, CfnElement, Validations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import IConstruct


def accept(construct: IConstruct, finding: str, reason: str, *, pack: str = "AwsSolutions") -> None:
    """Accepts one finding of a pack's, such as "S1" or "IAM5[Resource::*]", on this construct and below it."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"{pack}-{finding}", reason=reason))


def accept_serverless(construct: IConstruct, finding: str, reason: str) -> None:
    """Accepts one finding of the Serverless pack, such as "LambdaDLQ", on this construct and below it."""
    accept(construct, finding, reason, pack="Serverless")


def accept_objects(function: lambda_.Function, bucket: s3.Bucket, prefix: str) -> None:
    """Accepts that the function's role has actions on all of the bucket's objects under `prefix`."""
    logical_id = bucket.stack.get_logical_id(cast("CfnElement", bucket.node.default_child))
    reason = f"Objects under {prefix} come and go under names that no template knows."
    accept(cast("IConstruct", function.role), f"IAM5[Resource::<{logical_id}.Arn>/{prefix}*]", reason)
