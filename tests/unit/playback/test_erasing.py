"""No erasure comes here: of a person playback keeps the id, and what it says that it keeps."""

from services.playback.app.personal_data.collect_personal_data import collect_personal_data
from services.playback.app.risk.note_places import note_places
from services.playback.app.risk.review_case import review_case
from tests.erasing import check_erasure
from tests.fakes.archive import MemoryArchive
from tests.unit.playback.test_risk_cases import assess, complete
from tests.unit.playback.world import LEARNER, a_world, by

SECRET = "203.0.113.77"


def test_a_copy_has_the_watches_their_records_and_the_places_and_no_reviewer() -> None:
    world, archive = a_world(), MemoryArchive()
    note_places(world.context, LEARNER, "device", "203.0.113.77")
    assess(world, archive, complete(world))
    ctx = world.risk_context(archive)
    review_case(ctx, by("reviewer-1", "k" * 16), world.live().watch_id, "fine")
    copy = {one.name: one.items for one in collect_personal_data(ctx, LEARNER)}
    (watch,) = copy["watches"]
    assert [record["facts"]["number"] for record in copy["records"]] == list(range(1, watch["legs"] + 1))
    assert copy["entitlements"]
    assert copy["places"]
    assert "reviewer-1" not in str(copy)
    assert "mac" not in str(copy)


def test_no_kind_says_that_an_erasure_does_something_to_it() -> None:
    world, archive = a_world(), MemoryArchive()
    note_places(world.context, LEARNER, f"device-at-{SECRET}", SECRET)
    assess(world, archive, complete(world))
    call = by("reviewer-1", "k" * 16)
    review_case(world.risk_context(archive), call, world.live().watch_id, f"from {SECRET}")
    check_erasure("services.playback", world.store, SECRET, lambda: None)
