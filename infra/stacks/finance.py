"""Orders' functions for finance: exports and summaries, and the bucket that they are kept in."""

from aws_cdk import Aws, Duration, RemovalPolicy, Size
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from infra.constructs.archive import allow_objects
from infra.constructs.consumer import EventConsumer
from infra.constructs.review import accept, accept_objects
from infra.constructs.schedule import Schedule
from infra.stacks.service import ServiceStack

LAYER = "exports"
EXPORTS_PREFIX = "exports/"
KEPT = Duration.days(400)
"""Longer than the year that finance closes. Any export can be written anew from what is stored."""
DAILY_AT = "cron(30 2 * * ? *)"
"""UTC: half past ten in Shanghai, when providers have made the day's statements."""
WRITING_TIMEOUT = Duration.minutes(15)
WRITING_MEMORY_MIB = 1769
"""Lambda's measure of one whole CPU; what is written needs far less memory."""
WRITING_STORAGE = Size.gibibytes(4)
"""A million rows unpacked, as a workbook takes them while it is written, and the files of its table."""


class Finance:
    """A part of orders' stack."""

    def __init__(self, stack: ServiceStack) -> None:
        self._stack = stack
        self._bucket = self._finance_bucket()
        self._environment = {"FINANCE_BUCKET_NAME": self._bucket.bucket_name}
        self.http: dict[str, lambda_.Function] = {"finance": self._finance()}
        self.consumers: list[EventConsumer] = [self._export()]
        self.schedules: list[Schedule] = [self._daily()]

    def _finance_bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self._stack,
            "Finance",
            bucket_name=f"xueshi-finance-{Aws.ACCOUNT_ID}-{Aws.REGION}",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    prefix=EXPORTS_PREFIX, expiration=KEPT, noncurrent_version_expiration=Duration.days(30)
                )
            ],
            removal_policy=RemovalPolicy.RETAIN,
        )
        accept(bucket, "S1", "Who was given a link is in the audit log, and the functions that sign them are traced.")
        accept_objects(bucket, EXPORTS_PREFIX, "Objects are named by what they hold.")
        return bucket

    def _finance(self) -> lambda_.Function:
        """Takes requests and signs links. It can write no file."""
        function = self._stack.add_http_function("finance", self._environment)
        self._stack.allow_write(function)
        self._stack.allow_emit(function)
        allow_objects(function, self._bucket, EXPORTS_PREFIX, "s3:GetObject")
        return function

    def _export(self) -> EventConsumer:
        """Writes files. It can read none back, and emits nothing."""
        consumer = self._stack.add_consumer(
            ["orders.export_requested.v1"],
            self._environment,
            "export",
            bundle=self._stack.bundle_with(LAYER),
            timeout=WRITING_TIMEOUT,
            memory_mib=WRITING_MEMORY_MIB,
            storage=WRITING_STORAGE,
            batch_size=1,
        )
        self._stack.allow_write(consumer.function)
        allow_objects(consumer.function, self._bucket, EXPORTS_PREFIX, "s3:PutObject")
        return consumer

    def _daily(self) -> Schedule:
        """Asks for what each day that is over needs."""
        daily = self._stack.add_scheduled(
            "daily", DAILY_AT, "Asks for the exports of the days that are over", timeout=Duration.minutes(1)
        )
        self._stack.allow_write(daily.function)
        self._stack.allow_emit(daily.function)
        return daily
