"""Catalog: courses and their media. Editors write with a function of their own."""

from aws_cdk import Aws, CfnOutput, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.archive import allow_objects
from infra.constructs.review import accept_no_access_log
from infra.constructs.schedule import EVERY_MINUTE, Schedule
from infra.constructs.stage import MINIMUM_TLS, kept
from infra.stacks.productions import (
    MEDIA_PREFIX,
    PICTURES_PREFIX,
    PRODUCTIONS_KEPT,
    PRODUCTIONS_PREFIX,
    TRANSCRIPTION_KEPT,
    TRANSCRIPTION_PREFIX,
    UPLOADS_KEPT,
    Productions,
)
from infra.stacks.service import Foundation, ServiceStack
from infra.stages import Stage

SEARCH_PREFIX = "search/"
"""The files that searches read, which no distribution reaches."""
INDEXED = "rate(1 minute)"


def media_bucket_name(stage: Stage) -> str:
    """Known before the bucket is there: the client's pages may connect to it."""
    return f"{stage.prefix}-media-{Aws.ACCOUNT_ID}-{Aws.REGION}"


class CatalogStack(ServiceStack):
    """Reads need no sign-in; the reading function cannot write."""

    def __init__(self, scope: Construct, foundation: Foundation) -> None:
        super().__init__(scope, "catalog", foundation)
        self.media = self._media_bucket()
        reader = self.add_http_function("http", {"MEDIA_BUCKET_NAME": self.media.bucket_name})
        self.allow_read(reader)
        self.allow_batch(reader)
        allow_objects(reader, self.media, SEARCH_PREFIX, "s3:GetObject")
        editor = self.add_http_function(
            "editor", {"MEDIA_BUCKET_NAME": self.media.bucket_name}, self.bundle_with("captions")
        )
        self.allow_write(editor)
        self.allow_batch(editor)
        self.allow_emit(editor)
        # It signs uploads, and before publishing looks at what arrived.
        allow_objects(editor, self.media, MEDIA_PREFIX, "s3:GetObject", "s3:PutObject")
        allow_objects(editor, self.media, PICTURES_PREFIX, "s3:GetObject", "s3:PutObject")
        productions = Productions(self, self.media)
        productions.open_to(editor)
        shelf = self.add_http_function("shelf")
        self.allow_write(shelf)
        self.allow_batch(shelf)
        reviews = self.add_http_function("reviews")
        self.allow_write(reviews)
        enquiries = self.add_http_function("enquiries")
        self.allow_write(enquiries)
        consumer = self.add_consumer(
            ["orders.entitlement_granted.v1", "playback.watch_completed.v1", "credits.person_erased.v1"]
        )
        self.allow_write(consumer.function)
        self.allow_count(consumer.function)
        self.allow_remove(consumer.function)
        functions = {"http": reader, "editor": editor, "reviews": reviews, "enquiries": enquiries, "shelf": shelf}
        self.finish(
            functions,
            consumer,
            schedules=[self._indexing()],
            workers=productions.functions,
            graphs=productions.graphs(),
        )
        CfnOutput(self, "MediaBucketName", value=self.media.bucket_name)

    def _indexing(self) -> Schedule:
        """Keeps the search's files. One run at a time: a second one would do the same again."""
        index = self.add_scheduled(
            "index",
            INDEXED,
            "Indexes the courses that searches find, where any changed, and counts their learners and reviews",
            {"MEDIA_BUCKET_NAME": self.media.bucket_name},
            heart=EVERY_MINUTE,
            bundle=self.bundle_with("search"),
            timeout=Duration.minutes(2),
            at_once=1,
        )
        self.allow_read(index.function)
        allow_objects(index.function, self.media, SEARCH_PREFIX, "s3:GetObject", "s3:PutObject")
        return index

    def _media_bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Media",
            bucket_name=media_bucket_name(self.stage),
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=MINIMUM_TLS,
            versioned=True,
            # Browsers put parts to addresses that are signed for one part each: an origin would prove nothing more.
            cors=[s3.CorsRule(allowed_methods=[s3.HttpMethods.PUT], allowed_origins=["*"], allowed_headers=["*"])],
            lifecycle_rules=[
                s3.LifecycleRule(prefix=SEARCH_PREFIX, noncurrent_version_expiration=Duration.days(1)),
                s3.LifecycleRule(prefix=PRODUCTIONS_PREFIX, expiration=PRODUCTIONS_KEPT),
                s3.LifecycleRule(prefix=TRANSCRIPTION_PREFIX, expiration=TRANSCRIPTION_KEPT),
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=UPLOADS_KEPT,
                    noncurrent_version_expiration=Duration.days(30),
                ),
            ],
            removal_policy=kept(self),
        )
        # Any distribution of this account: naming the edge's would make this stack and the edge need each other.
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["s3:GetObject"],
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                resources=[bucket.arn_for_objects(f"{prefix}*") for prefix in (MEDIA_PREFIX, PICTURES_PREFIX)],
                conditions={
                    "ArnLike": {"AWS:SourceArn": f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution/*"}
                },
            )
        )
        accept_no_access_log(bucket, "Only the distribution reads it, and that has access logs of its own.")
        return bucket
