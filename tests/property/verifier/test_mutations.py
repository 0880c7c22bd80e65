"""Whatever somebody does to a file, the verifier does not fail and takes no change; what is genuine it takes."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docs.vector_packs import NEW, a_pack, canonical, signed
from docs.vectors import Shelf, bundle
from services.kit.jose import compact_text, flattened
from services.playback.app.evidence.archive_watch import archive_watch
from services.playback.app.watching.watch import confirm_prompt, pause
from services.playback.app.watching.watch_state import WatchState
from services.playback.domain.watch import Live
from tests.fakes.archive import MemoryArchive
from tests.unit.playback.player import confirm, play
from tests.unit.playback.world import FAST, LEARNER, LONG, SHORT, World, a_world, by
from xueshi_verify.check import Files, Verdict, check
from xueshi_verify.encoding import base64url_text
from xueshi_verify.report import lines

HOME = Path(__file__).parents[3] / "docs" / "evidence-vectors"
POLICY, KEYS = (HOME / "policy.txt").read_bytes(), (HOME / "jwks.json").read_bytes()
PACK, CERTIFICATE = (json.loads((HOME / f"genuine-{name}.json").read_bytes()) for name in ("pack", "certificate"))
STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**53, -1, 10**30, "", "1.0", "9" * 5000, "\ud800", "\0", [], {}, [[]], 1.5, float("inf")]).map(
        deepcopy
    ),
    st.text(max_size=40),
)
settings.register_profile("files", deadline=None, suppress_health_check=[HealthCheck.too_slow])
FILES = settings(settings.get_profile("files"), max_examples=300)


def spot(data: st.DataObject, value: Any) -> tuple[Any, Any]:
    """Some place in a JSON value: what holds it, and its name or number there."""
    places: list[tuple[Any, Any]] = []

    def walk(here: Any) -> None:
        for key in here.keys() if isinstance(here, dict) else range(len(here)):
            places.append((here, key))
            if isinstance(here[key], dict | list):
                walk(here[key])

    walk(value)
    found: tuple[Any, Any] = data.draw(st.sampled_from(places))
    return found


def changed(data: st.DataObject, value: Any) -> None:
    """Changes, removes, doubles or renames something."""
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = spot(data, value)
        action = data.draw(st.sampled_from(["put", "put", "remove", "near", "add"]))
        if action == "put":
            holder[key] = data.draw(STRANGE)
        elif action == "near" and isinstance(holder[key], int):
            holder[key] += data.draw(st.integers(-3, 3))
        elif action == "remove":
            del holder[key]
        elif isinstance(holder, dict):
            holder[f"{key}x"] = holder[key]
        else:
            holder.append(holder[key])
        if not value:
            return


def judged(content: bytes, policy: bytes = POLICY, keys: bytes = KEYS, proof: bytes | None = None) -> Verdict:
    """The verdict, whose words can be said."""
    result = check(Files(content, policy, keys, proof, [proof] if proof else []))
    assert list(lines(result))
    return result.verdict


@FILES
@given(st.data())
def test_no_changed_byte_of_a_file_is_taken(data: st.DataObject) -> None:
    whole, document = data.draw(st.sampled_from([(PACK, "pack"), (CERTIFICATE, "statement")]))
    raw = bytearray(json.dumps(whole, ensure_ascii=False).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        action = data.draw(st.sampled_from(["flip", "cut", "double", "put"]))
        if action == "flip":
            raw[place] ^= 1 << data.draw(st.integers(0, 7))
        elif action == "put":
            raw[place : place + 1] = data.draw(st.binary(max_size=3))
        else:
            end = place + data.draw(st.integers(1, 200))
            raw[place:end] = b"" if action == "cut" else raw[place:end] * 2
        if not raw:
            break
    if judged(bytes(raw)) is Verdict.ACCEPTED:
        assert json.loads(raw)[document] == whole[document]
        assert json.loads(raw)["proof"] == whole["proof"]


@FILES
@given(st.data())
def test_no_changed_pack_is_taken_whose_signature_and_proof_are_kept(data: st.DataObject) -> None:
    pack = a_pack()
    changed(data, pack)
    try:
        payload = json.dumps(pack, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        payload = json.dumps(pack).encode()
    same = payload == canonical(a_pack())
    jws = {**PACK["pack"], "payload": base64url_text(payload)}
    assert (judged(json.dumps({**PACK, "pack": jws}).encode()) is Verdict.ACCEPTED) == same


@FILES
@given(st.data())
def test_what_we_sign_and_log_ourselves_makes_no_traceback(data: st.DataObject) -> None:
    pack = a_pack()
    changed(data, pack)
    try:
        jws = flattened(NEW, canonical(pack))
    except ValueError:
        jws = flattened(NEW, json.dumps(pack).encode())
    shelf = Shelf()
    shelf.logged(compact_text(jws))
    judged(bundle(shelf.proof(compact_text(jws)), pack=jws))


@FILES
@given(st.data())
def test_no_changed_keys_policy_or_proof_make_a_traceback(data: st.DataObject) -> None:
    files = [POLICY, KEYS, PACK["proof"].encode()]
    which = data.draw(st.integers(0, 2))
    raw = bytearray(files[which])
    place = data.draw(st.integers(0, len(raw)))
    raw[place : place + data.draw(st.integers(0, 40))] = data.draw(
        st.one_of(st.binary(max_size=20), st.text(max_size=10).map(lambda text: text.encode(errors="replace")))
    )
    files[which] = bytes(raw)
    judged(json.dumps(PACK["pack"]).encode(), files[0], files[1], files[2])
    keys = json.loads(KEYS)
    changed(data, keys)
    judged(json.dumps(PACK["pack"]).encode(), POLICY, json.dumps(keys).encode(), PACK["proof"].encode())


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=200))
def test_noise_is_unreadable(document: bytes, policy: bytes, keys: bytes, proof: bytes) -> None:
    assert judged(document, policy, keys, proof) is Verdict.UNREADABLE


Step = Callable[[World, WatchState], WatchState]


def take_over(world: World, state: WatchState) -> WatchState:
    """Another device goes on."""
    world.clock.advance(700)
    return world.start(state.live.course_id, take_over=True)


def go_away(world: World, state: WatchState) -> WatchState:
    """Nothing for ten minutes, then a new session."""
    world.clock.advance(600_000)
    return take_over(world, state)


def rest(world: World, state: WatchState) -> WatchState:
    """A pause, some of another course, and back."""
    world.clock.advance(1_300)
    pause(world.context, by(LEARNER), state.token, state.live.furthest_ms + 1_300)
    world.clock.advance(40_000)
    play(world, world.start(SHORT, take_over=True), 3_000)
    return take_over(world, state)


def play_on(world: World, state: WatchState) -> WatchState:
    """A beat, as fast as the course allows."""
    reach_ms = state.live.furthest_ms + int(4_000 * state.live.max_rate)
    return play(world, state, 4_000, claim_ms=reach_ms)


def be_silent(world: World, state: WatchState) -> WatchState:
    """A minute's gap less a moment, in which the player claims all it can."""
    return play(world, state, 29_000, claim_ms=state.live.furthest_ms + 58_000)


def guess(world: World, state: WatchState) -> WatchState:
    """A wrong answer where a question is open; else a beat."""
    if not (state.prompt and state.live.questions):
        return play_on(world, state)
    question = world.context.open_question(state.live)
    if question is None:
        return play_on(world, state)
    wrong = next(choice for choice in range(3) if not question.is_right(choice))
    world.clock.advance(2_000)
    return confirm_prompt(world.context, by(LEARNER), state.token, state.prompt.nonce, wrong)


def answer(world: World, state: WatchState) -> WatchState:
    """Confirms what is open."""
    if state.prompt is None:
        return play_on(world, state)
    question = world.context.open_question(state.live)
    if question is None:
        return confirm(world, state, 900)
    right = next(choice for choice in range(3) if question.is_right(choice))
    world.clock.advance(900)
    return confirm_prompt(world.context, by(LEARNER), state.token, state.prompt.nonce, right)


STEPS: list[Step] = [take_over, go_away, rest, play_on, play_on, play_on, be_silent, guess, answer]
QUESTIONS = [{"text": text, "choices": [*"abc"], "answer": 1} for text in ("first", "second")]


def finish(world: World, state: WatchState) -> Live:
    """Plays to the end."""
    while state.live.completed_at is None:
        state = answer(world, state) if state.prompt else play_on(world, state)
    return state.live


@pytest.mark.parametrize("course_id", [LONG, FAST])
@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(STEPS), max_size=25))
def test_every_pack_that_playback_makes_is_taken(course_id: Any, steps: list[Step]) -> None:
    world = a_world()
    world.publish(course_id, version="asks", sequence=2, questions=QUESTIONS)
    state = world.start(course_id)
    for step in steps:
        if state.live.completed_at is None:
            state = step(world, state)
    live = finish(world, state)
    archive = MemoryArchive()
    (event,) = [
        e for e in world.store.outbox if e.type.startswith("playback.watch_completed") and e.subject == live.watch_id
    ]
    archive_watch(world.archive_context(NEW, archive), event)
    jws = json.loads(archive.kept[live.watch_id])
    shelf = Shelf()
    shelf.logged(compact_text(jws))
    result = check(Files(bundle(shelf.proof(compact_text(jws)), pack=jws), POLICY, KEYS))
    # The world's clock stands before the vectors' witnesses.
    assert result.problems == []


def test_a_pack_is_refused_once_one_leg_credits_more() -> None:
    """That the test above can fail: the same pack with a leg that is late by more than the cap."""
    pack = a_pack()
    pack["watch"]["completed_at"] = pack["legs"][-1]["at"] = pack["legs"][-2]["at"]
    pack["policy"]["gap_cap_ms"] = 24_999
    jws = signed(pack)
    shelf = Shelf()
    shelf.logged(compact_text(jws))
    result = check(Files(bundle(shelf.proof(compact_text(jws)), pack=jws), POLICY, KEYS))
    assert [problem.code for problem in result.problems] == ["rules_unknown", "too_fast"]
