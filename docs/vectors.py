"""Makes the test vectors of `docs/evidence-format.md`: `python -m docs.vectors`; with `--check` it only compares."""

import argparse
import json
import sys
import tomllib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from docs.vector_packs import (
    FOREIGN,
    LAST_INSTANT_MS,
    LOG,
    NEW,
    OLD,
    ORDER,
    OTHER_LOG,
    PACK_RULES,
    PAUSED_AND_CREDITED,
    SELF_DISAGREEING,
    SHAPES,
    STRANGERS,
    WITNESSES,
    NoteKey,
    PackKey,
    Signed,
    a_pack,
    a_statement,
    canonical,
    for_another_learner,
    half_a_character,
    moved,
    newer,
    of_steps,
    older,
    pinned,
    signed,
    spoiled,
)
from services.kit import base64url
from services.kit.jose import compact_text, flattened
from services.kit.signing import COORDINATE_BYTES
from services.kit.tlog.checkpoints import Checkpoint
from services.kit.tlog.cosignatures import TIME_BYTES, cosign
from services.kit.tlog.merkle import ReadHash, inclusion_proof, leaf_hash, tree_root
from services.kit.tlog.notes import COSIGNATURE, Note, NoteSignature, VerifierKey, sign_note
from services.kit.tlog.proofs import Proof
from services.kit.tlog.tiles import hash_reader

ROOT = Path(__file__).parents[1]
HOME = Path(__file__).with_name("evidence-vectors")
RULES = ROOT / "services" / "playback" / "domain" / "policies.toml"
COPIES = (ROOT / "verifier" / "xueshi_verify" / "rules.json", ROOT / "web" / "src" / "proof" / "rules.json")
"""Of `rules.json`, for the two verifiers: each is shipped with its own."""
BUNDLE = "xueshi.bundle/1"
COSIGNED_AT = 1_790_003_600
"""When the witnesses cosigned, seconds since 1970: an hour after the watch began."""
UNREADABLE = {"document", "encoding", "proof", "proof_missing", "policy", "keys", "checkpoint"}
"""The problems with which nothing can be said of the content."""
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
DEPTH = 16
"""How deep objects and lists lie in each other at most."""
URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True)
class Vector:
    """What a verifier is given and what it must say.

    `document`, `jwks`, `policy`, `proof` and `checkpoints` are names of files; without `proof` the document is a bundle
    that has it, or there is none. `checkpoints` were kept on other days. `problems` are the codes of
    `docs/evidence-format.md`, in alphabetical order.
    """

    name: str
    about: str
    document: str
    proof: str | None
    jwks: str
    policy: str
    checkpoints: list[str]
    verdict: str
    problems: list[str]


@dataclass
class Shelf:
    """The files and vectors as they are made. All that is `logged` is so before the first proof is made."""

    entries: list[bytes] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    vectors: list[Vector] = field(default_factory=list)

    def logged(self, text: str) -> str:
        """A document that the log has: a pack's compact form, or a statement."""
        self.entries.append(sha256(text.encode()).digest())
        return text

    def signed(self, pack: dict[str, Any], key: PackKey = NEW) -> Signed:
        """A pack that is signed and logged."""
        jws = signed(pack, key)
        self.logged(compact_text(jws))
        return jws

    def note(
        self, log: NoteKey = LOG, witnesses: Sequence[NoteKey] = tuple(WITNESSES[:2]), at: int = COSIGNED_AT
    ) -> Note:
        """The checkpoint over all entries, cosigned then (seconds since 1970)."""
        size = len(self.entries)
        note = sign_note(Checkpoint(log.key.name, size, tree_root(size, self._hashes())).text, log.key, log)
        return note.and_signed(*(cosign(note.text, witness.key, witness, at) for witness in witnesses))

    def proof(self, text: str, note: Note | None = None) -> str:
        """The proof of a document that the log has."""
        index = self.entries.index(sha256(text.encode()).digest())
        hashes = inclusion_proof(index, len(self.entries), self._hashes())
        return str(Proof(index, tuple(hashes), note or self.note()))

    def _hashes(self) -> ReadHash:
        leaves = [leaf_hash(entry) for entry in self.entries]
        return hash_reader(len(leaves), lambda _: leaves)

    def add(
        self,
        name: str,
        about: str,
        content: bytes,
        problems: Iterable[str] = (),
        *,
        proof: str | None = None,
        jwks: str = "jwks.json",
        policy: str = "policy.txt",
        checkpoints: Sequence[str] = (),
    ) -> None:
        """A vector with a document of its own; the verdict follows from its problems."""
        codes = sorted(problems)
        verdict = "unreadable" if UNREADABLE & set(codes) else "refused" if codes else "accepted"
        self.files[f"{name}.json"] = content
        given = (f"{name}.json", proof, jwks, policy, list(checkpoints))
        self.vectors.append(Vector(name, about, *given, verdict, codes))


def bundle(proof: str, **document: Any) -> bytes:
    """Document and proof in one file."""
    return json.dumps({"format": BUNDLE, **document, "proof": proof}, ensure_ascii=False, indent=1).encode() + b"\n"


def make() -> dict[str, bytes]:
    """All files, by name."""
    shelf = Shelf()
    shelf.logged("something that was logged before")
    packs = _packs(shelf)
    denied = {
        name: shelf.signed(spoiled(name, spoil)) for name, _, spoil, _ in (*SELF_DISAGREEING, *PACK_RULES, *SHAPES)
    }
    statement, early = shelf.logged(a_statement()), shelf.logged(a_statement(issued_at="2026-09-21T14:24:08.999+00:00"))
    _genuine(shelf, packs, statement)
    _changed(shelf, packs, statement)
    _outside_the_log(shelf, packs)
    _cosignatures(shelf, packs["genuine"])
    _strangers_lines(shelf, packs["genuine"])
    _encodings(shelf, packs)
    _proof_forms(shelf, packs["genuine"])
    _keys(shelf, packs)
    _policies(shelf, packs["genuine"])
    _checkpoints(shelf, packs["genuine"])
    for name, about, _, codes in (*SELF_DISAGREEING, *PACK_RULES, *SHAPES):
        pack = denied[name]
        shelf.add(name, about, bundle(shelf.proof(compact_text(pack)), pack=pack), codes)
    paused = packs["paused-and-credited"]
    about = "35 s are credited while a session is paused with a prompt open"
    content = bundle(shelf.proof(compact_text(paused)), pack=paused)
    shelf.add("credit-while-paused-at-a-prompt", about, content, ["credit_closed", "too_fast"])
    about = "issued a millisecond before its watch was completed"
    shelf.add("certificate-before-its-watch", about, bundle(shelf.proof(early), statement=early), ["certificate_times"])
    _broken(shelf, packs)
    shelf.files["rules.json"] = published_rules()
    shelf.files["vectors.json"] = _json([asdict(vector) for vector in shelf.vectors])
    return shelf.files


def _packs(shelf: Shelf) -> Mapping[str, Signed]:
    return {
        "genuine": shelf.signed(a_pack()),
        "pinned": shelf.signed(pinned()),
        "older": shelf.signed(older()),
        "retired": shelf.signed(a_pack("retired"), OLD),
        "foreign": shelf.signed(a_pack("foreign"), FOREIGN),
        "future": shelf.signed(moved("future", (COSIGNED_AT + 86_400) * 1000)),
        "last": shelf.signed(moved("last", LAST_INSTANT_MS)),
        "beyond": shelf.signed(moved("beyond", LAST_INSTANT_MS + 1)),
        "paused-and-credited": shelf.signed(of_steps("paused-and-credited", PAUSED_AND_CREDITED)),
        "surrogate": _logged_raw(shelf, half_a_character()),
        "newer": shelf.signed(newer()),
        "spaced": _logged_raw(shelf, json.dumps(a_pack("spaced"), sort_keys=True).encode()),
        "unlogged": signed(a_pack("unlogged")),
    }


def _logged_raw(shelf: Shelf, payload: bytes) -> Signed:
    """A payload that no pack of ours has, signed and logged as one."""
    jws = flattened(NEW, payload)
    shelf.logged(compact_text(jws))
    return jws


def _genuine(shelf: Shelf, packs: Mapping[str, Signed], statement: str) -> None:
    pack = packs["genuine"]
    proof = shelf.proof(compact_text(pack))
    shelf.add("genuine-pack", "a pack with its proof in one file", bundle(proof, pack=pack))
    shelf.files["genuine-pack.tlog-proof"] = proof.encode()
    apart = json.dumps(pack).encode()
    shelf.add("genuine-pack-apart", "the same, pack and proof apart", apart, proof="genuine-pack.tlog-proof")
    for name, about in {
        "pinned": "its starts say what the watch is pinned to",
        "older": "from before there were questions: neither choices nor wrong answers",
        "retired": "signed with a retired key that is still published",
    }.items():
        shelf.add(f"genuine-{name}", about, bundle(shelf.proof(compact_text(packs[name])), pack=packs[name]))
    proof = shelf.proof(statement)
    shelf.add("genuine-certificate", "a certificate with its proof in one file", bundle(proof, statement=statement))
    shelf.files["genuine-certificate.tlog-proof"] = proof.encode()
    shelf.files["empty.tlog-proof"] = b""
    about = "a bundle, and an empty proof beside it, which counts in the place of the bundle's"
    shelf.add(
        "bundle-with-an-empty-proof",
        about,
        bundle(shelf.proof(compact_text(pack)), pack=pack),
        ["proof"],
        proof="empty.tlog-proof",
    )
    about = "the same, statement and proof apart"
    shelf.add("genuine-certificate-apart", about, statement.encode(), proof="genuine-certificate.tlog-proof")


def _changed(shelf: Shelf, packs: Mapping[str, Signed], statement: str) -> None:
    pack = packs["genuine"]
    proof = shelf.proof(compact_text(pack))
    changed = {**pack, "payload": base64url.encode(canonical(for_another_learner()))}
    codes = ["not_included", "signature"]
    shelf.add("changed-pack", "another learner's id, everywhere in the pack", bundle(proof, pack=changed), codes)
    twin = {**pack, "signature": base64url.encode(_twin(base64url.decode(pack["signature"])))}
    about = "the signature's twin (r, n - s): it is valid, but the log has the hash of the other"
    shelf.add("signature-twin", about, bundle(proof, pack=twin), ["not_included"])
    more = statement.replace('"hours":"1.5"', '"hours":"9.5"')
    about = "nine and a half hours instead of one and a half"
    shelf.add("changed-certificate", about, bundle(shelf.proof(statement), statement=more), ["not_included"])


def _twin(signature: bytes) -> bytes:
    s = ORDER - int.from_bytes(signature[COORDINATE_BYTES:], "big")
    return signature[:COORDINATE_BYTES] + s.to_bytes(COORDINATE_BYTES, "big")


def _outside_the_log(shelf: Shelf, packs: Mapping[str, Signed]) -> None:
    pack, genuine = packs["unlogged"], compact_text(packs["genuine"])
    about = "signed by us, but not in the log; the proof is another pack's"
    shelf.add("not-in-the-log", about, bundle(shelf.proof(genuine), pack=pack), ["not_included"])
    shelf.add("without-a-proof", "a pack alone", json.dumps(packs["genuine"]).encode(), ["proof_missing"])
    other = shelf.proof(genuine, shelf.note(OTHER_LOG))
    about = "in a log that the policy does not know"
    shelf.add("in-another-log", about, bundle(other, pack=packs["genuine"]), ["log_unknown"])
    later = packs["future"]
    about = "cosigned a day before the watch, as it says, was completed"
    proof = shelf.proof(compact_text(later))
    shelf.add("cosigned-before-it-was-made", about, bundle(proof, pack=later), ["cosigned_early"])
    about = "completed at the last instant that there is"
    last = packs["last"]
    shelf.add("last-instant", about, bundle(shelf.proof(compact_text(last)), pack=last), ["cosigned_early"])


def _cosignatures(shelf: Shelf, pack: Signed) -> None:
    def add(name: str, about: str, note: Note, code: str) -> None:
        shelf.add(name, about, bundle(shelf.proof(compact_text(pack), note), pack=pack), [code])

    add("cosigned-by-nobody", "no witness has cosigned", shelf.note(witnesses=[]), "not_cosigned")
    add("cosigned-by-one", "the policy asks for two of three", shelf.note(witnesses=WITNESSES[:1]), "not_cosigned")
    about = "the policy knows neither of the witnesses"
    add("cosigned-by-strangers", about, shelf.note(witnesses=STRANGERS), "not_cosigned")
    twice = shelf.note(witnesses=[WITNESSES[0], WITNESSES[0]])
    add("cosigned-twice-by-one", "one witness twice is one witness", twice, "not_cosigned")
    note = shelf.note()
    log, first, second = note.signatures
    moved = _with_content(second, (COSIGNED_AT + 1).to_bytes(TIME_BYTES, "big") + second.content[TIME_BYTES:])
    about = "the time of a cosignature was changed"
    add("cosignature-changed", about, Note(note.text, (log, first, moved)), "cosignature")
    wrong = _with_content(log, bytes([log.content[0] ^ 1]) + log.content[1:])
    about = "the log's signature was changed"
    add("log-signature-changed", about, Note(note.text, (wrong, first, second)), "log_signature")
    above = int.from_bytes(log.content[32:], "little") + ED25519_ORDER
    loose = _with_content(log, log.content[:32] + above.to_bytes(32, "little"))
    about = "the log's signature with S + L in the place of S, which is not canonical"
    add("log-signature-not-canonical", about, Note(note.text, (loose, first, second)), "log_signature")


def _strangers_lines(shelf: Shelf, pack: Signed) -> None:
    """Lines by keys that nobody knows say nothing, but must be lines."""
    note = shelf.note()
    for name, about, character, codes in (
        ("", "a name with U+FEFF, which is no space to Unicode", "\ufeff", []),
        ("-with-a-space", "a name with U+0085, which is a space to Unicode", "\u0085", ["proof"]),
    ):
        line = NoteSignature(f"stranger{character}.example", b"name", b"x")
        text = shelf.proof(compact_text(pack), Note(note.text, (*note.signatures, line)))
        shelf.add(f"cosigned-by-a-stranger{name}", about, bundle(text, pack=pack), codes)


def _with_content(signature: NoteSignature, content: bytes) -> NoteSignature:
    return NoteSignature(signature.name, signature.key_id, content)


def _encodings(shelf: Shelf, packs: Mapping[str, Signed]) -> None:
    pack = packs["genuine"]
    proof, signature = shelf.proof(compact_text(pack)), pack["signature"]
    raw = base64url.decode(signature)

    def add(name: str, about: str, **changes: str) -> None:
        shelf.add(name, about, bundle(proof, pack={**pack, **changes}), ["encoding"])

    add("signature-with-loose-bits", "bits set that belong to no byte", signature=_loose(signature))
    add("signature-padded", "base64url with padding", signature=signature + "==")
    add("signature-of-another-alphabet", "a plus where base64url has none", signature="+" + signature[1:])
    add("signature-too-long", "a byte more than two numbers have", signature=base64url.encode(raw + b"\0"))
    add("signature-of-zeroes", "both numbers are 0", signature=base64url.encode(bytes(64)))
    header = f'{{"kid":"{NEW.public_keys()[0]["kid"]}","alg":"ES256"}}'
    about = "the header's members in another order"
    add("header-not-canonical", about, protected=base64url.encode(header.encode()))
    spaced = packs["spaced"]
    about = "signed and logged, but its JSON has spaces"
    shelf.add("payload-not-canonical", about, bundle(shelf.proof(compact_text(spaced)), pack=spaced), ["encoding"])


def _loose(text: str) -> str:
    """A text of Base64, either alphabet, with its last bit flipped, which belongs to no byte."""
    place = len(text.rstrip("=")) - 1
    alphabet = URL_SAFE if text[place] in URL_SAFE else URL_SAFE.replace("-_", "+/")
    return text[:place] + alphabet[alphabet.index(text[place]) ^ 1] + text[place + 1 :]


def _proof_forms(shelf: Shelf, pack: Signed) -> None:
    proof = shelf.proof(compact_text(pack))
    hash_line = proof.split("\n")[2]
    many = "\n".join([hash_line] * 64)
    for name, about, text in (
        ("loose-bits", "a hash with bits set that belong to no byte", proof.replace(hash_line, _loose(hash_line), 1)),
        ("extra-data", "extra data, which this use has not", proof.replace("\n", "\nextra AAAA\n", 1)),
        ("too-many-hashes", "more hashes than any tree needs", proof.replace(hash_line, many, 1)),
        ("a-leading-zero", "the index in another form", proof.replace("index ", "index 0", 1)),
        ("a-missing-end", "its last line does not end", proof[:-1]),
        ("nothing-signed", "no signature under the checkpoint", proof[: proof.index("—")]),
    ):
        shelf.add(f"proof-with-{name}", about, bundle(text, pack=pack), ["proof"])


def _keys(shelf: Shelf, packs: Mapping[str, Signed]) -> None:
    pack = packs["genuine"]
    content = bundle(shelf.proof(compact_text(pack)), pack=pack)
    new, old = NEW.public_keys()[0], OLD.public_keys()[0]
    shelf.files["jwks.json"] = _json({"keys": [new, old]})
    for name, about, keys, code in (
        ("for-encryption", "the key is published for encryption", [{**new, "use": "enc"}], "key_use"),
        ("of-another-algorithm", "the key is published for another algorithm", [{**new, "alg": "ES256K"}], "key_use"),
        ("under-a-false-name", "another key under the id of the one that signed", [{**old, "kid": new["kid"]}], "keys"),
        ("off-the-curve", "the key is no point of the curve", [{**new, "x": new["y"]}], "keys"),
        ("twice", "two keys with one id", [new, new], "keys"),
        ("private", "a private key is among the published ones", [{**new, "d": new["x"]}], "keys"),
    ):
        shelf.files[f"jwks-{name}.json"] = _json({"keys": keys})
        shelf.add(f"key-{name}", about, content, [code], jwks=f"jwks-{name}.json")
    deep: list[Any] = []
    for _ in range(DEPTH - 3):
        deep = [deep]
    more = {"x5c": ["AAAA"], "issued": -(2**53 - 1)}
    for name, about, jwks, codes in (
        (
            "with-more",
            "members that keys may have, and something 16 deep",
            {"keys": [{**new, **more}, old], "deep": [deep]},
            [],
        ),
        ("too-deep", "something 17 deep", {"keys": [new], "deep": [[deep]]}, ["keys"]),
        ("with-a-fraction", "a number with a fraction", {"keys": [new], "issued": 1.5}, ["keys"]),
        ("with-a-huge-number", "a number of 2^53", {"keys": [{**new, "issued": 2**53}]}, ["keys"]),
        ("with-half-a-character", "half of a surrogate pair", {"keys": [new, {**old, "kid": "\ud800"}]}, ["keys"]),
    ):
        shelf.files[f"jwks-{name}.json"] = json.dumps(jwks, indent=1).encode() + b"\n"
        shelf.add(f"keys-{name}", about, content, codes, jwks=f"jwks-{name}.json")
    foreign = packs["foreign"]
    about = "signed with a key that nobody published"
    shelf.add("key-unknown", about, bundle(shelf.proof(compact_text(foreign)), pack=foreign), ["key_unknown"])
    for algorithm in ("none", "HS256", "RS256"):
        header = base64url.encode(canonical({"alg": algorithm, "kid": new["kid"]}))
        about = f"the header names the algorithm {algorithm}"
        forged = bundle(shelf.proof(compact_text(pack)), pack={**pack, "protected": header})
        shelf.add(f"algorithm-{algorithm.lower()}", about, forged, ["key_use", "not_included"])


def _policies(shelf: Shelf, pack: Signed) -> None:
    content = bundle(shelf.proof(compact_text(pack)), pack=pack)
    log = f"log {LOG.key}"
    three = [f"witness w{number} {witness.key}" for number, witness in enumerate(WITNESSES, start=1)]
    quorum = ["group two-of-three 2 w1 w2 w3", "quorum two-of-three"]
    shelf.files["policy.txt"] = _policy([log, *three, *quorum])
    key_id, spaced = LOG.key.id.hex(), _spaced_key()
    for name, about, lines in (
        ("witness-as-log", "a witness's key as a log's", [f"log {WITNESSES[0].key}", *three, *quorum]),
        ("log-as-witness", "a log's key as a witness's", [log, f"witness w1 {LOG.key}", *three[1:], *quorum]),
        ("without-quorum", "nobody says who must cosign", [log, *three, quorum[0]]),
        ("with-a-false-key-id", "a key whose id is another", [log.replace(key_id, key_id[::-1]), *three, *quorum]),
        (
            "with-a-space-in-a-name",
            "U+0085, a space to Unicode, in a name",
            [log, *three, f"witness w4 {spaced}", *quorum],
        ),
        *(
            (f"with-a-key-{name}", about, [log, *three, f"witness w4 {key}", *quorum])
            for name, about, key in _weak_keys()
        ),
        ("with-a-key-twice", "one key for two witnesses", [log, *three, f"witness w4 {WITNESSES[0].key}", *quorum]),
    ):
        shelf.files[f"policy-{name}.txt"] = _policy(lines)
        shelf.add(f"policy-{name}", about, content, ["policy"], policy=f"policy-{name}.txt")


def _spaced_key() -> str:
    """A witness's key, right in itself, under a name that no key may have."""
    name, raw = "w4\u0085.example", bytes([COSIGNATURE]) + STRANGERS[0].key.public
    key_id = sha256(name.encode() + b"\n" + raw).digest()[:4]
    return f"{name}+{key_id.hex()}+{b64encode(raw).decode()}"


def _weak_keys() -> list[tuple[str, str, VerifierKey]]:
    """32 bytes that no witness may have as its key, little-endian: the second coordinate, and a sign bit."""
    prime = 2**255 - 19
    eighth = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
    return [
        (name, about, VerifierKey("w4.example", COSIGNATURE, coordinate.to_bytes(32, "little")))
        for name, about, coordinate in (
            ("of-the-neutral-point", "a key of order 1, under which anybody can sign", 1),
            ("of-order-8", "a key of order 8, under which anybody can sign", eighth),
            ("off-the-curve", "a key that is no point of the curve", 2),
            ("not-canonical", "a key whose coordinate is not below 2^255 - 19", prime + 3),
        )
    ]


def _checkpoints(shelf: Shelf, pack: Signed) -> None:
    """Kept from an earlier day or a later one; the document is the genuine pack, unless it was logged late."""
    day, month = 86_400, 30 * 86_400
    proof = shelf.proof(compact_text(pack))
    late = shelf.proof(compact_text(pack), shelf.note(at=COSIGNED_AT + 2 * month))
    three = [f"witness w{number} {witness.key}" for number, witness in enumerate(WITNESSES, start=1)]
    log, other = f"log {LOG.key}", f"log {OTHER_LOG.key}"
    shelf.files["policy-quorum-none.txt"] = _policy([log, *three, "quorum none"])
    shelf.files["policy-two-logs.txt"] = _policy([log, other, *three, "group two-of-three 2 w1 w2 w3", "quorum w1"])
    first, more, another = Shelf(shelf.entries[:1]), Shelf([*shelf.entries, b""]), Shelf([*shelf.entries[:-1], b""])
    unseen, denied = ["checkpoint_undated"], ["checkpoint_denied"]
    for name, about, note, policy, text, codes in (
        ("", "what was logged is younger than it", first.note(at=COSIGNED_AT - day), "", proof, []),
        ("-of-the-same-tree", "of the size of the document's, with its root", shelf.note(), "", proof, []),
        (
            "-after-a-late-entry",
            "a month younger than the watch, without it",
            first.note(at=COSIGNED_AT + month),
            "",
            late,
            ["backdated"],
        ),
        ("-of-another-tree", "of the size of the document's, with another root", another.note(), "", proof, ["forked"]),
        (
            "-of-a-larger-tree",
            "larger than the document's, and cosigned a day before it",
            more.note(at=COSIGNED_AT - day),
            "",
            proof,
            ["forked"],
        ),
        (
            "-of-a-larger-tree-later",
            "larger than the document's, and cosigned after it",
            more.note(at=COSIGNED_AT + 1),
            "",
            proof,
            [],
        ),
        ("-cosigned-by-nobody", "not cosigned as the policy asks", first.note(witnesses=[]), "", proof, denied),
        ("-of-another-log", "of another log that the policy knows", first.note(OTHER_LOG), "two-logs", proof, denied),
        (
            "-without-a-time",
            "the policy asks for no witness, and none says when it was",
            first.note(witnesses=[]),
            "quorum-none",
            late,
            unseen,
        ),
    ):
        shelf.files[f"checkpoint{name}.txt"] = str(note).encode()
        chosen = f"policy-{policy}.txt" if policy else "policy.txt"
        kept = [f"checkpoint{name}.txt"]
        shelf.add(f"kept-checkpoint{name}", about, bundle(text, pack=pack), codes, policy=chosen, checkpoints=kept)
    shelf.files["checkpoint-broken.txt"] = str(first.note())[:-1].encode()
    shelf.add(
        "kept-checkpoint-broken",
        "its last line does not end",
        bundle(proof, pack=pack),
        ["checkpoint"],
        checkpoints=["checkpoint-broken.txt"],
    )


def _policy(lines: Sequence[str]) -> bytes:
    return "\n".join(["# For the test vectors: these keys vouch for nothing.", *lines, ""]).encode()


def _broken(shelf: Shelf, packs: Mapping[str, Signed]) -> None:
    pack = packs["genuine"]
    proof = shelf.proof(compact_text(pack))
    whole = bundle(proof, pack=pack)
    huge = flattened(NEW, canonical(a_pack("huge")).replace(b'"at":1', b'"at":' + b"9" * 400 + b"1", 1))
    new_form, beyond, surrogate = (
        bundle(shelf.proof(compact_text(packs[name])), pack=packs[name]) for name in ("newer", "beyond", "surrogate")
    )
    for name, about, content in (
        ("cut-off", "the file ends in its middle", whole[: len(whole) // 2]),
        ("empty", "no byte", b""),
        ("nested", "20,000 brackets", b"[" * 20_000),
        ("not-utf-8", "bytes that are no text", b'{"format":"\xff"}'),
        ("not-an-object", "a list", b"[1]\n"),
        ("member-twice", "two proofs", whole.replace(b'"proof"', b'"proof": "",\n "proof"', 1)),
        ("huge-number", "a time of 401 digits", bundle(proof, pack=huge)),
        ("of-a-newer-form", "a member that this format does not have", new_form),
        ("instant-too-late", "completed a millisecond after the last instant that there is", beyond),
        ("half-a-character", "half of a surrogate pair, which no text has", surrogate),
        ("statement-for-a-pack", "a pack where the statement belongs", bundle(proof, statement=pack)),
    ):
        shelf.add(name, about, content, ["document"])


def published_rules() -> bytes:
    """All rules that were ever in force, as packs have them: what a pack's own are compared with."""
    rows = tomllib.loads(RULES.read_text("utf-8"))["policy"]
    rules = [{**row, "effective_from": row["effective_from"].isoformat()} for row in rows]
    return json.dumps({"rules": rules}, ensure_ascii=False, indent=2).encode() + b"\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def differences() -> list[str]:
    """Names of files that are not what this command makes, are missing, or that it does not make."""
    made = make()
    there = {file.name: file.read_bytes() for file in HOME.iterdir()}
    stale = [copy.relative_to(ROOT).as_posix() for copy in COPIES if copy.read_bytes() != made["rules.json"]]
    return sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name)) + stale


def main() -> int:
    """Writes or compares; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m docs.vectors", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, name what differs")
    found = differences()
    if parser.parse_args().check:
        sys.stdout.writelines(f"differs: {name}\n" for name in found)
        return 1 if found else 0
    made = make()
    for name in found:
        if name in made:
            (HOME / name).write_bytes(made[name])
        elif (HOME / name).exists():
            (HOME / name).unlink()
    for copy in COPIES:
        copy.write_bytes(made["rules.json"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
