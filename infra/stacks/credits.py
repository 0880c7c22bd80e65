"""Credits: hours, awarded exactly once."""

from constructs import Construct

from infra.constructs.archive import allow_objects, locked_bucket
from infra.constructs.schedule import EVERY_DAY, EVERY_HOUR, Schedule
from infra.constructs.secrets import ServiceKeys
from infra.stacks.credits_documents import add_documents
from infra.stacks.credits_people import add_access, add_finding, add_people, add_push, pictures_bucket
from infra.stacks.credits_watched import add_alarms, graphs
from infra.stacks.service import Foundation, ServiceStack

BATCHES_PREFIX, HEADS_PREFIX = "batches/", "heads/"
REMINDED_AT = "cron(0 1 * * ? *)"
"""Nine in the morning in Shanghai, every day."""
SEALED_AT = "cron(30 * * * ? *)"
"""Every hour: half past midnight in Shanghai, and the runs after it go on."""
CHECKED_AT = "cron(45 16 * * ? *)"
"""A quarter to one in Shanghai, every day."""


class CreditsStack(ServiceStack):
    """Awards on completed watching; the ledger's entries are chained with keyed MACs."""

    def __init__(self, scope: Construct, foundation: Foundation) -> None:
        super().__init__(scope, "credits", foundation)
        keys = ServiceKeys(self, "credits")
        http = self.add_http_function("http")
        self.allow_write(http)
        self.allow_emit(http)
        # The courses that a plan is made of.
        self.allow_batch(http)
        # Of the list of certificates that wait.
        self.allow_remove(http)
        keys.open_to(http)
        # Its own events too: what they tell of may free what is held, in as many transactions as it takes,
        # and what was declared of reversed hours is taken back.
        types = [
            "catalog.course_published.v1",
            "orders.membership_changed.v1",
            "orders.entitlement_granted.v1",
            "orders.hours_reversal_requested.v1",
            "playback.watch_completed.v1",
            "credits.certificate_confirmed.v1",
            "credits.real_name_given.v1",
            "credits.hours_awarded.v1",
            "credits.hours_reversed.v1",
        ]
        consumer = self.add_consumer(types)
        self.allow_write(consumer.function)
        self.allow_emit(consumer.function)
        keys.open_to(consumer.function)
        # No keys: what hands the records out can add nothing to them.
        self.kept = locked_bucket(self, "Records", "records")
        records = self.add_http_function("records", self._records_environment())
        self.allow_write(records)
        self.allow_emit(records)
        allow_objects(records, self.kept, BATCHES_PREFIX, "s3:GetObject", "s3:PutObject")
        documents = add_documents(self)
        telling = add_push(self)
        pictures = pictures_bucket(self)
        finding = add_finding(self, keys, pictures)
        add_alarms(self)
        self.finish(
            {"http": http, "records": records, **finding, **add_access(self), **documents.http, **telling.http},
            consumer,
            documents.notices,
            *add_people(self, pictures),
            telling.push,
            schedules=[self._seal(), self._remind(), self._check(keys)],
            graphs=graphs(self),
        )

    def _records_environment(self) -> dict[str, str]:
        return {"RECORDS_BUCKET_NAME": self.kept.bucket_name}

    def _check(self, keys: ServiceKeys) -> Schedule:
        """Reads ledgers, and has the keys to check their MACs with; it changes no item."""
        does = "Compares the ledgers that grew lately, and others in turn, with what is kept beside them"
        check = self.add_scheduled("check", CHECKED_AT, does, self._records_environment(), heart=EVERY_DAY)
        self.allow_read(check.function)
        keys.open_to(check.function)
        allow_objects(check.function, self.kept, HEADS_PREFIX, "s3:GetObject")
        return check

    def _seal(self) -> Schedule:
        """Reads heads, keeps them, and tells their hashes. It holds no key: it can add no entry."""
        does = "Seals the heads of the ledgers that grew on the days before"
        seal = self.add_scheduled("seal", SEALED_AT, does, self._records_environment(), heart=EVERY_HOUR)
        self.allow_write(seal.function)
        self.allow_emit(seal.function)
        allow_objects(seal.function, self.kept, HEADS_PREFIX, "s3:GetObject", "s3:PutObject")
        return seal

    def _remind(self) -> Schedule:
        """It holds no key: it can add no entry."""
        remind = self.add_scheduled(
            "remind", REMINDED_AT, "Reminds learners 90, 30 and 7 days before a deadline", heart=EVERY_DAY
        )
        self.allow_write(remind.function)
        self.allow_emit(remind.function)
        return remind
