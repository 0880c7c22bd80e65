"""The local witness: it cosigns what begins with all that it has seen, remembers it, and nothing else gets by."""

from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from threading import Thread

import httpx
import pytest

from local.edge import listen
from local.witness import Witness, witnessing
from services.kit.tlog.checkpoints import Checkpoint, read_checkpoint
from services.kit.tlog.cosignatures import cosigned_at
from services.kit.tlog.merkle import EMPTY_ROOT, consistency_proof
from services.kit.tlog.notes import Note, read_note, read_signatures, sign_note
from services.kit.tlog.submissions import SIZE_TYPE, Submission
from services.playback.adapters.http_witnesses import HttpWitnesses
from tests.unit.kit.tlog_world import LOG, NOW, ORIGIN, Keyholder, Tree, tree_of

LOGS = {ORIGIN: LOG.key}


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path, LOGS, now=lambda: NOW)


def submission(old: int, size: int) -> Submission:
    """What a log of that size shows a witness that has seen the older one."""
    tree = tree_of(size)
    return Submission(old, tuple(consistency_proof(old, size, tree.read())), tree.note())


def forked(size: int) -> Tree:
    """Another history of the same log."""
    tree = Tree()
    tree.add([b"another entry %d" % number for number in range(size)])
    return tree


def status(witness: Witness, asked: Submission) -> HTTPStatus:
    return witness.add_checkpoint(str(asked)).status


def test_a_log_that_grows_is_cosigned_each_time_and_the_time_is_said(witness: Witness) -> None:
    for old, size in ((0, 3), (3, 3), (3, 20), (20, 300)):
        asked = submission(old, size)
        answer = witness.add_checkpoint(str(asked))
        assert answer.status is HTTPStatus.OK
        (signature,) = read_signatures(answer.body)
        assert cosigned_at(asked.checkpoint.and_signed(signature), witness.key) == NOW
    latest = witness.latest(sha256(ORIGIN.encode()).hexdigest())
    assert latest
    assert read_checkpoint(read_note(latest).text).size == 300
    assert len(read_note(latest).signatures) == 2


def test_what_it_has_seen_last_is_asked_for(witness: Witness) -> None:
    assert witness.add_checkpoint(str(submission(3, 20))).body == "0\n"
    assert status(witness, submission(0, 10)) is HTTPStatus.OK
    answer = witness.add_checkpoint(str(submission(5, 20)))
    assert (answer.status, answer.body, answer.type) == (HTTPStatus.CONFLICT, "10\n", SIZE_TYPE)


def test_rollbacks_and_forks_are_not_cosigned_and_are_forgotten(witness: Witness) -> None:
    assert status(witness, submission(0, 10)) is HTTPStatus.OK
    tree = forked(20)
    fork = Submission(10, tuple(consistency_proof(10, 20, tree.read())), tree.note())
    same_size = Submission(10, (), forked(10).note())
    assert status(witness, submission(0, 5)) is HTTPStatus.CONFLICT
    assert status(witness, Submission(10, (), tree_of(5).note())) is HTTPStatus.BAD_REQUEST
    assert status(witness, fork) is HTTPStatus.UNPROCESSABLE_ENTITY
    assert status(witness, same_size) is HTTPStatus.UNPROCESSABLE_ENTITY
    assert status(witness, Submission(10, (), tree_of(20).note())) is HTTPStatus.UNPROCESSABLE_ENTITY
    assert status(witness, submission(10, 20)) is HTTPStatus.OK


def test_the_first_checkpoint_needs_no_proof_and_may_have_none(witness: Witness) -> None:
    proof = consistency_proof(3, 10, tree_of(10).read())
    assert status(witness, Submission(0, tuple(proof), tree_of(10).note())) is HTTPStatus.UNPROCESSABLE_ENTITY
    empty = sign_note(Checkpoint(ORIGIN, 0, EMPTY_ROOT).text, LOG.key, LOG)
    assert status(witness, Submission(0, (), empty)) is HTTPStatus.OK
    assert status(witness, submission(0, 10)) is HTTPStatus.OK


def test_strangers_are_refused(witness: Witness) -> None:
    tree, stranger = tree_of(3), Keyholder("log.other", seed=7)
    other = sign_note(Checkpoint("log.other", 3, tree.root()).text, stranger.key, stranger)
    assert status(witness, Submission(0, (), other)) is HTTPStatus.NOT_FOUND
    impostor = Keyholder(ORIGIN, seed=7)
    claimed = sign_note(Checkpoint(ORIGIN, 3, tree.root()).text, impostor.key, impostor)
    assert status(witness, Submission(0, (), claimed)) is HTTPStatus.FORBIDDEN
    wrong = Note(tree_of(4).note().text, tree.note().signatures)
    assert status(witness, Submission(0, (), wrong)) is HTTPStatus.FORBIDDEN
    assert witness.add_checkpoint("old 0\n").status is HTTPStatus.BAD_REQUEST
    assert witness.latest(sha256(b"log.other").hexdigest()) is None
    assert witness.latest("../key") is None


def test_it_remembers_after_it_was_ended(tmp_path: Path) -> None:
    first = Witness(tmp_path, LOGS)
    assert status(first, submission(0, 10)) is HTTPStatus.OK
    again = Witness(tmp_path, LOGS)
    assert again.key == first.key
    assert status(again, submission(0, 5)) is HTTPStatus.CONFLICT
    assert status(again, submission(10, 12)) is HTTPStatus.OK


def test_of_two_at_once_one_is_first(witness: Witness) -> None:
    assert status(witness, submission(0, 10)) is HTTPStatus.OK
    found: list[HTTPStatus] = []
    asked = [submission(10, size) for size in range(11, 19)]
    threads = [Thread(target=lambda one=one: found.append(status(witness, one))) for one in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [HTTPStatus.OK] + [HTTPStatus.CONFLICT] * 7


def test_over_http_the_logs_adapter_gets_what_the_witness_says(witness: Witness) -> None:
    listener = listen(0)
    with witnessing(witness, listener) as url:
        asked = HttpWitnesses()
        answer = asked.submit(url, str(submission(0, 3)))
        assert (answer.status, len(read_signatures(answer.body))) == (200, 1)
        assert asked.submit(f"{url}/", str(submission(0, 3))).status == 409
        assert asked.submit(url, "\udce9".encode("latin-1", "replace").decode()).status == 400
        assert httpx.post(f"{url}/add-checkpoint", content=b"\xff").status_code == 400
        assert httpx.post(f"{url}/add-checkpoint", content=b"x" * 70_000).status_code == 413
        origin = sha256(ORIGIN.encode()).hexdigest()
        assert read_note(httpx.get(f"{url}/{origin}/checkpoint").text)
        assert httpx.get(f"{url}/{'0' * 64}/checkpoint").status_code == 404
        for nowhere in (f"{url.rsplit(':', 1)[0]}:1", "file:///etc/passwd"):
            with pytest.raises(OSError, match=r"refused|no address"):
                asked.submit(nowhere, "")
