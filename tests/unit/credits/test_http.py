"""The routes: shapes, roles, and refusals that change nothing."""

from typing import Any

import pytest

from services.credits.handlers.http import build_api
from tests.gateway import NOBODY, Answer, claims, origin_secret, request, send
from tests.unit.credits.world import ADMINISTRATOR, AFP, CFP, CTP, LEARNER, OTHER, World, completed

LEARNING = claims(LEARNER, "learner")
ADMINISTERING = claims(ADMINISTRATOR.id, "administrator")
AUDITING = claims("auditor-1", "auditor")
CERTIFICATES = "/v1/credits/certificates"
LEARNERS = f"/v1/credits/learners/{LEARNER}/certificates"
CONFIRMATION = f"{LEARNERS}/AFP/confirmation"
REGISTRATION = {"credential": "AFP", "number": "AFP-0001", "period_start": "2025-01-01"}


class Client:
    """Calls the routes of one world."""

    def __init__(self) -> None:
        self.world = World()
        self.api = build_api(self.world.ctx, origin_secret)

    def get(self, path: str, who: dict[str, str] = LEARNING) -> Answer:
        """Reads."""
        return send(self.api, request("GET", path, who=who))

    def post(self, path: str, body: Any, who: dict[str, str] = LEARNING) -> Answer:
        """Writes."""
        return send(self.api, request("POST", path, body, who=who))


@pytest.fixture
def client() -> Client:
    return Client()


def test_register_confirm_and_read(client: Client) -> None:
    registered = client.post(CERTIFICATES, REGISTRATION)
    assert registered.status == 201
    certificate = {
        **REGISTRATION,
        "validity": [],
        "state": "registered",
        "revision": 1,
        "changed_at": "2026-01-05T04:00:00Z",
    }
    own = {"name": None, "proof": None, "waits_since": None, "returned": None, "picture_sent_at": None}
    assert registered.body == {**certificate, **own, "waits_since": "2026-01-05T04:00:00Z"}
    assert client.post(CERTIFICATES, REGISTRATION).body == registered.body
    assert client.get(LEARNERS, ADMINISTERING).body == {"certificates": [certificate]}
    assert client.get(LEARNERS, AUDITING).status == 200
    confirmed = client.post(CONFIRMATION, {"reason": "seen", "revision": 1}, ADMINISTERING)
    assert confirmed.status == 200
    assert confirmed.body["state"] == "confirmed"
    assert client.post(CONFIRMATION, {"reason": "seen again"}, ADMINISTERING).body == confirmed.body
    assert client.get(CERTIFICATES).body == {"certificates": [{**confirmed.body, **own}]}


def test_the_account(client: Client) -> None:
    client.world.publish(eligible=["AFP", "CFP"], hours="1.50")
    client.world.certify(AFP)
    client.world.deliver(completed())
    answer = client.get("/v1/credits/account")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    (balance,) = answer.body["certificates"]
    assert balance["certificate"]["credential"] == "AFP"
    assert balance["earlier"] == []
    current = balance["current"]
    rule, missing = current.pop("rule"), current.pop("missing")
    assert [(m["requirement"], m["missing_hours"], m["missed"]) for m in missing] == [
        ("period", "28.5", False),
        ("compulsory", "2", False),
        ("year", "5", True),
        ("year", "3.5", False),
    ]
    assert missing[0]["text"] == "本周期还差 28.5 学时，截止2026年12月31日。"
    assert current.pop("not_counted") == []
    assert current == {
        "start": "2025-01-01",
        "deadline": "2026-12-31",
        "earned_hours": "1.5",
        "required_hours": "30",
        "remaining_hours": "28.5",
        "compulsory_hours": "0",
        "compulsory_required_hours": "2",
        "compulsory_remaining_hours": "2",
        "elective_hours": "1.5",
        "years": [
            {
                "start": "2025-01-01",
                "end": "2025-12-31",
                "earned_hours": "0",
                "required_hours": "5",
                "remaining_hours": "5",
            },
            {
                "start": "2026-01-01",
                "end": "2026-12-31",
                "earned_hours": "1.5",
                "required_hours": "5",
                "remaining_hours": "3.5",
            },
        ],
    }
    assert rule["known"]
    assert rule["source_en"].startswith("FPSB China")
    assert answer.body["held"] == []
    assert answer.body["other_certificates"] == {
        "credentials": ["CFP"],
        "text": "如您持有 CFP，登记并经确认后，学时也会计入。",
        "text_en": "If you hold CFP, the hours count for it too, once it is registered and confirmed.",
    }


def test_unknown_figures_are_null_with_a_note(client: Client) -> None:
    client.world.certify(CTP)
    current = client.get("/v1/credits/account").body["certificates"][0]["current"]
    for figure in ("deadline", "required_hours", "remaining_hours", "compulsory_required_hours"):
        assert current[figure] is None
    assert not current["rule"]["known"]
    assert current["rule"]["note"]
    assert current["rule"]["note_en"]


def test_the_timeline_is_newest_first_and_explains(client: Client) -> None:
    client.world.publish(eligible=["CFP"])
    client.world.certify(AFP)
    client.world.deliver(completed())
    client.world.certify(CFP)
    entries = client.get("/v1/credits/timeline").body["entries"]
    assert [(e["kind"], e["credential"], e["reason"]["code"]) for e in entries] == [
        ("award", "CFP", "COMPLETED"),
        ("release", "CFP", "CERTIFICATE_CONFIRMED"),
        ("hold", "CFP", "NO_CERTIFICATE"),
        ("declined", "AFP", "CREDENTIAL_NOT_ELIGIBLE"),
    ]
    assert entries[0]["period"] == {"start": "2025-01-01", "end": "2026-12-31"}
    assert entries[1]["settles"] == entries[2]["number"] == 2
    assert entries[3]["hours"] == "0"
    assert entries[3]["course_hours"] == "1.5"
    assert (entries[3]["title"], entries[3]["title_en"]) == ("资产配置", "Asset allocation")
    assert all(e["reason"]["text"] and e["reason"]["text_en"] for e in entries)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_pages_of_the_timeline_are_the_whole_of_it(client: Client, limit: int) -> None:
    client.world.publish(eligible=["CFP"])
    client.world.certify(AFP)
    client.world.deliver(completed())
    client.world.certify(CFP)
    whole = client.get("/v1/credits/timeline").body
    assert (len(whole["entries"]), whole["after"]) == (4, None)
    for path in ("/v1/credits/timeline", f"/v1/credits/learners/{LEARNER}/timeline"):
        who = claims("staff-1", "reviewer") if "learners" in path else LEARNING
        pages, after = [], 0
        while after is not None:
            page = client.get(f"{path}?limit={limit}&after={after}", who).body
            pages.append(page["entries"])
            after = page["after"]
        assert [entry for page in pages for entry in page] == whole["entries"]
        assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
        assert pages[-1], "no page is empty"
        assert client.get(f"{path}?limit={limit}&after=9999999999", who).body["entries"] == whole["entries"][:limit]
        assert client.get(f"{path}?limit={limit}&after=1", who).body == {"entries": [], "after": None}


def test_the_account_tells_of_the_entries_it_lists_a_page_at_a_time(client: Client) -> None:
    client.world.publish(eligible=["CFP"])
    client.world.certify(AFP)
    for number in range(3):
        client.world.deliver(completed(f"watch-{number}", id_=f"event-{number}"))
    whole = client.get("/v1/credits/account").body
    pages, after = [], 0
    while after is not None:
        pages.append(client.get(f"/v1/credits/account?limit=2&after={after}").body)
        after = pages[-1]["after"]

    def listed(account: dict[str, Any]) -> list[int]:
        current = account["certificates"][0]["current"]
        return [e["number"] for e in (*account["held"], *account["not_counted"], *current["not_counted"])]

    assert len(listed(whole)) >= 3
    assert sorted(number for page in pages for number in listed(page)) == sorted(listed(whole))
    assert all(len(set(listed(page))) <= 2 for page in pages)
    for page in pages:
        assert page["certificates"][0]["current"]["earned_hours"] == "0"


def test_a_learner_sees_only_their_own(client: Client) -> None:
    client.world.publish(eligible=["AFP"])
    client.world.certify(AFP)
    client.world.deliver(completed())
    other = claims(OTHER, "learner")
    assert client.get("/v1/credits/account", other).body == {
        "certificates": [],
        "held": [],
        "other_certificates": None,
        "not_counted": [],
        "after": None,
    }
    assert client.get("/v1/credits/timeline", other).body == {"entries": [], "after": None}
    assert client.get(CERTIFICATES, other).body == {"certificates": []}


STAFF = ("editor", "reviewer", "finance", "auditor", "records", "administrator")
ROUTES = [
    ("GET", "/v1/credits/account", None, {"learner"}),
    ("GET", "/v1/credits/timeline", None, {"learner"}),
    ("GET", CERTIFICATES, None, {"learner"}),
    ("POST", CERTIFICATES, REGISTRATION, {"learner"}),
    ("GET", LEARNERS, None, {"administrator", "auditor"}),
    ("POST", CONFIRMATION, {"reason": "seen"}, {"administrator"}),
    ("POST", "/v1/credits/erasure", None, {"learner"}),
]


@pytest.mark.parametrize(("method", "path", "body", "allowed"), ROUTES)
def test_only_the_right_roles(client: Client, method: str, path: str, body: Any, allowed: set[str]) -> None:
    client.world.register(AFP, number="AFP-0001")
    before = client.world.state()
    for role in {"learner", *STAFF} - allowed:
        answer = send(client.api, request(method, path, body, who=claims("somebody", role)))
        assert (answer.status, answer.code) == (403, "WRONG_ROLE")
    for who in (NOBODY, {**LEARNING, "token_use": "id"}):
        answer = send(client.api, request(method, path, body, who=who))
        assert (answer.status, answer.code) == (401, "NOT_SIGNED_IN")
    forged = send(client.api, request(method, path, body, who=LEARNING, **{"x-origin-verify": "guess"}))
    assert (forged.status, forged.code) == (403, "FORBIDDEN_ORIGIN")
    assert client.world.state() == before


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        [],
        {},
        "{",
        {**REGISTRATION, "credential": "XYZ"},
        {**REGISTRATION, "credential": "afp"},
        {**REGISTRATION, "credential": None},
        {**REGISTRATION, "number": ""},
        {**REGISTRATION, "number": "x" * 33},
        {**REGISTRATION, "number": 12345},
        {**REGISTRATION, "number": "A'; DROP"},
        {**REGISTRATION, "number": "AFP-0001\n"},
        {**REGISTRATION, "period_start": "2025-02-29"},
        {**REGISTRATION, "period_start": "yesterday"},
        {**REGISTRATION, "period_start": 1e400},
        {**REGISTRATION, "period_start": "2025-01-01T10:00:00"},
        {**REGISTRATION, "period_start": "2025-01-01T00:00:00"},
        {**REGISTRATION, "period_start": 1735689600},
        {**REGISTRATION, "period_start": "1735689600"},
        {**REGISTRATION, "period_start": "-86400"},
        {**REGISTRATION, "period_start": True},
        {**REGISTRATION, "learner_id": OTHER},
        {**REGISTRATION, "state": "confirmed"},
    ],
)
def test_bad_registrations(client: Client, body: Any) -> None:
    answer = client.post(CERTIFICATES, body)
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")
    assert client.world.state() == ({}, 0)


@pytest.mark.parametrize("start", ["2019-12-31", "2026-01-06", "1900-01-01", "2099-12-31"])
def test_a_period_start_out_of_range(client: Client, start: str) -> None:
    answer = client.post(CERTIFICATES, {**REGISTRATION, "period_start": start})
    assert (answer.status, answer.code) == (422, "PERIOD_START_OUT_OF_RANGE")
    assert client.world.state() == ({}, 0)


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"reason": ""},
        {"reason": " \t\n"},
        {"reason": "x" * 501},
        {"reason": 1},
        {"reason": "seen", "revision": 0},
        {"reason": "seen", "revision": "1"},
        {"reason": "seen", "revision": 1.5},
        {"reason": "seen", "by": "somebody"},
    ],
)
def test_bad_confirmations(client: Client, body: Any) -> None:
    client.world.register(AFP)
    before = client.world.state()
    answer = client.post(CONFIRMATION, body, ADMINISTERING)
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")
    assert client.world.state() == before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{LEARNERS}/XYZ/confirmation", 400),
        (f"/v1/credits/learners/{'x' * 65}/certificates/AFP/confirmation", 400),
        ("/v1/credits/learners/a%23b/certificates/AFP/confirmation", 400),
        (f"{LEARNERS}/CFP/confirmation", 404),
        ("/v1/credits/learners/nobody/certificates/AFP/confirmation", 404),
        ("/v1/credits/learners/nobody", 404),
    ],
)
def test_bad_addresses(client: Client, path: str, status: int) -> None:
    client.world.register(AFP)
    before = client.world.state()
    answer = client.post(path, {"reason": "seen"}, ADMINISTERING)
    assert answer.status == status
    assert answer.code
    assert client.world.state() == before


def test_conflicts_are_409(client: Client) -> None:
    client.world.register(AFP)
    changed = client.post(CONFIRMATION, {"reason": "seen", "revision": 7}, ADMINISTERING)
    assert (changed.status, changed.code, changed.body["revision"]) == (409, "CERTIFICATE_CHANGED", 1)
    client.world.confirm(AFP)
    moved = client.post(CERTIFICATES, {**REGISTRATION, "period_start": "2024-01-01"})
    assert (moved.status, moved.code) == (409, "CERTIFICATE_ALREADY_CONFIRMED")


def test_nobody_confirms_their_own(client: Client) -> None:
    client.world.register(AFP)
    answer = client.post(CONFIRMATION, {"reason": "mine"}, claims(LEARNER, "learner", "administrator"))
    assert (answer.status, answer.code) == (403, "OWN_CERTIFICATE")
