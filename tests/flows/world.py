"""What flows do over and over: publish small courses, make learners, look at events and tables."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, TypeVar
from uuid import uuid4

import httpx

from demo.client import Client, Traffic
from demo.people import grant_membership, hold_certificates, learner_id_of
from demo.player import Observer, Player
from local.seed import DOMAIN, PASSWORD
from local.system import System
from services.catalog.domain.course import Question
from services.catalog.domain.document import questions_digest
from services.catalog.domain.handouts import Handout
from services.catalog.domain.media import MediaFile, content_version
from tests.fakes import fmp4

T = TypeVar("T")

SERVICES = ("catalog", "orders", "playback", "credits")
RECORD_SEALED = "credits.record_sealed.v1"
POLL_S = 0.1
PATIENCE_S = 90.0
"""For machines that do much else; nothing waits longer than it must."""


@dataclass(frozen=True)
class Item:
    """One stored item, as the kit's store writes it."""

    pk: str
    sk: str
    version: int
    body: Any


@dataclass
class World:
    """The running system with an editor and an administrator signed in."""

    system: System
    traffic: Traffic = field(default_factory=Traffic)

    @cached_property
    def public(self) -> Client:
        """Somebody who is not signed in."""
        return Client(self.system.base_url, self.traffic)

    @cached_property
    def _storage(self) -> httpx.Client:
        """Where editors put media; one for all of it, because making one is slow."""
        return httpx.Client(trust_env=False)

    def close(self) -> None:
        """Ends all connections."""
        self.public.close()
        self._storage.close()

    @cached_property
    def editor(self) -> Client:
        """The demo's editor."""
        return self.staff("editor")

    @cached_property
    def admin(self) -> Client:
        """The demo's administrator."""
        return self.staff("admin")

    def staff(self, name: str) -> Client:
        """A demo account by its name."""
        return self.public.sign_in(f"{name}@{DOMAIN}", PASSWORD)

    def learner(self) -> Client:
        """A new learner who has nothing."""
        email = f"learner-{uuid4().hex[:12]}@{DOMAIN}"
        self.system.create_user(email, PASSWORD, [])
        return self.public.sign_in(email, PASSWORD)

    def claimant(self) -> Client:
        """A new learner with a membership, and so with the right to claim."""
        learner = self.learner()
        grant_membership(self.admin, learner_id_of(learner))
        return learner

    def member(self, *credentials: str) -> Client:
        """A new learner with a membership and confirmed certificates (AFP unless told otherwise)."""
        learner = self.claimant()
        hold_certificates(self.admin, learner, credentials or ("AFP",))
        return learner

    def publish(
        self,
        duration_s: int = 6,
        *,
        max_rate: str = "2.0",
        course_id: str | None = None,
        known: bool = True,
        after: int = 0,
        handouts: Mapping[str, bytes] | None = None,
        **changes: Any,
    ) -> str:
        """Publishes a small member-recommended course through the editors' API; answers its id.

        Args:
            known: whether to wait until the other services know it.
            after: the number of the publication that this one replaces; 0 for a new course.
            handouts: by the names that people see.
            changes: other fields of the course document.
        """
        course_id = course_id or new_course_id()
        files = _media(course_id, duration_s)
        asked = questions_digest(tuple(_question(q) for q in changes.get("questions", [])))
        manifest = _manifest(files, max_rate, asked)
        for name, content in (handouts or {}).items():
            handout = Handout(name, hashlib.sha256(content).hexdigest(), len(content))
            files[handout.path] = content
            manifest.setdefault("handouts", []).append(asdict(handout))
        document = {**COURSE, "content_id": course_id, "watch": {"max_rate": max_rate}, **changes}
        lecture = {"content_id": document["content_id"], "max_rate": max_rate, "questions_digest": asked}
        self._upload(course_id, {**manifest, **lecture}, files)
        request = {"expected_publication": after, "reason": "test", "course": document, "media": manifest}
        self.editor.put(f"/v1/catalog/courses/{course_id}", request).accepted()
        if known:
            self.settle()
        return course_id

    def claim(self, learner: Client, course_id: str) -> str:
        """Claims a course; answers the entitlement's id."""
        claimed = learner.post("/v1/orders/claims", {"course_id": course_id}).accepted()
        return str(claimed["entitlement_id"])

    def entitlements(self, learner: Client) -> list[str]:
        """The ids of what a learner may watch."""
        found = learner.get("/v1/orders/entitlements").accepted()["entitlements"]
        return [entitlement["entitlement_id"] for entitlement in found]

    def player(self, learner: Client, course_id: str, observe: Observer = lambda _: None) -> Player:
        """A player whose person presses the prompt's button at once."""
        return Player(learner, course_id, observe, reaction=lambda: 0.05)

    def watch(self, learner: Client, course_id: str) -> dict[str, Any]:
        """Watches the whole course; answers the last state."""
        player = self.player(learner, course_id)
        player.start()
        return player.watch()

    def settle(self) -> None:
        """Waits until every event has arrived or is dead-lettered."""
        self.system.settle(PATIENCE_S)

    def run_scheduled(self, service: str, handler: str) -> dict[str, Any]:
        """Calls a function as its schedule does; again where a call by the schedule itself is at it."""

        def called() -> dict[str, Any] | None:
            answer = self.system.client("lambda").invoke(FunctionName=self.system.function(service, handler))
            said = answer["Payload"].read()
            if "FunctionError" in answer:
                assert b"Conflict" in said, said
                return None
            found: dict[str, Any] = json.loads(said)
            return found

        return eventually(called)

    def timeline(self, learner: Client) -> list[dict[str, Any]]:
        """The learner's ledger."""
        return list(learner.get("/v1/credits/timeline").accepted()["entries"])

    def awards(self, learner: Client) -> list[dict[str, Any]]:
        """The ledger's entries that award hours."""
        return [entry for entry in self.timeline(learner) if entry["kind"] == "award"]

    def events(self, service: str, type_: str = "", subject: str = "") -> list[dict[str, Any]]:
        """Envelopes in a service's outbox."""
        found = [item.body for item in self.items(self.system.outbox(service))]
        return [e for e in found if e["type"].startswith(type_) and (not subject or e["subject"] == subject)]

    def state(self) -> dict[str, list[Item]]:
        """Every item of every table and outbox, but what the log's schedules write when their minute or hour comes."""
        tables = [name(service) for service in SERVICES for name in (self.system.table, self.system.outbox)]
        return {table: sorted(self._unlogged(table), key=lambda item: (item.pk, item.sk)) for table in tables}

    def _unlogged(self, table: str) -> Iterator[Item]:
        return (item for item in self.items(table) if not _is_of_the_log(item))

    def items(self, table: str) -> Iterator[Item]:
        """Every item of a table."""
        pages = self.system.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        for page in pages:
            for item in page["Items"]:
                # What is only counted has a number in place of a body.
                body = json.loads(item["body"]["S"]) if "body" in item else {"count": int(item["count"]["N"])}
                yield Item(item["pk"]["S"], item["sk"]["S"], int(item["version"]["N"]), body)

    def put_on_bus(self, *entries: dict[str, Any]) -> None:
        """Puts entries on the bus as whoever may do so."""
        bus = self.system.environment("playback", "relay")["EVENT_BUS_NAME"]
        answer = self.system.client("events").put_events(Entries=[{"EventBusName": bus, **e} for e in entries])
        assert answer["FailedEntryCount"] == 0

    def publish_event(self, envelope: dict[str, Any]) -> None:
        """Puts an envelope on the bus as the relay does."""
        self.put_on_bus(
            {
                "Source": envelope["source"],
                "DetailType": envelope["type"],
                "Detail": json.dumps(envelope),
            }
        )

    def envelope(
        self, service: str, type_: str, data: dict[str, Any], subject: str, sequence: int | None = None
    ) -> dict[str, Any]:
        """An envelope as a service makes it."""
        return {
            "id": uuid4().hex,
            "source": f"xueshi.{service}",
            "type": type_,
            "time": datetime.now(UTC).isoformat(),
            "subject": subject,
            "sequence": sequence,
            "correlation_id": uuid4().hex,
            "causation_id": None,
            "data": data,
        }

    def queue_event(self, service: str, envelope: dict[str, Any]) -> None:
        """Puts an envelope into a service's queue as the bus does."""
        self.queue_text(service, bus_message(envelope))

    def queue_text(self, service: str, text: str) -> None:
        """Puts any text into a service's queue."""
        self.system.client("sqs").send_message(QueueUrl=self.system.queue(service), MessageBody=text)

    def dead_letters(self, service: str) -> list[str]:
        """Bodies waiting in the dead-letter queue of a service's consumer; they stay there."""
        url = self.system.dead_letters(service, "consume")
        answer = self.system.client("sqs").receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=0
        )
        return [message["Body"] for message in answer.get("Messages", [])]

    def _upload(self, course_id: str, request: dict[str, Any], files: dict[str, bytes]) -> None:
        path = f"/v1/catalog/courses/{course_id}/media-uploads"
        for upload in self.editor.post(path, request).accepted()["uploads"]:
            put = self._storage.put(upload["url"], content=files[upload["path"]], headers=upload["headers"])
            assert put.status_code == 200, put.text


@contextmanager
def unfailing(traffic: Traffic) -> Iterator[None]:
    """Nothing fails on the server's side while the block runs. What failed before is not its fault."""
    known = len(traffic.failures)
    yield
    assert traffic.failures[known:] == []


def bus_message(envelope: dict[str, Any]) -> str:
    """An event as the bus puts it into a queue."""
    return json.dumps({"source": envelope["source"], "detail-type": envelope["type"], "detail": envelope})


def eventually(check: Callable[[], T | Literal[False] | None], timeout_s: float = PATIENCE_S) -> T:
    """Waits until `check` gives something true, and answers it."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(POLL_S)


def _is_of_the_log(item: Item) -> bool:
    """Whether it is a hash that waits or is logged, where the heads of days are, or that a hash was told or heard."""
    return item.pk.startswith(("LOG", "HEADS")) or RECORD_SEALED in {item.sk, item.body.get("type")}


def new_course_id() -> str:
    """An id that no course has."""
    return f"test-{uuid4().hex[:16]}"


def version_of(course_id: str, duration_s: int = 6, max_rate: str = "2.0") -> str:
    """The content version that `World.publish` gives a course."""
    return str(_manifest(_media(course_id, duration_s), max_rate)["content_version"])


COURSE: dict[str, Any] = {
    "title": "测试课程",
    "hours": "1.5",
    "category": "elective",
    "eligible_credentials": ["AFP", "CFP"],
    "published_on": "2026-01-05",
    "price_fen": 19900,
    "member_price_fen": 9900,
    "member_recommended": True,
    "member_library": False,
    "abstract": "用于测试的课程。",
    "keywords": ["测试"],
    "instructors": [{"name": "讲师", "title": "讲师", "bio": "讲师介绍。"}],
    "chapters": [{"at": "00:00", "title": "开始", "summary": "开始。"}],
    "key_points": [],
}


def _media(course_id: str, duration_s: int) -> dict[str, bytes]:
    """HLS files in one segment of sound, with the course's name, so that no two courses share a content version."""
    playlist = f"""#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:{duration_s}
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="init.mp4"
#EXTINF:{duration_s}.000,
whole.m4s
#EXT-X-ENDLIST
"""
    whole = fmp4.segment(fmp4.Part(0, duration_s * 1000, track=fmp4.AUDIO)) + fmp4.box(b"free", course_id.encode())
    return {"init.mp4": fmp4.init(fmp4.AUDIO), "whole.m4s": whole, "index.m3u8": playlist.encode()}


def _question(written: dict[str, Any]) -> Question:
    return Question(written["text"], tuple(written["choices"]), written["choices"].index(written["answer"]))


def _manifest(files: dict[str, bytes], max_rate: str, asked: str = "") -> dict[str, Any]:
    media = [MediaFile(path, hashlib.sha256(content).hexdigest(), len(content)) for path, content in files.items()]
    version = content_version(media, Decimal(max_rate), asked)
    return {"content_version": version, "files": [asdict(file) for file in media]}
