# ruff: noqa: E501 (signatures are on one line)
"""Transparency logs: the formats' published examples, and what is refused."""

from collections.abc import Callable

import pytest

from services.kit.tlog import merkle
from services.kit.tlog.checkpoints import read_checkpoint
from services.kit.tlog.cosignatures import cosign, cosigned_at
from services.kit.tlog.encoding import base64_text, hash_of, number_of
from services.kit.tlog.notes import COSIGNATURE, SIGNATURE, Note, read_note, verifier_key, verify_note
from services.kit.tlog.policies import read_policy
from services.kit.tlog.proofs import Proof, read_proof, verify_proof
from services.kit.tlog.submissions import read_submission
from services.kit.tlog.tiles import (
    Tile,
    bundle_bytes,
    bundle_path,
    entries_of,
    hashes_of,
    subtree_root,
    tile_of,
    verify_entries,
)
from tests.unit.kit.tlog_world import LOG, NOW, ORIGIN, WITNESSES, Keyholder, Tree, a_policy, tree_of

# The examples that the specifications print, and the eight entries that implementations of RFC 6962 share.
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
POEM = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""
COSIGNED = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
SUBMITTED = f"""old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

{COSIGNED}"""
ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_roots_of_the_shared_entries() -> None:
    leaves = [merkle.leaf_hash(entry) for entry in ENTRIES]

    def read(level: int, index: int) -> bytes:
        return subtree_root(leaves[index << level : (index + 1) << level])

    assert [merkle.tree_root(size, read).hex() for size in range(1, 9)] == ROOTS
    assert merkle.tree_root(0, read).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


PROVED = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (8, 8): [],
}


@pytest.mark.parametrize(("old", "size"), PROVED)
def test_the_proofs_of_consistency_of_the_shared_entries(old: int, size: int) -> None:
    tree = Tree()
    tree.add(ENTRIES)
    proof = PROVED[old, size]
    assert [hash_.hex() for hash_ in merkle.consistency_proof(old, size, tree.read())] == proof
    old_root, root = (bytes.fromhex(ROOTS[n - 1]) for n in (old, size))
    merkle.verify_consistency(old, old_root, size, root, [bytes.fromhex(text) for text in proof])


def test_the_signed_note_of_the_specification() -> None:
    key = verifier_key(EXAMPLE_KEY)
    assert (key.name, key.use, key.id.hex(), str(key)) == ("example.com/foo", SIGNATURE, "530d903a", EXAMPLE_KEY)
    note = read_note(EXAMPLE_NOTE)
    verify_note(note, key)
    with pytest.raises(ValueError, match="is wrong"):
        verify_note(read_note(EXAMPLE_NOTE.replace("example message", "other message")), key)
    with pytest.raises(ValueError, match="has not signed"):
        verify_note(note, LOG.key)


@pytest.mark.parametrize("text", [EXAMPLE_NOTE, POEM, COSIGNED])
def test_notes_are_read_and_written_as_they_are(text: str) -> None:
    assert str(read_note(text)) == text


def test_the_text_of_a_note_may_have_empty_lines() -> None:
    assert read_note(POEM).text.endswith("sole:\n\ned è subito sera.\n")


def test_the_checkpoint_and_the_submission_of_the_specifications() -> None:
    checkpoint = read_checkpoint(read_note(COSIGNED).text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert base64_text(checkpoint.root) == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    submission = read_submission(SUBMITTED)
    assert (submission.old_size, len(submission.hashes), str(submission.checkpoint)) == (20852014, 4, COSIGNED)
    assert str(submission) == SUBMITTED


def test_the_tiles_of_the_specification() -> None:
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert Tile(1, 5, 17).path == "tile/1/005.p/17"
    assert bundle_path(1000, 3) == "tile/entries/x001/000.p/3"
    edge = [tile_of(level, index, 70_000) for level, index in ((0, 273), (1, 1), (2, 0))]
    assert edge == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert [tile_of(0, 272, 70_000), tile_of(1, 0, 70_000)] == [Tile(0, 272), Tile(1, 0)]
    assert [tile_of(0, 0, 256), tile_of(1, 0, 256)] == [Tile(0, 0), Tile(1, 0, 1)]
    for level, index, size in ((0, 274, 70_000), (3, 0, 70_000), (0, 0, 0)):
        with pytest.raises(ValueError, match=f"no tile {index}"):
            tile_of(level, index, size)


def test_a_bundle_is_what_it_says() -> None:
    tree = tree_of(300)
    last = tile_of(0, 1, 300)
    content = bundle_bytes(tree.entries[256:])
    assert content[:2] == b"\x00\x09"
    entries = entries_of(content, last.width)
    verify_entries(last, tree.read_tile(last), entries)
    with pytest.raises(ValueError, match="not those of"):
        verify_entries(last, tree.read_tile(last), [*entries[:-1], b"another"])
    for broken in (content[:-1], content + b"\0", content + b"\0\0"):
        with pytest.raises(ValueError, match="no bundle"):
            entries_of(broken, last.width)
    with pytest.raises(ValueError, match="has 31 bytes"):
        hashes_of(Tile(0, 0, 1), b"x" * 31)
    with pytest.raises(ValueError, match="at most"):
        bundle_bytes([b"x" * 65536])


def test_a_cosignature_is_of_its_time_and_text() -> None:
    tree, witness = tree_of(3), WITNESSES[0]
    note = tree.note(cosigned_by=[witness])
    assert cosigned_at(note, witness.key) == NOW
    assert cosigned_at(note, WITNESSES[1].key) is None
    later = note.and_signed(cosign(note.text, witness.key, witness, NOW + 60))
    assert cosigned_at(later, witness.key) == NOW + 60
    other = Note(tree_of(2).note().text, note.signatures)
    with pytest.raises(ValueError, match="is wrong"):
        cosigned_at(other, witness.key)
    with pytest.raises(ValueError, match="none for cosignatures"):
        cosigned_at(note, LOG.key)


def a_proof(index: int = 5, size: int = 11, witnesses: int = 2) -> Proof:
    tree = tree_of(size)
    hashes = merkle.inclusion_proof(index, size, tree.read())
    return Proof(index, tuple(hashes), tree.note(cosigned_by=WITNESSES[:witnesses]))


def test_a_proof_shows_where_an_entry_is_and_who_had_seen_it_when() -> None:
    text = str(a_proof())
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 5\n")
    shown = verify_proof(text, b"entry 5", a_policy())
    assert (shown.index, shown.checkpoint.size, shown.checkpoint.origin) == (5, 11, ORIGIN)
    assert shown.cosigned_at == {"w0": NOW, "w1": NOW}


def forged(proof: Proof) -> Note:
    """The operator signs another tree; no witness has seen it."""
    return tree_of(12).note()


BROKEN: dict[str, Callable[[Proof], tuple[Proof, bytes]]] = {
    "another entry": lambda p: (p, b"entry 6"),
    "another place": lambda p: (Proof(4, p.hashes, p.checkpoint), b"entry 5"),
    "a place outside": lambda p: (Proof(11, p.hashes, p.checkpoint), b"entry 5"),
    "a hash less": lambda p: (Proof(5, p.hashes[1:], p.checkpoint), b"entry 5"),
    "a hash more": lambda p: (Proof(5, (*p.hashes, p.hashes[0]), p.checkpoint), b"entry 5"),
    "one cosignature": lambda _: (a_proof(witnesses=1), b"entry 5"),
    "nobody's cosignature": lambda _: (a_proof(witnesses=0), b"entry 5"),
    "another tree": lambda p: (Proof(5, p.hashes, forged(p)), b"entry 5"),
    "cosignatures of another tree": lambda p: (
        Proof(5, p.hashes, forged(p).and_signed(*p.checkpoint.signatures[1:])),
        b"entry 5",
    ),
    "not the log's signature": lambda p: (
        Proof(5, p.hashes, Note(p.checkpoint.text, p.checkpoint.signatures[1:])),
        b"entry 5",
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_proof_that_shows_something_else_is_refused(broken: Callable[[Proof], tuple[Proof, bytes]]) -> None:
    proof, entry = broken(a_proof())
    with pytest.raises(ValueError):  # noqa: PT011 (each says something else)
        verify_proof(str(proof), entry, a_policy())


def test_signatures_of_strangers_are_overlooked_and_wrong_ones_of_friends_are_not() -> None:
    proof = a_proof()
    stranger = Keyholder("w0.example", COSIGNATURE, 99)
    more = proof.checkpoint.and_signed(cosign(proof.checkpoint.text, stranger.key, stranger, NOW))
    verify_proof(str(Proof(5, proof.hashes, more)), b"entry 5", a_policy())
    wrong = proof.checkpoint.and_signed(cosign("another text\n", WITNESSES[2].key, WITNESSES[2], NOW))
    with pytest.raises(ValueError, match=r"of w2\.example is wrong"):
        verify_proof(str(Proof(5, proof.hashes, wrong)), b"entry 5", a_policy())


GOOD = str(a_proof(witnesses=1))
CROWDED = "".join(f"{line}\n" for line in [GOOD.splitlines()[-1]] * 63)


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD[:-1],
        GOOD + "\n",
        GOOD.replace("@v1", "@v2"),
        GOOD.replace("index 5", "index 05"),
        GOOD.replace("index 5", "index +5"),
        GOOD.replace("index 5", "index ５"),
        GOOD.replace("index 5", "index 99999999999999999999"),
        GOOD.replace("index 5\n", ""),
        GOOD.replace("index 5", "extra AAAA\nindex 5"),
        GOOD.replace("=\n", "\n", 1),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("— ", "- "),
        GOOD.replace("— ", "—  "),
        GOOD.replace("\n\n", "\n", 1),
        GOOD.replace("w0.example", "w0+example"),
        GOOD.replace("w0.example", "w0\u2003example"),
        GOOD + CROWDED,
        GOOD.replace(ORIGIN, "x" * 70_000),
        GOOD.replace(ORIGIN, "\ud800"),
    ],
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each says something else)
        verify_proof(text, b"entry 5", a_policy("1"))


def test_what_is_no_checkpoint_is_refused() -> None:
    root = base64_text(b"r" * 32)
    for text in (
        "a\n1\n",
        f"a\n1\n{root}",
        f"\n1\n{root}\n",
        f"a\n01\n{root}\n",
        f"a\n1\n{root[:-5]}\n",
        f"a\n0\n{root}\n",
    ):
        with pytest.raises(ValueError):  # noqa: PT011 (each says something else)
            read_checkpoint(text)
    with pytest.raises(ValueError, match="none is empty"):
        read_checkpoint(f"a\n1\n{root}\n\n")


def test_numbers_and_hashes_have_one_text_each() -> None:
    assert number_of("9223372036854775807") == 2**63 - 1
    for text in ("9223372036854775808", "-1", "1_0", " 1", "", "0x1"):
        with pytest.raises(ValueError):  # noqa: PT011 (each says something else)
            number_of(text)
    good = base64_text(b"\xff" * 32)
    assert hash_of(good) == b"\xff" * 32
    for text in (good.replace("/", "_"), good[:-2] + "9=", good + "\n", good.rstrip("="), "é" * 44):
        with pytest.raises(ValueError):  # noqa: PT011 (each says something else)
            hash_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "example.com/foo+530d903a",
        EXAMPLE_KEY.replace("530d903a", "530d903b"),
        EXAMPLE_KEY.replace("530d903a", "530D903A"),
        EXAMPLE_KEY.replace("example.com/foo", "example.com/ foo"),
        EXAMPLE_KEY.replace("+Aek", "+Bek"),
        EXAMPLE_KEY + "=",
        "+530d903a+AA==",
        "a+530d903a+",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each says something else)
        verifier_key(text)


X = [Keyholder(f"x{n}.example", COSIGNATURE, 30 + n).key for n in range(3)]
Y = [Keyholder(f"y{n}.example", COSIGNATURE, 40 + n).key for n in range(3)]
NESTED = f"""# The specification's example.
log {LOG.key} https://log.example/

witness X1 {X[0]}
  witness\tX2   {X[1]} https://x2.example
witness X3 {X[2]}
group X-witnesses 2 X1 X2 X3
witness Y1 {Y[0]}
witness Y2 {Y[1]}
witness Y3 {Y[2]}
group Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


@pytest.mark.parametrize(
    ("names", "enough"),
    [("", False), ("X1 X2", False), ("X1 X2 Y3", True), ("X1 Y1 Y2 Y3", False), ("X1 X2 X3 Y1 Y2 Y3", True)],
)
def test_the_quorum_of_the_policy_of_the_specification(names: str, enough: bool) -> None:
    policy = read_policy(NESTED)
    assert policy.is_quorum(names.split()) is enough
    assert (policy.logs[0].url, policy.witnesses["X2"].url) == ("https://log.example/", "https://x2.example")


def test_a_policy_without_witnesses_says_so() -> None:
    policy = read_policy(f"log {LOG.key}\nquorum none\n")
    assert policy.accept(tree_of(1).note()).cosigned_at == {}


@pytest.mark.parametrize(
    "text",
    [
        NESTED.replace("quorum X-and-Y\n", ""),
        NESTED + "quorum none\n",
        NESTED.replace("quorum X-and-Y", "quorum Z"),
        NESTED.replace("quorum X-and-Y", "quorum"),
        NESTED.replace("quorum X-and-Y", "quorum X1 X2"),
        NESTED.replace("group X-witnesses 2", "group X-witnesses 4"),
        NESTED.replace("group X-witnesses 2", "group X-witnesses 0"),
        NESTED.replace("group X-witnesses 2", "group none 2"),
        NESTED.replace("group X-witnesses 2 X1 X2 X3", "group X-witnesses 2"),
        NESTED.replace("X1 X2 X3", "X1 X1 X2"),
        NESTED.replace("any Y1 Y2 Y3", "any X1 Y2 Y3"),
        NESTED.replace("all X-witnesses Y-witnesses", "all X-witnesses Z"),
        NESTED.replace("witness X3", "witness X1"),
        NESTED.replace(str(X[2]), str(X[0])),
        NESTED.replace(str(X[2]), str(LOG.key)),
        NESTED.replace(f"log {LOG.key}", f"log {X[0]}"),
        NESTED.replace("https://log.example/", "https://log.example/ more"),
        NESTED + f"log {LOG.key}\n",
        NESTED + "monitor M1\n",
        NESTED + "\x07",
    ],
)
def test_what_is_no_policy_is_refused(text: str) -> None:
    assert text != NESTED
    with pytest.raises(ValueError):  # noqa: PT011 (each says something else)
        read_policy(text)


def test_what_is_no_submission_is_refused() -> None:
    for text in (
        SUBMITTED.replace("old 2", "old 02"),
        SUBMITTED.replace("old ", "new "),
        SUBMITTED.replace(
            "old 20852014\n", f"old 20852014\n{base64_text(b'h' * 32)}\n" + f"{base64_text(b'h' * 32)}\n" * 60
        ),
        "old 0\n",
        SUBMITTED.replace("pkaw=", "pka"),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 (each says something else)
            read_submission(text)


def test_a_proof_text_is_read_as_it_is_written() -> None:
    assert str(read_proof(GOOD)) == GOOD
