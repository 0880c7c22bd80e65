"""The profile: what counts as a name, what is missing, who changed what; a real name releases what waited for it."""

import unicodedata
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from stdnum.cn import ric

from services.credits.adapters.profile_file import load_profile_policy
from services.credits.app.profiles.items import ProfileChange, profile_key
from services.credits.domain.balances import open_holds
from services.credits.domain.ledger import Kind
from services.credits.domain.names import clean_real_name
from services.credits.domain.profile import FIELDS, Profile, clean_email, clean_text
from services.credits.handlers.http import build_api
from services.kit.store import Change
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.world import AFP, LEARNER, OTHER, Crash, World, completed

DAY_MS = 86_400_000
ID_NUMBER = "11010519491231002X"
WHOLE: dict[str, str | date | None] = {
    "username": "zhang_san",
    "nickname": "小张",
    "real_name": "张三",
    "birthday": "1990-02-28",
    "employer": "某银行上海分行",
    "email": "zhang.san@example.com",
}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("张三", "张三"),
        ("  欧阳娜娜 ", "欧阳娜娜"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 ‧ 买买提", "阿卜杜拉·买买提"),
        ("尼·阿", "尼·阿"),
        ("李喆堃", "李喆堃"),
        ("朱镕", "朱镕"),
        ("王𬤊㛃", "王𬤊㛃"),
        ("赵〇", "赵〇"),
        ("Mary-Jane O'Neil", "Mary-Jane O'Neil"),
        ("José García", "José García"),
        ("Jose\u0301 Garci\u0301a", "José García"),
        ("John F. Kennedy", "John F. Kennedy"),
        ("王\U000323b0", "王\U000323b0"),  # Extension J, of 2025
        ("王\U00031350\U0002ebf0", "王\U00031350\U0002ebf0"),  # Extensions H and I
        ("王\ufa0e", "王\ufa0e"),  # one of twelve unified characters among those for compatibility
        ("王\ufa29", "王\ufa29"),
        ("王\uf9f4", "王林"),
        ("王\U0002f800", "王丽"),
        ("\u2ee2\u2f42", "马文"),  # radicals, as PDFs have them
        ("\u2f6d\u2ed3\u2fd3", "矛长龍"),
        ("葛\U000e0100城", "葛城"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉。买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉･买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉●买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉｡ 买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉\u0387买买提", "阿卜杜拉·买买提"),
        ("Ｍａｒｙ　Ｏ＇Ｎｅｉｌ", "Mary O'Neil"),
        ("Mary\u2010Jane O\u2018Neil", "Mary-Jane O'Neil"),
        ("\ufb01ona\u00a0Gri\ufb03th", "fiona Griffith"),
    ],
)
@pytest.mark.parametrize("database", [unicodedata, unicodedata.ucd_3_2_0], ids=["now", "of 2002"])
def test_names_as_they_are_printed_by_whichever_unicode(
    monkeypatch: pytest.MonkeyPatch, given: str, name: str, database: object
) -> None:
    monkeypatch.setattr("services.credits.domain.names.unicodedata", database)
    assert clean_real_name(given) == name


@pytest.mark.parametrize(
    "given",
    [
        "",
        " ",
        "张",
        "·",
        "张·",
        "·张三",
        "张··三",
        "张三1",
        "张 三",
        "张三😀",
        "张\n三",
        "张\u200b三",
        "张\u202e三",
        "Madonna",
        "Zhang 三",
        "Zhang Sān 三",
        "<b>张三</b>",
        "=HYPERLINK(1)",
        "张" * 26,
        "A b" * 40,
        "张三.",
        "。张三",
        "张\ue000",
        "\u31c0三",
    ],
)
def test_what_is_no_name(given: str) -> None:
    with pytest.raises(ValueError, match=r"name|printed|spaces"):
        clean_real_name(given)


@pytest.mark.parametrize("database", [unicodedata, unicodedata.ucd_3_2_0], ids=["now", "of 2002"])
@pytest.mark.parametrize(
    "given",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
        "\U0001fac6",  # a fingerprint, of 2025
        "\U000323b0",
    ],
)
def test_what_people_call_themselves_by_whichever_unicode(
    monkeypatch: pytest.MonkeyPatch, given: str, database: object
) -> None:
    monkeypatch.setattr("services.credits.domain.profile.unicodedata", database)
    assert clean_text(f" {given} ") == given


@pytest.mark.parametrize("database", [unicodedata, unicodedata.ucd_3_2_0], ids=["now", "of 2002"])
@pytest.mark.parametrize(
    "unseen", "\x00\x1f\x7f\xad\u061c\u200b\u200e\u202e\u2066\ufeff\ue000\U0001d173\U00013439\U000f0000\udc00"
)
def test_what_cannot_be_seen_by_whichever_unicode(
    monkeypatch: pytest.MonkeyPatch, unseen: str, database: object
) -> None:
    monkeypatch.setattr("services.credits.domain.profile.unicodedata", database)
    with pytest.raises(ValueError, match="printed"):
        clean_text(f"张{unseen}三")


@pytest.mark.parametrize("given", ["a@b.cn", "first.last+tag@mail.example.com.cn", "O'Neil@example.org"])
def test_addresses(given: str) -> None:
    assert clean_email(f" {given} ") == given


@pytest.mark.parametrize(
    "given",
    ["a", "a@", "@b.cn", "a@b", "a b@c.cn", "a@b..cn", ".a@b.cn", "a@b.cn\nbcc: x@y.cn", "张@b.cn", "x" * 65 + "@b.cn"],
)
def test_what_is_no_address(given: str) -> None:
    with pytest.raises(ValueError, match=r"mail|printed"):
        clean_email(given)


class Client:
    """One learner's calls."""

    def __init__(self) -> None:
        self.world = World()
        self.api = build_api(self.world.ctx, origin_secret)

    def read(self, who: str = LEARNER) -> dict[str, Any]:
        """The profile."""
        answer = send(self.api, request("GET", "/v1/credits/profile", who=claims(who, "learner")))
        assert answer.status == 200
        return dict(answer.body)

    def change(self, body: Any, who: str = LEARNER) -> Answer:
        """A change of it."""
        return send(self.api, request("PATCH", "/v1/credits/profile", body, who=claims(who, "learner")))


@pytest.fixture
def client() -> Client:
    return Client()


def test_an_empty_profile_misses_everything_and_is_not_stale(client: Client) -> None:
    found = client.read()
    assert found["revision"] == 0
    assert found["missing"] == list(FIELDS)
    assert (found["complete"], found["stale"], found["stale_after_days"]) == (False, False, 180)


def test_fields_are_filled_one_by_one_and_emptied_again(client: Client) -> None:
    for revision, (name, value) in enumerate(WHOLE.items()):
        answer = client.change({"revision": revision, name: value})
        assert (answer.status, answer.body[name], answer.body["revision"]) == (200, value, revision + 1)
        assert name not in answer.body["missing"]
    assert client.read()["complete"]
    emptied = client.change({"revision": 6, "employer": None}).body
    assert (emptied["employer"], emptied["missing"]) == (None, ["employer"])
    assert client.read(OTHER)["revision"] == 0


def test_an_identity_number_is_checked_kept_and_never_shown_whole(client: Client) -> None:
    answer = client.change({"revision": 0, "id_number": ID_NUMBER.lower()})
    assert answer.body["id_number"] == "1101**********002X"
    assert client.read()["id_number"] == "1101**********002X"
    stored = client.world.store.get(profile_key(LEARNER), Profile)
    assert stored
    assert stored.value.id_number == ID_NUMBER
    wrong = client.change({"revision": 1, "birthday": "1949-12-30"})
    assert (wrong.status, wrong.code) == (422, "BIRTHDAY_IMPLAUSIBLE")
    assert client.change({"revision": 1, "birthday": "1949-12-31"}).status == 200


@pytest.mark.parametrize(
    ("number", "warnings"),
    [
        ("110105198001010016", []),
        ("110118198001010018", []),  # 密云区, a county until 2015
        ("441900198001010015", []),  # 东莞市, which has no counties since 1988
        ("152400198001010019", []),  # an area that is no more
        ("810000198001010014", []),  # of a residence permit for residents of Hong Kong
        ("654321198001010016", []),  # 布尔津县, founded after the holder was born
        ("830000198001010018", []),  # of a residence permit for residents of Taiwan
        ("119999198001010018", ["id_number_area"]),
        ("990101198001010014", ["id_number_area"]),
        ("000000198001010013", ["id_number_area"]),
    ],
)
def test_length_date_and_check_character_decide_and_the_area_only_warns(
    client: Client, number: str, warnings: list[str]
) -> None:
    number = number[:-1] + ric.calc_check_digit(number)
    answer = client.change({"revision": 0, "id_number": number})
    assert (answer.status, answer.body.get("warnings")) == (200, warnings)
    assert client.read()["warnings"] == warnings


@pytest.mark.parametrize("given", [" 11010519491231002x ", "１１０１０５１９４９１２３１００２Ｘ"])
def test_an_identity_number_as_it_is_typed(client: Client, given: str) -> None:
    assert client.change({"revision": 0, "id_number": given}).body["id_number"] == "1101**********002X"


def test_an_identity_number_of_somebody_to_be_born_is_refused(client: Client) -> None:
    number = "110105202601060010"
    number = number[:-1] + ric.calc_check_digit(number)
    answer = client.change({"revision": 0, "id_number": number})
    assert (answer.status, answer.code) == (422, "BIRTHDAY_IMPLAUSIBLE")


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        {"revision": -1},
        {"revision": "0"},
        {"revision": 0, "username": ""},
        {"revision": 0, "username": "x" * 33},
        {"revision": 0, "nickname": "a\x00b"},
        {"revision": 0, "nickname": "\u202eabc"},
        {"revision": 0, "real_name": "1"},
        {"revision": 0, "birthday": "1899-12-31"},
        {"revision": 0, "birthday": "1990-02-29"},
        {"revision": 0, "birthday": 0},
        {"revision": 0, "email": "nobody"},
        {"revision": 0, "id_number": "110105194912310021"},
        {"revision": 0, "id_number": "11010519491331002X"},
        {"revision": 0, "id_number": "110105194913310013"},
        {"revision": 0, "id_number": "110105189912310023"},
        {"revision": 0, "id_number": "110105491231002"},
        {"revision": 0, "id_number": "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X"},
        {"revision": 0, "id_number": "110105 19491231 002X"},
        {"revision": 0, "learner_id": OTHER},
    ],
)
def test_bad_profiles_change_nothing(client: Client, body: Any) -> None:
    answer = client.change(body)
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")
    assert client.world.state() == ({}, 0)


def test_a_birthday_to_come_is_refused(client: Client) -> None:
    # At noon of 5 January 2026 in Shanghai.
    assert client.change({"revision": 0, "birthday": "2026-01-06"}).code == "BIRTHDAY_IMPLAUSIBLE"
    assert client.change({"revision": 0, "birthday": "2026-01-05"}).status == 200


def test_a_change_of_what_was_changed_meanwhile_is_refused(client: Client) -> None:
    client.change({"revision": 0, "nickname": "小张"})
    before = client.world.state()
    answer = client.change({"revision": 0, "nickname": "老张"})
    assert (answer.status, answer.code, answer.body["revision"]) == (409, "PROFILE_CHANGED", 1)
    assert client.world.state() == before


def test_the_same_change_again_changes_nothing(client: Client) -> None:
    first = client.change({"revision": 0, **WHOLE})
    before = client.world.state()
    assert client.change({"revision": 0, **WHOLE}).body == first.body
    assert client.world.state() == before


def test_a_profile_ages_until_its_owner_says_that_it_is_still_right(client: Client) -> None:
    client.change({"revision": 0, **WHOLE})
    client.world.clock.advance(180 * DAY_MS - 1)
    assert not client.read()["stale"]
    client.world.clock.advance(1)
    assert client.read()["stale"]
    assert not client.change({"revision": 1}).body["stale"]
    assert client.read()["revision"] == 2


def test_the_age_is_data(tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    file.write_text("stale_after_days = 7\n")
    assert load_profile_policy(file).stale_after == timedelta(days=7)
    file.write_text("stale_after_days = 0\n")
    with pytest.raises(ValidationError):
        load_profile_policy(file)


def test_each_change_is_kept_by_its_fields_and_no_value_leaves_the_profile() -> None:
    w = World()
    w.publish(eligible=["AFP"])
    w.deliver(completed())
    w.name(**{**WHOLE, "birthday": date(1990, 2, 28)})
    w.name(birthday=date(1990, 3, 1))
    changes = [stored.value for stored in w.store.query(f"PROFILE#{LEARNER}", "CHANGE#", ProfileChange)]
    assert [change.fields for change in changes] == [list(FIELDS), ["birthday"]]
    elsewhere = [text for key, (_, text) in w.store.items.items() if key.sk != "PROFILE"]
    told = [event.model_dump_json() for event in w.store.outbox]
    for value in WHOLE.values():
        assert not any(str(value) in text for text in [*elsewhere, *told]), value


def held_for_the_name() -> World:
    w = World()
    w.publish(eligible=["AFP"])
    w.register(AFP)
    w.confirm(AFP)
    w.deliver(completed())
    return w


def test_hours_wait_for_the_real_name_and_are_released_by_it() -> None:
    w = held_for_the_name()
    assert w.outline() == ["hold AFP 1.5 PROFILE_INCOMPLETE"]
    w.name(nickname="小张")
    assert len(w.entries()) == 1
    w.name()
    assert w.outline()[1:] == ["release AFP 1.5 REAL_NAME_GIVEN", "award AFP 1.5 COMPLETED"]
    (told,) = w.sent("credits.real_name_given.v1")
    assert told.data.keys() == {"learner_id", "given_at"}


def test_a_changed_name_releases_nothing_twice_and_a_removed_one_holds_what_comes() -> None:
    w = held_for_the_name()
    w.name()
    w.name(real_name="李四")
    assert len(w.sent("credits.real_name_given.v1")) == 1
    w.name(real_name=None)
    w.publish("other", content="lecture-2", eligible=["AFP"])
    w.deliver(completed("w2", "other"))
    assert w.outline()[-1] == "hold AFP 1.5 PROFILE_INCOMPLETE"


def test_a_hold_for_a_certificate_then_waits_for_the_name() -> None:
    w = World()
    w.publish(eligible=["AFP"])
    w.deliver(completed())
    w.register(AFP)
    w.confirm(AFP)
    assert w.outline() == [
        "hold AFP 1.5 NO_CERTIFICATE",
        "release AFP 1.5 CERTIFICATE_CONFIRMED",
        "hold AFP 1.5 PROFILE_INCOMPLETE",
    ]


def test_what_is_declined_needs_no_name() -> None:
    w = held_for_the_name()
    w.publish("other", content="lecture-2", eligible=["CFP"])
    w.deliver(completed("w2", "other"))
    assert "declined AFP 0 CREDENTIAL_NOT_ELIGIBLE" in w.outline()


def test_more_holds_than_one_transaction_takes_are_released_by_the_event() -> None:
    w = World()
    for i in range(45):
        w.publish(f"c{i}", content=f"lecture-{i}", eligible=["AFP"])
    w.register(AFP)
    w.confirm(AFP)
    for i in range(45):
        w.deliver(completed(f"w{i}", f"c{i}"))
    w.name()
    assert len(open_holds(w.entries())) == 29
    (told,) = w.sent("credits.real_name_given.v1")
    w.deliver(told)
    w.deliver(told)
    assert open_holds(w.entries()) == []
    assert len(w.sent("credits.hours_awarded.v1")) == 45


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_around_the_name(moment: str) -> None:
    w = held_for_the_name()
    w.store.crash = moment
    with pytest.raises(Crash):
        w.name()
    w.name()
    assert sum(e.kind is Kind.AWARD for e in w.entries()) == 1
    assert len(w.sent("credits.real_name_given.v1")) == 1


def test_a_name_that_arrives_while_a_watch_is_entered_is_seen() -> None:
    w = held_for_the_name()
    w.publish("other", content="lecture-2", eligible=["AFP"])
    commit = w.store.commit

    def named_meanwhile(change: Change) -> None:
        w.store.commit = commit  # type: ignore[method-assign]
        w.name()
        commit(change)

    w.store.commit = named_meanwhile  # type: ignore[method-assign]
    w.deliver(completed("w2", "other"))
    assert open_holds(w.entries()) == []
    assert sum(e.kind is Kind.AWARD for e in w.entries()) == 2


def test_a_forged_event_of_a_name_releases_nothing() -> None:
    w = held_for_the_name()
    told = held_for_the_name()
    told.name()
    before = w.state()
    w.deliver(told.sent("credits.real_name_given.v1")[0])
    assert w.state() == before
