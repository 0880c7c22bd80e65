"""A service's two tables."""

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.constructs.encryption import data_key
from infra.constructs.stage import kept, stage_of

READ = ("dynamodb:GetItem", "dynamodb:Query")
BATCH = ("dynamodb:BatchGetItem",)
WRITE = ("dynamodb:ConditionCheckItem", "dynamodb:PutItem")
"""Items are replaced under a condition, and not deleted. A transaction needs only the permissions of what is in it."""
COUNT = ("dynamodb:UpdateItem",)
"""Counters alone are added to: of nothing else a part is changed."""
REMOVE = ("dynamodb:DeleteItem",)
"""For what waits in a list until it is done."""
APPEND = ("dynamodb:PutItem",)


class ServiceTables(Construct):
    """The service's table, and its outbox apart from it: `<prefix>-<service>` and `<prefix>-<service>-outbox`.

    Apart, so that the stream carries events only and the relay cannot read data.
    """

    def __init__(self, scope: Construct, service: str) -> None:
        super().__init__(scope, "Tables")
        stage = stage_of(self)
        name = f"{stage.prefix}-{service}"
        self.data = _table(self, "Data", name, stream=None, protect=stage.protected)
        self.outbox = _table(
            self,
            "Outbox",
            f"{name}-outbox",
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            protect=False,  # an event lives here until it is published; what it tells is in the data table
        )


def _table(
    scope: Construct, id_: str, name: str, *, stream: dynamodb.StreamViewType | None, protect: bool
) -> dynamodb.Table:
    return dynamodb.Table(
        scope,
        id_,
        table_name=name,
        partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        time_to_live_attribute="expires_at",
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=data_key(scope),
        stream=stream,
        deletion_protection=protect,
        removal_policy=kept(scope),
    )
