"""Pictures of certificates: what is taken for one, what is left of it, who sees it, and when it goes."""

from dataclasses import replace
from typing import Any

import pytest

from services.credits.app.certificates.items import read_holder
from services.credits.app.certificates.return_certificate import Return, return_certificate
from services.credits.app.context import ErasureContext
from services.credits.app.erasure.erase_person import erase_person
from services.credits.app.pictures.send_picture import A_DAY
from services.credits.domain.ids import LearnerId
from services.credits.domain.pictures import MOST_BYTES, NotPicture, clean_jpeg
from services.credits.handlers.erasure import event_handlers
from services.credits.handlers.people import build_api
from services.kit.call import Call
from tests.gateway import NOBODY, Answer, claims, origin_secret, request, send
from tests.unit.credits.jpegs import frame, jpeg, segment
from tests.unit.credits.test_erasure import Users
from tests.unit.credits.world import ADMINISTRATOR, AFP, LEARNER, OTHER, World

PLACE = b"Exif\0\0MM GPS 39.9 116.4"
BEGIN, ATTACH = "/v1/credits/certificates/AFP/picture-uploads", "/v1/credits/certificates/AFP/picture"
LOOK = f"/v1/credits/learners/{LEARNER}/certificates/AFP/picture-views"
OWN = claims(LEARNER, "learner")
STAFF = claims(ADMINISTRATOR.id, "administrator")


def ask(w: World, method: str, path: str, body: Any = None, who: dict[str, str] = OWN) -> Answer:
    """A call over HTTP."""
    return send(build_api(w.ctx, origin_secret), request(method, path, body, who=who))


def begun(w: World, who: dict[str, str] = OWN) -> dict[str, Any]:
    """A picture that may be sent."""
    answer = ask(w, "POST", BEGIN, who=who)
    assert answer.status == 201
    found: dict[str, Any] = answer.body
    return found


def sent(w: World, content: bytes = b"", who: dict[str, str] = OWN) -> str:
    """A picture that was sent and attached; its id."""
    form = begun(w, who)
    assert w.pictures.send(form["fields"], content or jpeg())
    assert ask(w, "PUT", ATTACH, {"picture_id": form["picture_id"]}, who).status == 200
    return str(form["picture_id"])


def follow(w: World) -> None:
    """What follows on all events, however often."""
    handlers = event_handlers(ErasureContext(*w.ports, Users(), w.pictures))
    for event in [*w.store.outbox] * 2:
        if event.type in handlers:
            handlers[event.type](event)


@pytest.fixture
def w() -> World:
    """Somebody whose certificate waits."""
    world = World()
    world.name()
    world.register(AFP)
    return world


def test_what_cameras_note_and_what_stands_behind_the_end_is_not_kept() -> None:
    notes = (segment(0xE1, PLACE), segment(0xED, b"Photoshop 3.0"), segment(0xFE, b"taken at home"))
    colours = (segment(0xE0, b"JFIF\0\1\1"), segment(0xE2, b"ICC_PROFILE\0P3"), segment(0xEE, b"Adobe\0d"))
    cleaned = clean_jpeg(jpeg(*notes, *colours, segment(0xE2, b"MPF\0"), behind=b"PK\3\4 an archive"))
    assert cleaned == jpeg(*colours)
    assert clean_jpeg(cleaned) == cleaned


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"<html><script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"\xff\xd8<svg onload=alert(1)>",
        jpeg()[:-2],
        jpeg()[:40],
        jpeg(segment(0xC1, b"")[:2] + b"\0\1"),
        jpeg(of=frame(0, 8)),
        jpeg(of=frame(40_000, 40_000)),
        jpeg(of=frame() + frame()),
        jpeg(of=frame(marker=0xC9)),
        jpeg(segment(0xF7, b"another kind of JPEG")),
    ],
)
def test_what_is_no_picture_by_its_bytes_is_none_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(NotPicture):
        clean_jpeg(content)


@pytest.mark.parametrize("cut", range(0, len(jpeg(segment(0xE1, PLACE))) - 1, 7))
def test_a_picture_that_breaks_off_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(NotPicture):
        clean_jpeg(jpeg(segment(0xE1, PLACE))[:cut])


def test_a_picture_is_sent_looked_at_and_gone_with_the_decision(w: World) -> None:
    picture = sent(w, jpeg(segment(0xE1, PLACE)))
    assert list(w.pictures.kept) == [f"kept/{LEARNER}/AFP/{picture}"], "what was sent is gone"
    for answer in (ask(w, "GET", ATTACH), ask(w, "POST", LOOK, who=STAFF)):
        assert answer.status == 200
        assert answer.body == jpeg()
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "no-store"
    w.confirm(AFP)
    assert ask(w, "POST", LOOK, who=STAFF).code == ask(w, "GET", ATTACH).code == "PICTURE_GONE"
    follow(w)
    assert w.pictures.kept == {}


def test_a_picture_is_taken_back_while_it_waits_and_the_certificate_waits_on(w: World) -> None:
    sent(w)
    before = ask(w, "GET", "/v1/credits/certificates/AFP/picture").status
    answer = ask(w, "DELETE", ATTACH)
    assert (before, answer.status, answer.body["picture_sent_at"]) == (200, 200, None)
    assert answer.body["waits_since"] is not None
    assert w.pictures.kept == {}
    assert ask(w, "POST", LOOK, who=STAFF).code == "PICTURE_GONE"
    state = w.state()
    assert ask(w, "DELETE", ATTACH).status == 200
    assert w.state() == state, "again changes nothing"
    picture = sent(w)
    assert list(w.pictures.kept) == [f"kept/{LEARNER}/AFP/{picture}"]


def test_whoever_looked_before_a_picture_was_taken_back_is_told_when_they_decide(w: World) -> None:
    sent(w)
    looked_at = w.certificates()[AFP].revision
    assert ask(w, "DELETE", ATTACH).status == 200
    assert w.certificates()[AFP].revision == looked_at + 1


def test_what_a_crash_left_goes_with_the_next_try(w: World) -> None:
    sent(w)
    w.store.crash = "after"
    ask(w, "DELETE", ATTACH)
    assert ask(w, "DELETE", ATTACH).status == 200
    assert w.pictures.kept == {}


def test_attack_anothers_picture_and_a_decided_ones_are_not_taken_back(w: World) -> None:
    sent(w)
    assert ask(w, "DELETE", ATTACH, who=claims(OTHER, "learner")).code == "CERTIFICATE_NOT_FOUND"
    assert ask(w, "DELETE", ATTACH, who=STAFF).status == 403
    assert ask(w, "DELETE", ATTACH, who=NOBODY).status == 401
    assert len(w.pictures.kept) == 1
    w.confirm(AFP)
    assert ask(w, "DELETE", ATTACH).code == "CERTIFICATE_DECIDED"


def test_each_look_of_an_administrator_is_in_the_audit_log_and_the_learners_own_are_not(w: World) -> None:
    picture = sent(w)
    ask(w, "GET", ATTACH)
    ask(w, "POST", LOOK, who=STAFF)
    ask(w, "POST", LOOK, who=STAFF)
    looks = [record for record in w.audited() if record.action == "show_picture"]
    assert [(one.actor, one.subject) for one in looks] == [(ADMINISTRATOR.id, f"{LEARNER}/AFP/{picture}")] * 2


def test_a_return_takes_the_picture_and_what_is_sent_anew_stays(w: World) -> None:
    sent(w)
    return_certificate(w.ctx, Call(ADMINISTRATOR, "request-7"), Return(LEARNER, AFP, "blurred", 2))
    w.register(AFP)
    picture = sent(w)
    follow(w)
    assert list(w.pictures.kept) == [f"kept/{LEARNER}/AFP/{picture}"]
    assert ask(w, "POST", LOOK, who=STAFF).status == 200


def test_another_picture_takes_the_place_of_the_first_and_makes_a_revision(w: World) -> None:
    sent(w)
    second = sent(w)
    assert list(w.pictures.kept) == [f"kept/{LEARNER}/AFP/{second}"]
    certificates = w.certificates()
    assert certificates[AFP].revision == 3
    with pytest.raises(Exception, match="CERTIFICATE_CHANGED"):
        w.confirm(AFP, revision=2)


def test_attached_again_changes_nothing(w: World) -> None:
    picture = sent(w)
    before, kept = w.state(), dict(w.pictures.kept)
    assert ask(w, "PUT", ATTACH, {"picture_id": picture}).status == 200
    assert (w.state(), w.pictures.kept) == (before, kept)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_interrupted_the_same_call_brings_it_to_its_end(w: World, moment: str) -> None:
    form = begun(w)
    w.pictures.send(form["fields"], jpeg())
    w.store.crash = moment
    assert ask(w, "PUT", ATTACH, {"picture_id": form["picture_id"]}).status == 500
    assert ask(w, "PUT", ATTACH, {"picture_id": form["picture_id"]}).status == 200
    assert list(w.pictures.kept) == [f"kept/{LEARNER}/AFP/{form['picture_id']}"]
    assert w.certificates()[AFP].revision == 2


def test_an_erasure_takes_what_is_kept_and_what_was_only_sent(w: World) -> None:
    sent(w)
    w.pictures.send(begun(w)["fields"], jpeg())
    erase_person(w.ctx, Call(ADMINISTRATOR, "request-9"), LEARNER, "asked")
    follow(w)
    assert w.pictures.kept == {}
    assert read_holder(w.store, LEARNER, AFP).value.picture is None


def test_attack_another_learners_picture(w: World) -> None:
    picture = sent(w)
    w.register(AFP, OTHER)
    other = claims(OTHER, "learner")
    assert ask(w, "GET", ATTACH, who=other).code == "PICTURE_GONE", "there is no address of another's"
    assert ask(w, "PUT", ATTACH, {"picture_id": picture}, other).code == "PICTURE_NOT_SENT"
    assert ask(w, "POST", LOOK, who=other).code == ask(w, "POST", LOOK, who=OWN).code == "WRONG_ROLE"
    assert ask(w, "POST", LOOK, who=NOBODY).code == "NOT_SIGNED_IN"


@pytest.mark.parametrize("role", ["support", "reviewer", "finance", "editor", "auditor", "records", "moderator"])
def test_attack_a_look_by_the_wrong_role(w: World, role: str) -> None:
    sent(w)
    assert ask(w, "POST", LOOK, who=claims("staff-1", role)).code == "WRONG_ROLE"
    assert [record for record in w.audited() if record.action == "show_picture"] == []


def test_attack_a_forged_upload_key(w: World) -> None:
    form = begun(w)
    for key in (f"kept/{LEARNER}/AFP/{form['picture_id']}", f"sent/{OTHER}/AFP/{form['picture_id']}"):
        assert not w.pictures.send({**form["fields"], "key": key}, jpeg())
    for forged in ("../../kept/x", "0" * 31, "A" * 32):
        assert ask(w, "PUT", ATTACH, {"picture_id": forged}).code == "INVALID_REQUEST"
    assert ask(w, "PUT", ATTACH, {"picture_id": "0" * 32}).code == "PICTURE_NOT_SENT"


def test_attack_overwriting_what_was_attached_or_decided_on(w: World) -> None:
    form = begun(w)
    w.pictures.send(form["fields"], jpeg())
    assert ask(w, "PUT", ATTACH, {"picture_id": form["picture_id"]}).status == 200
    # The form serves on for a quarter of an hour, for what nobody looks at.
    assert w.pictures.send(form["fields"], jpeg(of=frame(16, 16)))
    assert ask(w, "POST", LOOK, who=STAFF).body == jpeg()
    w.confirm(AFP)
    follow(w)
    assert ask(w, "PUT", ATTACH, {"picture_id": form["picture_id"]}).code == "CERTIFICATE_DECIDED"
    assert ask(w, "POST", BEGIN).code == "CERTIFICATE_DECIDED"
    assert w.pictures.kept == {}


def test_attack_a_form_with_another_type_or_size(w: World) -> None:
    form = begun(w)
    assert not w.pictures.send({**form["fields"], "Content-Type": "text/html"}, jpeg())
    assert not w.pictures.send(form["fields"], bytes(MOST_BYTES + 1))
    assert w.pictures.send(form["fields"], b"<html><script>alert(1)</script>")
    assert ask(w, "PUT", ATTACH, {"picture_id": form["picture_id"]}).code == "PICTURE_UNREADABLE"
    assert read_holder(w.store, LEARNER, AFP).value.picture is None


def test_attack_a_flood_of_pictures(w: World) -> None:
    for _ in range(A_DAY):
        begun(w)
    assert ask(w, "POST", BEGIN).code == "TOO_OFTEN"
    assert ask(w, "POST", BEGIN, who=claims(OTHER, "learner")).code == "CERTIFICATE_NOT_FOUND"


def test_attack_a_picture_with_a_token_that_outlives_the_erasure(w: World) -> None:
    form = begun(w)
    w.pictures.send(form["fields"], jpeg())
    erase_person(w.ctx, Call(ADMINISTRATOR, "request-9"), LearnerId(LEARNER), "asked")
    assert ask(w, "PUT", ATTACH, {"picture_id": form["picture_id"]}).code == "PERSON_ERASED"
    follow(w)
    assert w.pictures.kept == {}


def test_a_decision_in_the_moment_of_attaching_leaves_nothing_behind(w: World) -> None:
    form = begun(w)
    w.pictures.send(form["fields"], jpeg())
    keep = w.pictures.keep

    def decided_first(key: str, content: bytes) -> None:
        w.confirm(AFP)
        follow(w)
        keep(key, content)

    w.pictures.keep = decided_first  # type: ignore[method-assign]
    ask(w, "PUT", ATTACH, {"picture_id": form["picture_id"]})
    assert w.pictures.kept == {}
    assert replace(read_holder(w.store, LEARNER, AFP).value).picture is None
