"""The calendar file: what RFC 5545 asks of it, the right days, alarms when reminders are due."""

import re
from datetime import date, datetime, time, timedelta

import pytest

from services.credits.app.texts.icalendar import MAX_OCTETS, escaped, folded
from services.credits.handlers.http import build_api
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.world import AFP, CFP, CTP, LEARNER, World, completed

PATH = "/v1/credits/calendar.ics"


def ask(world: World) -> Answer:
    return send(build_api(world.ctx, origin_secret), request("GET", PATH, who=claims(LEARNER, "learner")))


def lines(answer: Answer) -> list[str]:
    """Content lines, unfolded as section 3.1 says."""
    assert answer.body.endswith("\r\n")
    physical = answer.body[:-2].split("\r\n")
    assert all("\n" not in line and len(line.encode()) <= 75 for line in physical)
    return "\r\n".join(physical).replace("\r\n ", "").split("\r\n")


@pytest.fixture
def world() -> World:
    made = World()
    made.certify(AFP)
    made.publish(eligible=["AFP"], hours="1.5")
    made.deliver(completed())
    return made


def test_a_deadline_is_an_all_day_event_on_the_periods_last_day(world: World) -> None:
    answer = ask(world)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    found = lines(answer)
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Xueshi//Credits//ZH", "CALSCALE:GREGORIAN", "BEGIN:VEVENT"]
    assert found[:5] == head
    assert found[-2:] == ["END:VEVENT", "END:VCALENDAR"]
    for line in ("DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270101", "DTSTAMP:20260105T040000Z"):
        assert found.count(line) == 1
    assert f"UID:AFP-2025-01-01-{LEARNER}@xueshi" in found
    (description,) = [line for line in found if line.startswith("DESCRIPTION:2025")]
    assert "还差 28.5 学时" in description


def earn_all_but_the_first_year(world: World) -> None:
    """30 hours in 2026, compulsory ones; none of the five that 2025 asks for."""
    world.publish("much", content="much", eligible=["AFP"], hours="30", category="compulsory")
    world.deliver(completed("watch-much", "much"))


def test_a_missed_year_is_missing_in_the_calendar_too(world: World) -> None:
    earn_all_but_the_first_year(world)
    descriptions = [line for line in lines(ask(world)) if line.startswith("DESCRIPTION:2025")]
    assert descriptions == [
        "DESCRIPTION:2025年1月1日至2026年12月31日。2025年1月1日至2025年12月31日这一年已结束，少 5 学时。"
        "\\nThe year from 1 January 2025 to 31 December 2025 is over\\, 5 hours short."
    ]


def test_each_year_that_still_runs_has_its_own_deadline() -> None:
    world = World()
    world.certify(AFP, start=date(2025, 6, 1))
    found = lines(ask(world))
    assert [line for line in found if line.startswith("DTSTART")] == [
        "DTSTART;VALUE=DATE:20260531",
        "DTSTART;VALUE=DATE:20270531",
    ]
    assert f"UID:AFP-2025-06-01-2026-05-31-{LEARNER}@xueshi" in found
    (year,) = [line for line in found if line.startswith("DESCRIPTION:2025年6月1日至2026年5月31日这一年")]
    assert "还差 5 学时" in year


def test_every_begin_has_its_end_and_every_line_a_name(world: World) -> None:
    world.register(CFP)
    found, open_ = lines(ask(world)), list[str]()
    for line in found:
        name, _, value = line.partition(":")
        assert re.fullmatch(r"[A-Z-]+(;VALUE=DATE)?", name)
        if name == "BEGIN":
            open_.append(value)
        if name == "END":
            assert open_.pop() == value
    assert open_ == []
    assert found.count("BEGIN:VEVENT") == 2
    assert len({line for line in found if line.startswith("UID:")}) == 2


def test_alarms_ring_at_nine_in_the_morning_90_30_and_7_days_before(world: World) -> None:
    midnight = datetime.combine(date(2026, 12, 31), time())
    triggers = [re.fullmatch(r"TRIGGER:-P(\d+)DT(\d+)H", line) for line in lines(ask(world)) if "TRIGGER" in line]
    rung = [midnight - timedelta(days=int(match[1]), hours=int(match[2])) for match in triggers if match]
    assert rung == [datetime.combine(date(2026, 12, 31) - timedelta(days=d), time(9)) for d in (90, 30, 7)]


def test_the_same_event_keeps_its_id_so_that_a_calendar_updates_it(world: World) -> None:
    first = [line for line in lines(ask(world)) if line.startswith("UID")]
    world.clock.advance(86_400_000)
    assert [line for line in lines(ask(world)) if line.startswith("UID")] == first


def test_without_a_known_deadline_there_is_no_file() -> None:
    world = World()
    assert ask(world).code == "NO_DEADLINES"
    world.register(CTP)
    assert ask(world).code == "NO_DEADLINES"


def test_long_lines_are_folded_between_characters() -> None:
    text = "DESCRIPTION:" + "学时" * 60 + "a" * 80
    parts = folded(text).split("\r\n")
    assert all(len(part.encode()) <= MAX_OCTETS for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == text
    assert folded("short") == "short"


def test_texts_are_escaped() -> None:
    assert escaped("a\\b;c,d\ne") == "a\\\\b\\;c\\,d\\ne"
