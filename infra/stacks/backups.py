"""Backups beside point-in-time recovery: every day an export of each service's table, in a bucket of their own."""

from collections.abc import Mapping

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.alarm import Times, Told, Topics, silence_alarm
from infra.constructs.archive import encrypted
from infra.constructs.encryption import BUCKET, QUEUE, SENDS, data_key, use_key
from infra.constructs.queues import DeadLetterQueue
from infra.constructs.review import accept, accept_no_access_log, accept_unversioned
from infra.constructs.schedule import EVERY_DAY
from infra.constructs.stage import MINIMUM_TLS, StageStack, kept
from infra.stacks.platform import PlatformStack

EXPORT = "arn:aws:scheduler:::aws-sdk:dynamodb:exportTableToPointInTime"
"""The scheduler calls DynamoDB itself, so no code of ours stands between a table and its backup."""
AT = "cron(15 19 * * ? *)"
"""03:15 in Shanghai."""
KEPT_FOR = Duration.days(35)
"""As long as point-in-time recovery keeps them: then nothing has any more what an erasure emptied."""
MAX_AGE = Duration.hours(6)
RETRIES = 5


class BackupsStack(StageStack):
    """Deployed after the services. `tables`: each service's, by its name."""

    def __init__(self, scope: Construct, platform: PlatformStack, tables: Mapping[str, dynamodb.Table]) -> None:
        stage = platform.stage
        super().__init__(scope, stage, "Backups", "Xueshi: a daily export of each table")
        self.bucket = self._bucket()
        name = f"{stage.prefix}-backups"
        failures = DeadLetterQueue(self, "DeadLetters", name=f"{name}-dlq", topics=platform.topics, source_queue=None)
        role = self._role(tables, failures)
        group = scheduler.CfnScheduleGroup(self, "Group", name=name)
        self._add_heartbeat(name, platform.topics)
        for service, table in tables.items():
            scheduler.CfnSchedule(
                self,
                f"{service.capitalize()}Export",
                name=f"{name}-{service}",
                group_name=name,
                description=f"Exports the table of {service}",
                schedule_expression=AT,
                flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
                target=scheduler.CfnSchedule.TargetProperty(
                    arn=EXPORT,
                    role_arn=role.role_arn,
                    input=self.to_json_string(
                        {
                            "TableArn": table.table_arn,
                            "S3Bucket": self.bucket.bucket_name,
                            "S3Prefix": service,
                            "S3SseAlgorithm": "KMS",
                            "S3SseKmsKeyId": data_key(self).key_arn,
                            "ExportFormat": "DYNAMODB_JSON",
                        }
                    ),
                    retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=MAX_AGE.to_seconds(), maximum_retry_attempts=RETRIES
                    ),
                    dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=failures.queue.queue_arn),
                ),
            ).node.add_dependency(role, group)

    def _add_heartbeat(self, name: str, topics: Topics) -> None:
        # The scheduler counts by group, and calls DynamoDB itself, so there is no function whose runs could be counted.
        begun = cloudwatch.Metric(
            namespace="AWS/Scheduler",
            metric_name="InvocationAttemptCount",
            dimensions_map={"ScheduleGroup": name},
            statistic="Sum",
            period=EVERY_DAY.period,
        )
        told = Told(EVERY_DAY.severity, "No export of a table was begun", EVERY_DAY.because, "heartbeats")
        times = Times(EVERY_DAY.periods, EVERY_DAY.periods)
        silence_alarm(self, "Heartbeat", begun, name=f"{name}-no-heartbeat", told=told, topics=topics, times=times)

    def _bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=f"{self.stage.prefix}-backups-{Aws.ACCOUNT_ID}-{Aws.REGION}",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            **encrypted(self),
            minimum_tls_version=MINIMUM_TLS,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=KEPT_FOR)],
            removal_policy=kept(self),
        )
        accept_no_access_log(bucket, "DynamoDB writes it and operators alone read it.")
        accept_unversioned(bucket, "Each export has names of its own, and must be gone after its days.")
        return bucket

    def _role(self, tables: Mapping[str, dynamodb.Table], failures: DeadLetterQueue) -> iam.Role:
        own_account = {"StringEquals": {"aws:SourceAccount": self.account}}
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions=own_account),
            description="Of the daily exports alone",
        )
        arns = [table.table_arn for table in tables.values()]
        for actions, resources in (
            (["dynamodb:ExportTableToPointInTime"], arns),
            (["s3:AbortMultipartUpload", "s3:PutObject"], [self.bucket.arn_for_objects("*")]),
            (["sqs:SendMessage"], [failures.queue.queue_arn]),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))
        for through in (BUCKET, QUEUE):
            use_key(role, through, SENDS)
        logical_id = self.get_logical_id(self.bucket.node.default_child)
        accept(role, f"IAM5[Resource::<{logical_id}.Arn>/*]", "DynamoDB names an export's files itself.")
        return role
