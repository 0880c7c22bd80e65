"""The transcript as CSV: whole, adding up, safe to open, and in the audit log where staff read it."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from services.credits.app.accounts.read_account import read_account
from services.credits.domain.review import Standing
from services.credits.handlers.records import build_api
from tests.gateway import LambdaContext, claims, origin_secret, request
from tests.unit.credits.world import AFP, CFP, CTP, LEARNER, OTHER, World, completed

OWN = "/v1/credits/transcript.csv"
STAFF = f"/v1/credits/learners/{LEARNER}/transcript.csv"


@pytest.fixture
def world() -> World:
    """A ledger with every kind of entry: two awards of which one is taken back, a hold, and a declined one."""
    made = World()
    made.certify(AFP)
    for number in range(3):
        made.publish(f"course-{number}", content=f"lecture-{number}", eligible=["AFP", "CFP"], hours="1.50")
        made.deliver(completed(f"w{number}", f"course-{number}"))
    made.deliver(completed("again", "course-0"))
    made.review(1, Standing.VOID)
    made.review(3, Standing.UNDER_REVIEW)
    return made


def rows(body: str) -> list[dict[str, str]]:
    assert body.startswith("\ufeff")
    table = csv.DictReader(io.StringIO(body.removeprefix("\ufeff")))
    return [{name.split()[-1]: value for name, value in row.items()} for row in table]


def ask(
    world: World, method: str, path: str, body: object = None, who: dict[str, str] | None = None
) -> dict[str, object]:
    event = request(method, path, body, who=who or claims(LEARNER, "learner"))
    return build_api(world.records, origin_secret).handle(event, LambdaContext())  # type: ignore[arg-type]


def test_every_entry_is_there_and_what_counts_adds_up_to_the_account(world: World) -> None:
    answer = ask(world, "GET", OWN)
    assert answer["statusCode"] == 200
    headers = answer["headers"]
    assert isinstance(headers, dict)
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"
    found = [row for row in rows(str(answer["body"])) if row["number"]]
    assert [(int(row["number"]), row["kind"]) for row in found] == [(e.number, e.kind) for e in world.entries()]
    counted = sum((Decimal(row["counted_hours"]) for row in found), Decimal(0))
    (afp,) = read_account(world.ctx, LEARNER).certificates
    assert counted == afp.current.earned == Decimal("1.5")
    assert {row["credential"] for row in found if Decimal(row["counted_hours"])} == {"AFP"}
    assert found[0]["at"] == "2026-01-05T12:00:00+08:00"
    assert ask(world, "GET", OWN)["body"] == answer["body"]


def test_below_stands_what_each_period_asks_for_and_has_as_in_the_account(world: World) -> None:
    """Also of a period without awards, and of each of its years."""
    world.register(CFP, start=date(2022, 1, 1))
    asked = [row for row in rows(str(ask(world, "GET", OWN)["body"])) if not row["number"]]
    found = [
        (row["credential"], row["kind"], row["period_start"], row["period_end"], *of)
        for row in asked
        for of in [(row["required_hours"], row["earned_hours"], row["missing_hours"])]
    ]
    assert found[:4] == [
        ("AFP", "period", "2025-01-01", "2026-12-31", "30", "1.50", "28.50"),
        ("AFP", "compulsory", "2025-01-01", "2026-12-31", "2", "0", "2"),
        ("AFP", "year", "2025-01-01", "2025-12-31", "5", "0", "5"),
        ("AFP", "year", "2026-01-01", "2026-12-31", "5", "1.50", "3.50"),
    ]
    of_account = [
        (f"{one.certificate.credential}", f"{demand.requirement}", f"{demand.span.start}")
        for one in read_account(world.ctx, LEARNER).certificates
        for balance in (*one.earlier, one.current)
        for demand in balance.demands
    ]
    assert [row[:3] for row in found] == of_account
    assert ("CFP", "period", "2022-01-01") in of_account
    assert not any(row["counted_hours"] for row in asked)


def test_figures_that_are_not_known_are_empty(world: World) -> None:
    world.register(CTP)
    (row,) = [
        row
        for row in rows(str(ask(world, "GET", OWN)["body"]))
        if (row["credential"], row["kind"]) == ("CTP", "period")
    ]
    assert (row["required_hours"], row["earned_hours"], row["missing_hours"]) == ("", "0", "")


def test_a_reviewers_words_are_there_for_ever(world: World) -> None:
    found = rows(str(ask(world, "GET", OWN)["body"]))
    noted = {row["reason"]: row["note"] for row in found if row["note"]}
    assert noted == {"REVIEW_VOIDED": "looked into", "UNDER_REVIEW": "looked into"}


def test_a_learner_reads_only_their_own(world: World) -> None:
    assert rows(str(ask(world, "GET", OWN, who=claims(OTHER, "learner"))["body"])) == []


def test_it_names_nobody(world: World) -> None:
    world.register(CFP, number="SECRET-1")
    body = str(ask(world, "GET", OWN)["body"])
    assert "SECRET-1" not in body
    assert LEARNER not in body


@pytest.mark.parametrize("role", ["auditor", "records", "administrator"])
def test_staff_read_it_with_a_reason_that_is_kept(world: World, role: str) -> None:
    answer = ask(world, "POST", STAFF, {"reason": "complaint 12"}, claims("staff-1", role))
    assert answer["body"] == ask(world, "GET", OWN)["body"]
    audit = [text for key, (_, text) in world.store.items.items() if key.pk.startswith("AUDIT#")]
    assert any(all(part in text for part in ("read_transcript", LEARNER, "complaint 12", "staff-1")) for text in audit)


@pytest.mark.parametrize("body", [None, {}, {"reason": ""}, {"reason": " "}, {"reason": "x" * 501}, {"reason": 1}])
def test_without_a_reason_nothing_is_read(world: World, body: object) -> None:
    before = world.state()
    assert ask(world, "POST", STAFF, body, claims("staff-1", "auditor"))["statusCode"] == 400
    assert world.state() == before


@pytest.mark.parametrize(("method", "path", "role"), [("POST", STAFF, "learner"), ("POST", STAFF, "finance")])
def test_wrong_roles(world: World, method: str, path: str, role: str) -> None:
    before = world.state()
    assert ask(world, method, path, {"reason": "x"}, claims(LEARNER, role))["statusCode"] == 403
    assert world.state() == before
