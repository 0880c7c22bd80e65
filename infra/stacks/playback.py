"""Playback: the verified watching of one learner, and the evidence of it."""

from aws_cdk import CfnOutput, Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import capacity
from infra.constructs.archive import allow_objects, locked_bucket
from infra.constructs.function import allow
from infra.constructs.schedule import EVERY_HOUR, Heart, Schedule
from infra.constructs.secrets import ServiceKeys, made_up_secret
from infra.constructs.signing_keys import SigningKeys
from infra.stacks.playback_log import LOG_PREFIX, add_log
from infra.stacks.playback_watched import add_alarms, graphs
from infra.stacks.service import Foundation, ServiceStack

EVIDENCE_PREFIX, HEADS_PREFIX = "evidence/", "heads/"
BEAT_MEMORY_MIB = 512
"""A beat takes a millisecond of CPU, and is made hundreds of times in an hour that is watched."""
SEALED_AT, CHECKED_AT = "cron(30 * * * ? *)", "cron(50 * * * ? *)"
"""Every hour. Half an hour after midnight in Shanghai the day's last calls have long ended; the runs after it go on."""

WALKED = "rate(5 minutes)"
CANARY_HEART = Heart(Duration.minutes(5), 3, "15 minutes, in which there are three walks")


class PlaybackStack(ServiceStack):
    """The player's functions hold the keys of tokens, prompts and legs, and nothing of the evidence's."""

    def __init__(self, scope: Construct, foundation: Foundation) -> None:
        super().__init__(scope, "playback", foundation)
        keys = ServiceKeys(self, "playback")
        http = self.add_http_function("http")
        beat = self.add_http_function(
            "beat", memory_mib=BEAT_MEMORY_MIB, at_once=capacity.beats_at_once(self.stage), quiet=True
        )
        for function in (http, beat):
            self.allow_write(function)
            self.allow_emit(function)
            keys.open_to(function)
        types = [
            "catalog.course_published.v1",
            "catalog.course_withdrawn.v1",
            "orders.entitlement_granted.v1",
            "orders.entitlement_revocation_requested.v1",
            "orders.membership_changed.v1",
            "credits.record_sealed.v1",
        ]
        consumer = self.add_consumer(types)
        self.allow_write(consumer.function)
        # A session that has to end is ended whatever its learner does: its version is added to.
        self.allow_count(consumer.function)
        self.allow_emit(consumer.function)
        keys.open_to(consumer.function)
        self.evidence_keys = SigningKeys(
            self, "EvidenceKey", kms.KeySpec.ECC_NIST_P256, "Signs evidence packs of completed watches"
        )
        self.evidence = locked_bucket(self, "Evidence", "evidence")
        self.log = add_log(self)
        evidence = self.add_http_function("evidence", {**self._evidence_environment(), **self._log_environment()})
        self._allow_evidence(evidence, "s3:GetObject")
        self.evidence_keys.renew(evidence)
        self.allow_read(evidence)
        self._allow_log(evidence)
        archive = self.add_consumer(["playback.watch_completed.v1"], self._evidence_environment(), kind="archive")
        self.allow_write(archive.function)
        self._allow_evidence(archive.function, "s3:GetObject", "s3:PutObject")
        self.evidence_keys.open_to(archive.function, "kms:Sign")
        # It looks for risk signals too, and tells of them.
        self.allow_emit(archive.function)
        functions = {
            "http": http,
            "beat": beat,
            "evidence": evidence,
            "media": self._media_function(keys),
            "risk": self._risk(),
            "statements": self._statements(),
        }
        schedules = [self._seal(), self._check(keys), self.log.writer, self._canary()]
        add_alarms(self, beat)
        self.finish(functions, consumer, archive, schedules=schedules, graphs=graphs(self))

    def _seal(self) -> Schedule:
        """Reads heads, keeps them, and notes them for the log. It holds no key: it can make no record."""
        does = "Seals the heads of the chains that grew on the days before"
        seal = self.add_scheduled("seal", SEALED_AT, does, self._archive_environment(), heart=EVERY_HOUR)
        self.allow_write(seal.function)
        allow_objects(seal.function, self.evidence, HEADS_PREFIX, "s3:GetObject", "s3:PutObject")
        return seal

    def _check(self, keys: ServiceKeys) -> Schedule:
        """Reads all that is recorded, and has the keys to check it with; it changes nothing."""
        does = "Verifies watches and packs in turn, each at least twice a month"
        environment = {**self._archive_environment(), **self._log_environment()}
        check = self.add_scheduled("check", CHECKED_AT, does, environment, heart=EVERY_HOUR)
        self._allow_log(check.function)
        self.allow_read(check.function)
        keys.open_to(check.function)
        for prefix in (EVIDENCE_PREFIX, HEADS_PREFIX):
            allow_objects(check.function, self.evidence, prefix, "s3:GetObject")
        return check

    def _canary(self) -> Schedule:
        """Walks through the site as a learner does. It holds an account's password, and nothing of the table."""
        account = made_up_secret(
            self,
            "Canary",
            name="canary",
            description="The account that the canary signs in with: python -m ops.canary",
            template={},
            key="unset",
        )
        does = "Walks from the home page into a lecture, as a learner does"
        canary = self.add_scheduled(
            "canary",
            WALKED,
            does,
            {"CANARY_SECRET_ID": account.secret_arn},
            heart=CANARY_HEART,
            timeout=Duration.minutes(2),
            at_once=1,
        )
        allow(canary.function, ["secretsmanager:GetSecretValue"], [account.secret_arn])
        self.open_public_url(canary.function)
        return canary

    def _risk(self) -> lambda_.Function:
        """What reviewers look at and write: it holds no key, so it can make no record."""
        function = self.add_http_function("risk", self._archive_environment())
        self.allow_write(function)
        allow_objects(function, self.evidence, EVIDENCE_PREFIX, "s3:GetObject")
        return function

    def _statements(self) -> lambda_.Function:
        """What tells others of completed watches: it only reads."""
        function = self.add_http_function("statements", self._archive_environment())
        self.allow_read(function)
        allow_objects(function, self.evidence, EVIDENCE_PREFIX, "s3:GetObject")
        return function

    def _media_function(self, keys: ServiceKeys) -> lambda_.Function:
        """Opens lectures with signed cookies. No RSA key can be made up here: the deployment puts it in."""
        secret = made_up_secret(
            self,
            "MediaKey",
            name="media-key",
            description="RSA key that opens media at the distribution, and its id there",
            template={"key_pair_id": "unset"},
            key="private_key",
        )
        function = self.add_http_function("media", {"MEDIA_KEY_SECRET_ID": secret.secret_arn})
        # For how long the files were open is looked at after the completion.
        self.allow_write(function)
        keys.open_to(function)
        allow(function, ["secretsmanager:GetSecretValue"], [secret.secret_arn])
        CfnOutput(self, "MediaKeySecretArn", value=secret.secret_arn)
        return function

    def _archive_environment(self) -> dict[str, str]:
        return {"EVIDENCE_BUCKET_NAME": self.evidence.bucket_name}

    def _log_environment(self) -> dict[str, str]:
        return {
            "LOG_BUCKET_NAME": self.log.bucket.bucket_name,
            "LOG_POLICY_PARAMETER": self.log.policy.parameter_name,
        }

    def _allow_log(self, function: lambda_.Function) -> None:
        """What reads the log as it is published."""
        allow_objects(function, self.log.bucket, LOG_PREFIX, "s3:GetObject")
        allow(function, ["ssm:GetParameter"], [self.log.policy.parameter_arn])

    def _evidence_environment(self) -> dict[str, str]:
        return {
            **self._archive_environment(),
            "EVIDENCE_KEY_IDS": self.evidence_keys.ids(),
        }

    def _allow_evidence(self, function: lambda_.Function, *actions: str) -> None:
        allow_objects(function, self.evidence, EVIDENCE_PREFIX, *actions)
        self.evidence_keys.open_to(function, "kms:GetPublicKey")
