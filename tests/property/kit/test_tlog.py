"""Transparency logs: whatever the batches, and whatever is done to a proof; beside two implementations of others."""

from base64 import b64encode
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree
from sigstore._internal import trust
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint
from sigstore.errors import VerificationError

from services.kit.tlog import merkle
from services.kit.tlog.checkpoints import read_checkpoint
from services.kit.tlog.notes import read_note, verifier_key
from services.kit.tlog.policies import read_policy
from services.kit.tlog.proofs import Proof, read_proof, verify_proof
from services.kit.tlog.submissions import Submission, read_submission
from services.kit.tlog.tiles import Tile, hashes_of
from tests.unit.kit.tlog_world import LOG, WITNESSES, Tree, a_policy, tree_of

SIZES = st.one_of(st.integers(1, 40), st.sampled_from([255, 256, 257, 512, 600]))
BATCHES = st.lists(SIZES, min_size=1, max_size=6)


def grown(batches: list[int]) -> tuple[Tree, list[int]]:
    """A tree after these batches, and its sizes on the way."""
    tree, sizes = Tree(), []
    for batch in batches:
        tree.add([b"%d" % number for number in range(tree.size, tree.size + batch)])
        sizes.append(tree.size)
    return tree, sizes


def theirs(tree: Tree) -> Any:
    """The same entries in pymerkle's tree."""
    made: Any = cast("Any", InmemoryTree)(algorithm="sha256")
    made.append_entries(tree.entries)
    return made


@given(BATCHES, st.data())
@settings(max_examples=60, deadline=None)
def test_every_published_tree_is_proved_from_its_tiles_and_is_that_of_others(
    batches: list[int], data: st.DataObject
) -> None:
    tree, sizes = grown(batches)
    other = theirs(tree)
    for size in sizes:
        assert tree.root(size) == other.get_root(size)
    size = data.draw(st.sampled_from(sizes))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, tree.read(size))
    assert proof == other.prove_inclusion(index + 1, size).path[1:]
    merkle.verify_inclusion(merkle.leaf_hash(tree.entries[index]), index, size, proof, tree.root(size))
    old = data.draw(st.integers(0, size))
    consistent = merkle.consistency_proof(old, size, tree.read(size))
    merkle.verify_consistency(old, other.get_root(old), size, other.get_root(size), consistent)


@given(st.integers(1, 300), st.data())
@settings(max_examples=150, deadline=None)
def test_a_proof_of_inclusion_shows_one_thing(size: int, data: st.DataObject) -> None:
    tree = tree_of(size)
    index = data.draw(st.integers(0, size - 1))
    leaf, root = merkle.leaf_hash(tree.entries[index]), tree.root()
    proof = merkle.inclusion_proof(index, size, tree.read())
    other = data.draw(st.integers(-1, size + 1).filter(lambda n: n != index))
    changes: list[tuple[bytes, int, list[bytes], bytes]] = [
        (leaf, other, proof, root),
        (leaf, index, [*proof, root], root),
        (leaf, index, proof, leaf if leaf != root else b"r" * 32),
        (root if leaf != root else b"r" * 32, index, proof, root),
    ]
    for place in range(len(proof)):
        changes += [
            (leaf, index, proof[:place] + proof[place + 1 :], root),
            (leaf, index, [*proof[:place], b"x" * 32, *proof[place + 1 :]], root),
        ]
    for changed_leaf, changed_index, changed_proof, changed_root in changes:
        with pytest.raises(ValueError):  # noqa: PT011 (each says something else)
            merkle.verify_inclusion(changed_leaf, changed_index, size, changed_proof, changed_root)


@given(st.integers(1, 300), st.data())
@settings(max_examples=150, deadline=None)
def test_a_proof_of_consistency_shows_one_thing(size: int, data: st.DataObject) -> None:
    tree = tree_of(size)
    old = data.draw(st.integers(1, size))
    old_root, root = tree.root(old) if old == size else _root_of(tree, old), tree.root()
    proof = merkle.consistency_proof(old, size, tree.read())
    merkle.verify_consistency(old, old_root, size, root, proof)
    changes = [(b"x" * 32, root, proof), (old_root, b"x" * 32, proof), (old_root, root, [*proof, root])]
    for place in range(len(proof)):
        changes += [
            (old_root, root, proof[:place] + proof[place + 1 :]),
            (old_root, root, [*proof[:place], b"x" * 32, *proof[place + 1 :]]),
        ]
    for changed_old, changed_root, changed_proof in changes:
        with pytest.raises(ValueError):  # noqa: PT011 (each says something else)
            merkle.verify_consistency(old, changed_old, size, changed_root, changed_proof)
    with pytest.raises(ValueError, match="does not begin with"):
        merkle.verify_consistency(size + 1, old_root, size, root, proof)


def _root_of(tree: Tree, size: int) -> bytes:
    """The root of a tree of which no checkpoint was made, so that it has no tiles of its own."""
    return merkle.tree_root(size, tree.read())


@given(st.integers(1, 600), st.data())
@settings(max_examples=40, deadline=None)
def test_sigstore_takes_our_proofs_and_checkpoints(size: int, data: st.DataObject) -> None:
    tree = tree_of(size)
    index = data.draw(st.integers(0, size - 1))
    note = tree.note(cosigned_by=WITNESSES)
    key = LOG.key
    keyring = sigstores_keyring()
    signed = SignedCheckpoint.from_text(str(note))
    signed.signed_note.verify(keyring, cast("Any", key.id))
    assert (signed.checkpoint.origin, signed.checkpoint.log_size) == (key.name, size)
    assert signed.checkpoint.log_hash == tree.root().hex()
    hashes = merkle.inclusion_proof(index, size, tree.read())
    inner = SimpleNamespace(
        inclusion_proof=SimpleNamespace(log_index=index, tree_size=size, hashes=hashes, root_hash=tree.root()),
        canonicalized_body=tree.entries[index],
    )
    verify_merkle_inclusion(cast("Any", SimpleNamespace(_inner=inner)))
    with pytest.raises(VerificationError):
        SignedCheckpoint.from_text(str(note).replace(str(size), str(size + 1), 1)).signed_note.verify(
            keyring, cast("Any", key.id)
        )


def sigstores_keyring() -> Any:
    """The log's key in sigstore's hands."""
    keys: Any = trust.__dict__["common_v1"]
    der = Ed25519PublicKey.from_public_bytes(LOG.key.public).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return trust.Keyring([keys.PublicKey(raw_bytes=b64encode(der), key_details=keys.PublicKeyDetails.PKIX_ED25519)])


TREE = tree_of(11)
PROOF = Proof(5, tuple(merkle.inclusion_proof(5, 11, TREE.read())), TREE.note(cosigned_by=WITNESSES))
SUBMISSION = Submission(4, tuple(merkle.consistency_proof(4, 11, TREE.read())), TREE.note())
NOISE = st.one_of(
    st.text(max_size=3), st.sampled_from(["\n", "\n\n", "=", "+", " ", "\r", "—", "0", "A", "\x00", "\u2028"])
)


@st.composite
def mangled(draw: st.DrawFn, text: str) -> str:
    """A text with up to three places exchanged for something else."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 3)))
        text = text[:start] + draw(NOISE) + text[end:]
    return text


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_proof, str(PROOF)),
        (read_note, str(PROOF.checkpoint)),
        (read_submission, str(SUBMISSION)),
        (lambda text: SimpleNamespace(text=read_checkpoint(text).text), PROOF.checkpoint.text),
        (verifier_key, str(LOG.key)),
    ],
    ids=["proof", "note", "submission", "checkpoint", "key"],
)
@given(st.data())
@settings(max_examples=300, deadline=None)
def test_what_is_read_has_one_text_and_all_else_is_a_value_error(read: Any, text: str, data: st.DataObject) -> None:
    given_text = data.draw(mangled(text))
    try:
        found = read(given_text)
    except ValueError:
        return
    assert (found.text if isinstance(found, SimpleNamespace) else str(found)) == given_text


@given(mangled(str(PROOF)))
@settings(max_examples=300, deadline=None)
def test_a_mangled_proof_proves_what_it_did_or_is_refused(text: str) -> None:
    """What nobody signs may differ: signatures of strangers, and how many of the witnesses are named."""
    try:
        shown = verify_proof(text, b"entry 5", a_policy())
    except ValueError:
        return
    assert (shown.index, shown.checkpoint) == (5, read_checkpoint(PROOF.checkpoint.text))


@given(mangled(f"log {LOG.key} https://log.example\nwitness w {WITNESSES[0].key}\ngroup g 1 w\nquorum g\n"))
@settings(max_examples=300, deadline=None)
def test_whatever_a_policy_says_only_value_errors_are_raised(text: str) -> None:
    try:
        policy = read_policy(text)
    except ValueError:
        return
    assert policy.is_quorum(policy.witnesses)


@given(st.binary(max_size=200), st.integers(0, 20), st.integers(1, 256))
def test_whatever_a_tile_holds_only_value_errors_are_raised(content: bytes, level: int, width: int) -> None:
    try:
        assert len(hashes_of(Tile(level, 0, width), content)) == width
    except ValueError:
        assert len(content) != width * 32
