"""Orders' functions for finance: exports, summaries, reconciliation, and the bucket that files are kept in."""

from aws_cdk import Aws, Duration, Size
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from infra.constructs.archive import allow_objects, encrypted
from infra.constructs.consumer import EventConsumer
from infra.constructs.review import accept_no_access_log
from infra.constructs.schedule import EVERY_DAY, Schedule
from infra.constructs.stage import MINIMUM_TLS, kept
from infra.stacks.payments import Payments
from infra.stacks.service import ServiceStack
from infra.stages import Stage

LAYER = "exports"
EXPORTS_PREFIX, STATEMENTS_PREFIX, REPORTS_PREFIX = "exports/", "statements/", "reports/"
INVOICES_PREFIX = "invoices/"
"""What finance uploads stays: tax law keeps invoices longer than exports."""
KEPT = Duration.days(400)
"""Of exports and brought statements, longer than the year that finance closes; any export can be written anew.
Reports stay."""
DAILY_AT = "cron(30 2 * * ? *)"
"""UTC: half past ten in Shanghai, when providers have made the day's statements."""
RECONCILING_TIMEOUT = Duration.minutes(5)
"""Its queue asks again after six times that: five times, over the hours in which a late statement comes."""
WRITING_TIMEOUT = Duration.minutes(15)
WRITING_MEMORY_MIB = 1769
"""Lambda's measure of one whole CPU; what is written needs far less memory: docs/costs-and-scale.md has figures."""
WRITING_STORAGE = Size.gibibytes(4)
"""A million rows unpacked, as a workbook takes them while it is written, and the files of its table."""


def finance_bucket_name(stage: Stage) -> str:
    """Known before the bucket is there: the client's pages may connect to it."""
    return f"{stage.prefix}-finance-{Aws.ACCOUNT_ID}-{Aws.REGION}"


class Finance:
    """A part of orders' stack."""

    def __init__(self, stack: ServiceStack, payments: Payments) -> None:
        self._stack = stack
        self._payments = payments
        self._bucket = self._finance_bucket()
        self._environment = {"FINANCE_BUCKET_NAME": self._bucket.bucket_name}
        self.http: dict[str, lambda_.Function] = {"finance": self._finance()}
        self.consumers: list[EventConsumer] = [self._export(), self._reconcile()]
        self.schedules: list[Schedule] = [self._daily()]

    def _finance_bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self._stack,
            "Finance",
            bucket_name=finance_bucket_name(self._stack.stage),
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            **encrypted(self._stack),
            enforce_ssl=True,
            minimum_tls_version=MINIMUM_TLS,
            versioned=True,
            # Browsers put invoices to addresses that are signed for one file each: an origin would prove nothing more.
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.PUT],
                    allowed_origins=["*"],
                    allowed_headers=["content-type", "if-none-match", "x-amz-checksum-sha256"],
                )
            ],
            lifecycle_rules=[
                s3.LifecycleRule(prefix=prefix, expiration=KEPT, noncurrent_version_expiration=Duration.days(30))
                for prefix in (EXPORTS_PREFIX, STATEMENTS_PREFIX)
            ],
            removal_policy=kept(self._stack),
        )
        accept_no_access_log(
            bucket, "Who was given a link is in the audit log, and the functions that sign them are traced."
        )
        return bucket

    def open_invoices(self, function: lambda_.Function) -> None:
        """Lets a function sign uploads and downloads of invoices' PDFs, and free a number that was mistyped."""
        self._stack.allow_remove(function)
        function.add_environment("FINANCE_BUCKET_NAME", self._bucket.bucket_name)
        allow_objects(function, self._bucket, INVOICES_PREFIX, "s3:GetObject", "s3:PutObject")

    def _finance(self) -> lambda_.Function:
        """Takes requests and statements, and signs links. It can write neither exports nor reports."""
        function = self._stack.add_http_function("finance", self._environment)
        self._stack.allow_write(function)
        self._stack.allow_emit(function)
        allow_objects(function, self._bucket, EXPORTS_PREFIX, "s3:GetObject")
        allow_objects(function, self._bucket, REPORTS_PREFIX, "s3:GetObject")
        allow_objects(function, self._bucket, STATEMENTS_PREFIX, "s3:PutObject")
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

    def _reconcile(self) -> EventConsumer:
        """Asks providers for statements, and writes reports."""
        consumer = self._stack.add_consumer(
            ["orders.reconciliation_requested.v1"],
            {**self._environment, **self._payments.accounts()},
            "reconcile",
            bundle=self._payments.bundle,
            timeout=RECONCILING_TIMEOUT,
            memory_mib=WRITING_MEMORY_MIB,
            batch_size=1,
        )
        self._stack.allow_write(consumer.function)
        self._payments.open_accounts(consumer.function)
        allow_objects(consumer.function, self._bucket, STATEMENTS_PREFIX, "s3:GetObject")
        allow_objects(consumer.function, self._bucket, REPORTS_PREFIX, "s3:PutObject")
        return consumer

    def _daily(self) -> Schedule:
        """Asks for what each day that is over needs."""
        does = "Asks for the exports and reconciliations of the days that are over"
        daily = self._stack.add_scheduled("daily", DAILY_AT, does, heart=EVERY_DAY, timeout=Duration.minutes(1))
        self._stack.allow_write(daily.function)
        self._stack.allow_emit(daily.function)
        return daily
