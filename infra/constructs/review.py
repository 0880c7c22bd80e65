"""Findings of cdk-nag's AwsSolutions rules that we accept, each with its reason."""

from typing import cast

from aws_cdk import Acknowledgment, CfnElement, Validations
from aws_cdk import aws_s3 as s3
from constructs import IConstruct


def accept(construct: IConstruct, finding: str, reason: str) -> None:
    """Accepts one AwsSolutions finding, such as "S1" or "IAM5[Resource::*]", on this construct and below it."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions-{finding}", reason=reason))


def accept_objects(bucket: s3.Bucket, prefix: str, reason: str) -> None:
    """Accepts that roles of the bucket's stack have actions on all its objects under `prefix`."""
    stack = bucket.stack
    logical_id = stack.get_logical_id(cast("CfnElement", bucket.node.default_child))
    accept(stack, f"IAM5[Resource::<{logical_id}.Arn>/{prefix}*]", reason)
