"""The Merkle tree of RFC 6962: hashes, and the two kinds of proofs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()

ReadHash = Callable[[int, int], bytes]
"""(level, index) -> the hash of the full subtree over the entries from index * 2**level on, 2**level of them."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry."""
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees beside each other."""
    return sha256(b"\1" + left + right).digest()


def tree_root(size: int, read: ReadHash) -> bytes:
    """The root of the tree of the first `size` entries."""
    return _range_root(0, size, read) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: ReadHash) -> list[bytes]:
    """What leads from an entry to the root (RFC 6962, 2.1.1), from the leaf's sibling up.

    Raises:
        ValueError: the tree has no such entry.
    """
    return [_range_root(sibling.start, sibling.end, read) for sibling in _beside_entry(index, size)]


def consistency_proof(old_size: int, size: int, read: ReadHash) -> list[bytes]:
    """What shows that a tree begins with an older one (RFC 6962, 2.1.2); empty where that was empty, or is the same.

    Raises:
        ValueError: the older tree is larger.
    """
    if _is_trivial(old_size, size):
        return []
    siblings = _beside_tree(old_size, size)
    proof = [_range_root(sibling.start, sibling.end, read) for sibling in siblings]
    start = _start_of_edge(siblings)
    return [_range_root(start, old_size, read), *proof] if start else proof


def verify_inclusion(entry_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Checks that the tree has the entry with this leaf hash there. Raises ValueError."""
    siblings = _beside_entry(index, size)
    if len(siblings) != len(proof):
        raise ValueError(f"the inclusion proof has {len(proof)} hashes, not {len(siblings)}")
    found = entry_hash
    for sibling, hash_ in zip(siblings, proof, strict=True):
        found = node_hash(hash_, found) if sibling.is_left else node_hash(found, hash_)
    if found != root:
        raise ValueError("the inclusion proof leads to another root")


def verify_consistency(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Checks that a tree begins with an older one. Raises ValueError where the proof shows no such thing."""
    if _is_trivial(old_size, size):
        if proof or old_root != (root if old_size else EMPTY_ROOT):
            raise ValueError("between an empty tree or the same one and a tree there is nothing to prove")
        return
    siblings = _beside_tree(old_size, size)
    # An old tree that is one full subtree is a part of the tree itself, and is left out of the proof.
    hashes = list(proof) if _start_of_edge(siblings) else [old_root, *proof]
    if len(siblings) + 1 != len(hashes):
        raise ValueError(f"the consistency proof has {len(proof)} hashes: too many or too few")
    old_found = found = hashes[0]
    for sibling, hash_ in zip(siblings, hashes[1:], strict=True):
        if sibling.is_left:
            old_found, found = node_hash(hash_, old_found), node_hash(hash_, found)
        else:
            found = node_hash(found, hash_)
    if (old_found, found) != (old_root, root):
        raise ValueError("the trees are not consistent")


@dataclass(frozen=True)
class _Sibling:
    """A subtree beside the way from some node up to the root, by its entries."""

    start: int
    end: int
    is_left: bool


def _beside_entry(index: int, size: int) -> list[_Sibling]:
    """What is beside the way from an entry up."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} has no entry {index}")
    return _siblings(index + 1, size, lambda start, end: end - start == 1)


def _beside_tree(old_size: int, size: int) -> list[_Sibling]:
    """What is beside the way from the last full subtree of an older tree up."""
    return _siblings(old_size, size, lambda _, end: end == old_size)


def _siblings(place: int, size: int, is_there: Callable[[int, int], bool]) -> list[_Sibling]:
    """From the node that is meant, which ends at `place`, up to the root."""
    start, end, found = 0, size, []
    while not is_there(start, end):
        middle = start + _left_part(end - start)
        if place <= middle:
            found.append(_Sibling(middle, end, is_left=False))
            end = middle
        else:
            found.append(_Sibling(start, middle, is_left=True))
            start = middle
    return found[::-1]


def _start_of_edge(siblings: Sequence[_Sibling]) -> int:
    """Where the last full subtree of an older tree begins: after what is left of it."""
    return max((sibling.end for sibling in siblings if sibling.is_left), default=0)


def _is_trivial(old_size: int, size: int) -> bool:
    if not 0 <= old_size <= size:
        raise ValueError(f"a tree of {size} does not begin with one of {old_size}")
    return old_size in {0, size}


def _range_root(start: int, end: int, read: ReadHash) -> bytes:
    """The hash over a range that begins where a subtree does: of the old tree's right edge, or of the tree's."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return read(level, start >> level)
    middle = start + _left_part(size)
    return node_hash(_range_root(start, middle, read), _range_root(middle, end, read))


def _left_part(size: int) -> int:
    """The largest power of two below the size: where RFC 6962 splits."""
    return 1 << ((size - 1).bit_length() - 1)
