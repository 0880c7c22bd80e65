"""Playback: the verified watching of one learner, and the evidence of it."""

from aws_cdk import Aws, CfnOutput, Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.function import allow
from infra.constructs.review import accept, accept_objects
from infra.constructs.schedule import Schedule
from infra.constructs.secrets import ServiceKeys, made_up_secret
from infra.stacks.service import Foundation, ServiceStack

EVIDENCE_PREFIX, ANCHORS_PREFIX = "evidence/", "anchors/"
ANCHORED_AT = "cron(30 16 * * ? *)"
"""UTC: half past midnight in Shanghai, when the day's last calls have long ended."""
EVIDENCE_RETENTION = Duration.days(5 * 366)
"""Five years, as the standards that we follow ask."""


class PlaybackStack(ServiceStack):
    """The player's function holds the keys of tokens, prompts and legs, and nothing of the evidence's."""

    def __init__(self, scope: Construct, foundation: Foundation) -> None:
        super().__init__(scope, "playback", foundation)
        keys = ServiceKeys(self, "playback")
        http = self.add_http_function("http")
        self.allow_write(http)
        self.allow_emit(http)
        keys.open_to(http)
        types = [
            "catalog.course_published.v1",
            "catalog.course_withdrawn.v1",
            "orders.entitlement_granted.v1",
        ]
        consumer = self.add_consumer(types)
        self.allow_write(consumer.function)
        self.allow_emit(consumer.function)
        keys.open_to(consumer.function)
        # Rotation: put a new key first, and keep the old ones: their packs stay to be checked for years.
        self.evidence_keys = [self._evidence_key("EvidenceKey1")]
        self.evidence = self._evidence_bucket()
        evidence = self.add_http_function("evidence", self._evidence_environment())
        self._allow_evidence(evidence, "s3:GetObject")
        archive = self.add_consumer(["playback.watch_completed.v1"], self._evidence_environment(), kind="archive")
        self.allow_write(archive.function)
        self._allow_evidence(archive.function, "s3:GetObject", "s3:PutObject")
        accept_objects(self.evidence, EVIDENCE_PREFIX, "A pack is named by its watch.")
        allow(archive.function, ["kms:Sign"], [self.evidence_keys[0].key_arn])
        # It looks for risk signals too, and tells of them.
        self.allow_emit(archive.function)
        functions = {"http": http, "evidence": evidence, "media": self._media_function(keys), "risk": self._risk()}
        self.finish(functions, consumer, archive, schedules=[self._anchor()])

    def _anchor(self) -> Schedule:
        """Reads heads and writes anchors; neither packs nor items."""
        does = "Anchors the heads of the chains that grew on the day before"
        anchor = self.add_scheduled("anchor", ANCHORED_AT, does, self._evidence_environment())
        self.allow_read(anchor.function)
        self._allow_archive(anchor.function, ANCHORS_PREFIX, "s3:GetObject", "s3:PutObject")
        accept_objects(self.evidence, ANCHORS_PREFIX, "An anchor is named by its day.")
        allow(anchor.function, ["kms:GetPublicKey"], [key.key_arn for key in self.evidence_keys])
        allow(anchor.function, ["kms:Sign"], [self.evidence_keys[0].key_arn])
        return anchor

    def _risk(self) -> lambda_.Function:
        """What reviewers look at and write: it holds no key, so it can make no record."""
        function = self.add_http_function("risk", {"EVIDENCE_BUCKET_NAME": self.evidence.bucket_name})
        self.allow_write(function)
        self._allow_archive(function, EVIDENCE_PREFIX, "s3:GetObject")
        return function

    def _media_function(self, keys: ServiceKeys) -> lambda_.Function:
        """Opens lectures with signed cookies. No RSA key can be made up here: `python -m ops.media_key` puts it in."""
        secret = made_up_secret(
            self,
            "MediaKey",
            name="xueshi-media-key",
            description="RSA key that opens media at the distribution, and its id there",
            template={"key_pair_id": "unset"},
            key="private_key",
        )
        function = self.add_http_function("media", {"MEDIA_KEY_SECRET_ID": secret.secret_arn})
        self.allow_read(function)
        keys.open_to(function)
        allow(function, ["secretsmanager:GetSecretValue"], [secret.secret_arn])
        CfnOutput(self, "MediaKeySecretArn", value=secret.secret_arn)
        return function

    def _evidence_environment(self) -> dict[str, str]:
        return {
            "EVIDENCE_BUCKET_NAME": self.evidence.bucket_name,
            "EVIDENCE_KEY_IDS": ",".join(key.key_id for key in self.evidence_keys),
        }

    def _allow_evidence(self, function: lambda_.Function, *actions: str) -> None:
        self._allow_archive(function, EVIDENCE_PREFIX, *actions)
        allow(function, ["kms:GetPublicKey"], [key.key_arn for key in self.evidence_keys])

    def _allow_archive(self, function: lambda_.Function, prefix: str, *actions: str) -> None:
        allow(function, actions, [self.evidence.arn_for_objects(f"{prefix}*")])
        # Listing makes a missing object a 404, not a 403.
        condition = {"StringLike": {"s3:prefix": f"{prefix}*"}}
        allow(function, ["s3:ListBucket"], [self.evidence.bucket_arn], condition)

    def _evidence_key(self, id_: str) -> kms.Key:
        return kms.Key(
            self,
            id_,
            description="Signs evidence packs of completed watches",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _evidence_bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Evidence",
            bucket_name=f"xueshi-evidence-{Aws.ACCOUNT_ID}-{Aws.REGION}",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            versioned=True,
            object_lock_enabled=True,
            # Governance lets an account be cleaned up. Production sets compliance mode, for good: docs/deployment.md.
            object_lock_default_retention=s3.ObjectLockRetention.governance(EVIDENCE_RETENTION),
            removal_policy=RemovalPolicy.RETAIN,
        )
        accept(bucket, "S1", "Its objects cannot be changed, and the functions that read them are traced.")
        return bucket
