"""The inbox: what learners are told, once per event, and what they have read."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.credits.app.declarations.declare_hours import declare_hours
from services.credits.app.declarations.export_batch import close_batch
from services.credits.app.declarations.import_results import import_results
from services.credits.app.notices.inbox import read_inbox
from services.credits.app.notices.tell_learner import UnknownEntry
from services.credits.app.texts.notices import text_of
from services.credits.domain.ids import EntryId, LearnerId
from services.credits.domain.ledger import Reason
from services.credits.domain.notices import HoursMessage, Inbox, NoticeKind
from services.credits.domain.review import Standing
from services.credits.events.published import CertificateConfirmed
from services.credits.handlers.http import build_api
from services.credits.handlers.notices import event_handlers
from services.kit.call import Call
from services.kit.identity import Principal, Role
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.world import AFP, CFP, EFP, LEARNER, OTHER, Crash, World, completed, own_call

PATH = "/v1/credits/notices"
OFFICER = Principal("officer-1", frozenset({Role.RECORDS}))


@pytest.fixture
def world() -> World:
    """A learner with an award and a hold."""
    made = World()
    made.publish(eligible=["AFP", "CFP"])
    made.certify(AFP)
    made.deliver(completed())
    return made


def tell(world: World, times: int = 1) -> None:
    """The queue delivers all that it is subscribed to but confirmations (test_waiting.py), so many times."""
    handlers = event_handlers(world.notices)
    del handlers[CertificateConfirmed.TYPE]
    for event in [*world.store.outbox] * times:
        if event.type in handlers:
            handlers[event.type](event)


def ask(world: World, method: str, path: str, body: object = None, learner: LearnerId = LEARNER) -> Answer:
    return send(build_api(world.ctx, origin_secret), request(method, path, body, who=claims(learner, "learner")))


def titles(answer: Answer) -> list[str]:
    return [notice["title"] for notice in answer.body["notices"]]


def test_a_watch_is_told_once_in_both_languages_with_a_sentence_for_certificates_one_does_not_hold(
    world: World,
) -> None:
    tell(world)
    answer = ask(world, "GET", PATH)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    (award,) = answer.body["notices"]
    assert (answer.body["unread"], answer.body["before"]) == (1, None)
    assert award == {
        "number": 1,
        "at": "2026-01-05T04:00:00Z",
        "kind": "award",
        "title": "1.5 学时已计入（AFP）",
        "title_en": "1.5 hours count (AFP)",
        "text": "《资产配置》：完整观看，已计入学时。如您持有 CFP，登记并经确认后，学时也会计入。",
        "text_en": "“Asset allocation”: Watched in full; the hours count. If you hold CFP, the hours count for it too, "
        "once it is registered and confirmed.",
        "credential": "AFP",
        "entry_id": world.entries()[0].entry_id,
        "read": False,
    }


def test_what_becomes_of_each_certificate_is_in_the_one_notice() -> None:
    world = World()
    world.publish(eligible=["AFP", "CFP", "EFP", "CPB"])
    world.certify(AFP, CFP)
    world.register(EFP)
    world.deliver(completed())
    world.deliver(completed("watch-2"))
    tell(world)
    second, first = ask(world, "GET", PATH).body["notices"]
    assert first["title"] == "1.5 学时已计入（AFP、CFP）"
    assert "EFP：完成时该证书尚未经管理员确认" in first["text"]
    assert first["text"].endswith("如您持有 CPB，登记并经确认后，学时也会计入。")
    assert second["title"] == "1.5 学时已暂存（EFP）"
    assert "AFP、CFP：同一课程内容在本周期内已计过学时" in second["text"]


def test_who_has_no_certificate_is_told_once_of_all() -> None:
    world = World()
    world.publish(eligible=["AFP", "CFP", "EFP", "CPB"])
    world.deliver(completed())
    tell(world)
    (notice,) = ask(world, "GET", PATH).body["notices"]
    assert notice["title"] == "1.5 学时已暂存（AFP、CFP、EFP、CPB）"
    assert "登记" in notice["text"]


def test_what_was_held_and_then_gives_nothing_says_so() -> None:
    world = World()
    world.publish()
    world.deliver(completed())
    world.clock.advance(2 * 86_400_000)
    world.register(AFP, start=date(2026, 1, 6))
    world.confirm(AFP)
    tell(world)
    newest = ask(world, "GET", PATH).body["notices"][0]
    assert newest["title"] == "没有学时计入（AFP）"
    assert "早于证书登记的周期开始日" in newest["text"]


def test_each_grant_is_told_apart(world: World) -> None:
    world.grant(title="研讨会")
    world.grant(title="年会")
    tell(world)
    assert len(titles(ask(world, "GET", PATH))) == 3


def test_a_notice_from_before_watches_were_told_once_reads_as_it_did() -> None:
    told = HoursMessage(NoticeKind.HOLD, EntryId("entry"), CFP, Decimal("1.5"), "资产配置", Reason.NO_CERTIFICATE)
    assert text_of(told).title.zh == "1.5 学时已暂存（CFP）"
    assert text_of(told).body.zh.startswith("《资产配置》：完成时您尚未登记该证书")


def test_a_lecture_without_an_english_title_is_named_in_chinese() -> None:
    told = HoursMessage(NoticeKind.AWARD, EntryId("entry"), AFP, Decimal("1.5"), "资产配置", Reason.COMPLETED)
    assert text_of(told).body.en == "“资产配置”: Watched in full; the hours count."


def test_however_often_an_event_is_delivered_it_is_told_once(world: World) -> None:
    tell(world, times=3)
    before = world.state()
    tell(world)
    assert world.state() == before
    assert ask(world, "GET", f"{PATH}/unread").body == {"unread": 1}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_function_that_dies_over_a_notice_tells_it_once_when_it_comes_again(world: World, moment: str) -> None:
    world.store.crash = moment
    with pytest.raises(Crash):
        tell(world)
    tell(world)
    assert len(titles(ask(world, "GET", PATH))) == 1


def test_a_release_a_review_and_a_reversal_are_told(world: World) -> None:
    world.register(CFP)
    world.confirm(CFP)
    for standing in (Standing.UNDER_REVIEW, Standing.STANDS, Standing.VOID):
        world.review(1, standing)
    tell(world)
    kinds = [notice["kind"] for notice in ask(world, "GET", PATH).body["notices"]]
    assert kinds == ["reversal", "release", "hold", "award", "award"]


def test_what_the_certifying_body_answers_is_told_without_its_words(world: World) -> None:
    answer_declaration(world, "denied,张三的材料不全")
    tell(world)
    newest = ask(world, "GET", PATH).body["notices"][0]
    assert newest["kind"] == "declaration"
    assert newest["title"] == "申报未通过：1.5 学时（AFP）"
    assert ("《资产配置》" in newest["text"], "“Asset allocation”" in newest["text_en"]) == (True, True)
    assert "张三" not in str(newest)
    (event,) = world.sent("credits.declaration_answered.v1")
    assert "材料" not in event.model_dump_json()


def test_an_answer_imported_again_is_published_once(world: World) -> None:
    answer_declaration(world, "accepted,")
    answer_declaration(world, "accepted,")
    assert len(world.sent("credits.declaration_answered.v1")) == 1


def answer_declaration(world: World, result: str) -> None:
    """The learner declares, the batch leaves, and its answer is imported."""
    (declared,) = declare_hours(world.ctx, own_call(LEARNER), AFP, world.certificates()[AFP].period_start)
    if not world.objects.get("batches/AFP-000001.csv"):
        close_batch(world.records, Call(OFFICER, "request-7", "key-0000-0000-0001"), AFP, "monthly")
    line = declared.declaration.last.line_id
    import_results(
        world.records, Call(OFFICER, "request-7"), AFP, 1, f"line_id,result,reason\n{line},{result}\n", "letter 7"
    )


def test_an_event_about_an_entry_that_is_not_there_tells_nobody(world: World) -> None:
    (held,) = world.sent("credits.hours_held.v1")
    forged = held.model_copy(update={"data": {**held.data, "learner_id": OTHER}})
    before = world.state()
    with pytest.raises(UnknownEntry):
        event_handlers(world.notices)[forged.type](forged)
    assert world.state() == before


def test_pages_go_back_to_the_first_notice(world: World) -> None:
    for number in range(2, 6):
        world.publish(f"c{number}", content=f"l{number}", eligible=["AFP"])
        world.deliver(completed(f"w{number}", f"c{number}"))
    tell(world)
    seen: list[int] = []
    query = "?limit=2"
    while query:
        page = ask(world, "GET", PATH + query).body
        seen += [notice["number"] for notice in page["notices"]]
        query = f"?limit=2&before={page['before']}" if page["before"] else ""
    assert seen == [5, 4, 3, 2, 1]


def test_reading_one_and_reading_all(world: World) -> None:
    world.deliver(completed("watch-2"))
    tell(world)
    assert ask(world, "POST", f"{PATH}/read", {"numbers": [2]}).body == {"unread": 1}
    assert [notice["read"] for notice in ask(world, "GET", PATH).body["notices"]] == [True, False]
    before = world.state()
    assert ask(world, "POST", f"{PATH}/read", {"numbers": [2, 900]}).body == {"unread": 1}
    assert world.state() == before
    assert ask(world, "POST", f"{PATH}/read", {"up_to": 9_999}).body == {"unread": 0}
    assert ask(world, "GET", PATH).body["unread"] == 0


def test_what_comes_after_all_was_read_is_unread(world: World) -> None:
    tell(world)
    ask(world, "POST", f"{PATH}/read", {"up_to": 1})
    world.publish("c2", content="l2", eligible=["AFP"])
    world.deliver(completed("w2", "c2"))
    tell(world)
    assert ask(world, "GET", f"{PATH}/unread").body == {"unread": 1}


def test_nobody_reads_anothers_notices(world: World) -> None:
    tell(world)
    assert ask(world, "GET", PATH, learner=OTHER).body == {"notices": [], "unread": 0, "before": None}
    assert ask(world, "POST", f"{PATH}/read", {"up_to": 5}, learner=OTHER).body == {"unread": 0}
    assert ask(world, "GET", f"{PATH}/unread").body == {"unread": 1}


@pytest.mark.parametrize(
    "body", [None, {"numbers": "all"}, {"numbers": [0]}, {"numbers": [True]}, {"up_to": -1}, {"numbers": [1] * 101}]
)
def test_a_body_that_is_no_reading_changes_nothing(world: World, body: Any) -> None:
    tell(world)
    before = world.state()
    assert ask(world, "POST", f"{PATH}/read", body).code == "INVALID_REQUEST"
    assert world.state() == before


@pytest.mark.parametrize("query", ["?limit=0", "?limit=51", "?before=0", "?before=x"])
def test_a_page_that_cannot_be(world: World, query: str) -> None:
    assert ask(world, "GET", PATH + query).code == "INVALID_REQUEST"


def test_what_was_read_apart_is_forgotten_once_everything_before_it_is_read() -> None:
    box = Inbox(last=6).read([2, 4], 0)
    assert (box.unread, box.read_apart) == (4, (2, 4))
    box = box.read([1], 0)
    assert (box.read_up_to, box.read_apart, box.unread) == (2, (4,), 3)
    assert box.read([], 3) == Inbox(last=6, read_up_to=4)


def test_a_notice_keeps_what_it_tells_and_not_its_words(world: World) -> None:
    tell(world)
    view = read_inbox(world.store, LEARNER, None, 20)
    (award,) = view.notices.items
    assert isinstance(award.told, HoursMessage)
    assert (award.told.kind, award.told.reason) == (NoticeKind.AWARD, Reason.COMPLETED)
    assert not view.inbox.is_read(award.number)
