"""Keys of our own for what is about persons: one for each stack that keeps such things.

Whoever reads or writes there needs the permission for the key too, and has it for what goes through that service only.
"""

from typing import cast

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct

from infra.constructs.stage import StageStack, kept

TABLE, BUCKET, QUEUE = "dynamodb", "s3", "sqs"
"""The services through which keys are used, as KMS names them."""
READS = ("kms:Decrypt", "kms:DescribeKey")
CHANGES = (*READS, "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo")
"""What AWS says that users of a table's key need."""
SENDS = ("kms:Decrypt", "kms:GenerateDataKey")
"""What senders to a queue need, and writers of objects."""
REUSED = Duration.hours(1)
"""For how long a queue asks for no other data key."""
_ID = "DataKey"


def data_key(construct: IConstruct) -> kms.Key:
    """The key of the construct's stack; made where it is asked for first."""
    stack = Stack.of(construct)
    assert isinstance(stack, StageStack)  # noqa: S101 (for the type checker: all of ours are)
    found = stack.node.try_find_child(_ID)
    return cast("kms.Key", found) if found else _made(stack)


def _made(stack: StageStack) -> kms.Key:
    prefix = stack.stage.prefix
    key = kms.Key(
        stack,
        _ID,
        alias=f"alias/{stack.stack_name}",
        description=f"Encrypts what {stack.stack_name} keeps of persons",
        enable_key_rotation=True,
        pending_window=Duration.days(30 if stack.stage.protected else 7),
        removal_policy=kept(stack),
    )
    # Rules of the stage's bus put events into encrypted queues.
    _admit(key, "events", "ArnLike", "aws:SourceArn", stack.format_arn(service="events", resource=f"rule/{prefix}/*"))
    logs = f"logs.{Aws.REGION}"
    groups = stack.format_arn(service="logs", resource=f"log-group:/{prefix}/*")
    _admit(key, logs, "ArnLike", "kms:EncryptionContext:aws:logs:arn", groups, more=["kms:DescribeKey"])
    return key


def _admit(
    key: kms.Key, service: str, operator: str, member: str, value: str, *, more: list[str] | None = None
) -> None:
    key.add_to_resource_policy(
        iam.PolicyStatement(
            actions=[*SENDS, *(more or [])],
            principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
            resources=["*"],
            conditions={operator: {member: value}},
        )
    )


def use_key(role: iam.IRole, through: str, actions: tuple[str, ...]) -> None:
    """Lets a role use its stack's key for what it does with a service: TABLE, BUCKET or QUEUE."""
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=list(actions),
            resources=[data_key(role).key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"{through}.{Aws.REGION}.{Aws.URL_SUFFIX}"}},
        )
    )


def role_of(function: lambda_.Function) -> iam.IRole:
    """A function's role, which each of ours has."""
    return cast("iam.IRole", function.role)


def encrypt(queue: sqs.Queue) -> None:
    """Encrypts a queue with its stack's key. CDK's own way would let any rule of the account send to it."""
    resource = cast("sqs.CfnQueue", queue.node.default_child)
    resource.kms_master_key_id = data_key(queue).key_arn
    resource.kms_data_key_reuse_period_seconds = REUSED.to_seconds()
