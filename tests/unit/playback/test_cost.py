"""What a beat costs, counted: one write of at most 1,024 bytes, and nothing else."""

from collections.abc import Iterator

import pytest

from tests.bench.meter import UNIT_BYTES, Meter, item_bytes, metered

LONGEST_ID = "c" * 64
LONGEST_MS = 24 * 3_600_000 - 1


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Meter]:
    """Playback on moto's DynamoDB, every call counted."""
    with metered(monkeypatch) as running:
        yield running


def test_an_accepted_beat_is_one_small_write_and_nothing_else(meter: Meter, capsys: pytest.CaptureFixture[str]) -> None:
    meter.entitle(LONGEST_ID, LONGEST_MS, max_rate="2.0")
    token = meter.start(LONGEST_ID)["token"]
    # The first of an instance tells what was watched; those of the next minute do not.
    token = meter.call("/v1/playback/beats", {"token": token, "position_ms": 0}).body["token"]
    capsys.readouterr()
    for number in range(1, 6):
        meter.clock.advance(10_000)
        with meter.counted() as calls:
            answer = meter.call("/v1/playback/beats", {"token": token, "position_ms": LONGEST_MS})
        assert answer.status == 200
        assert answer.body["furthest_ms"] == number * 20_000
        assert [call.operation for call in calls] == ["PutItem"]
        (item,) = calls[0].items
        assert item_bytes(item) <= UNIT_BYTES
        assert calls[0].write_units == 1
        token = answer.body["token"]
    assert capsys.readouterr() == ("", "")


def test_a_refused_beat_writes_nothing_and_is_counted(meter: Meter, capsys: pytest.CaptureFixture[str]) -> None:
    meter.entitle(LONGEST_ID, LONGEST_MS)
    token = meter.start(LONGEST_ID)["token"]
    capsys.readouterr()
    with meter.counted() as calls:
        forged = meter.call("/v1/playback/beats", {"token": token[:-1], "position_ms": 1})
    assert (forged.status, forged.code, calls) == (400, "TOKEN_INVALID", [])
    assert '"Refusals"' in capsys.readouterr().out
    meter.call("/v1/playback/beats", {"token": token, "position_ms": 1})
    with meter.counted() as calls:
        stale = meter.call("/v1/playback/beats", {"token": token, "position_ms": 2})
    assert (stale.status, stale.code) == (409, "TOKEN_STALE")
    assert [call.operation for call in calls] == ["PutItem", "GetItem", "GetItem"]


def test_a_lost_answer_costs_three_reads_more(meter: Meter) -> None:
    meter.entitle(LONGEST_ID, LONGEST_MS)
    body = {"token": meter.start(LONGEST_ID)["token"], "position_ms": 1}
    first = meter.call("/v1/playback/beats", body)
    with meter.counted() as calls:
        again = meter.call("/v1/playback/beats", body)
    assert again.body == first.body
    assert [call.operation for call in calls] == ["PutItem", "GetItem", "GetItem", "GetItem"]
