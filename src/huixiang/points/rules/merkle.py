"""The tree over a day's changed accounts, and what its signature covers. The layout stands in docs/domain/proof.md.

The tree is that of RFC 9162, section 2.1 (certificate transparency): a leaf and a node begin with another byte, and a
tree of n leaves splits at the largest power of two below n.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from struct import Struct

from huixiang.kernel.epoch import days, microseconds
from huixiang.kernel.layout import Bytes, Layout
from huixiang.points.model import Root
from huixiang.points.rules.column_postings import digests

BRANCH_LEAVES = 256  # a power of two: then the tree over branches is the tree over their leaves
LEAF_BYTES = 58  # of an account: member_id, book, seq, head
EMPTY_TREE = sha256(b"").digest()

_LEAF = Struct(">B16sHq32s")
_NODE = b"\1"
_STATEMENT = Struct(">16siqqq32s32s")
_STATEMENT_NAME = b"huixiang root 1\0"
_ENDORSEMENT_NAME = b"huixiang key 1\0\0"


def leaf_digest(member_id: bytes, book: int, seq: int, head: bytes) -> bytes:
    """Of an account that changed: where its chain stood at the end of the day."""
    return sha256(_LEAF.pack(0, member_id, book, seq, head)).digest()


def leaf_digests(changed: Bytes) -> Bytes:
    """The same of many. changed: member_id, book, seq and head of each as they stand in a leaf, LEAF_BYTES."""
    row = Layout()
    row.constant(b"\0")
    row.octets(changed)
    return digests(row.rows(len(changed)))


def branch_digests(leaves: Bytes) -> Bytes:
    """The digest over every BRANCH_LEAVES digests of leaves; as many as make whole branches."""
    level = leaves
    for _ in range(BRANCH_LEAVES.bit_length() - 1):
        row = Layout()
        row.constant(_NODE)
        row.octets(level.reshape(-1, 64))
        level = digests(row.rows(len(level) // 2))
    return level


def node_digest(left: bytes, right: bytes) -> bytes:
    return sha256(_NODE + left + right).digest()


class Tree:
    """Digests added from left to right. Keeps one digest a level, whatever their number."""

    __slots__ = ("_peaks", "count")

    def __init__(self) -> None:
        self.count = 0
        self._peaks: list[bytes] = []  # of whole subtrees, the largest first; one for each bit that count has

    def add(self, digest: bytes) -> None:
        self.count += 1
        below = self.count
        while below & 1 == 0:
            digest = node_digest(self._peaks.pop(), digest)
            below >>= 1
        self._peaks.append(digest)

    @property
    def digest(self) -> bytes:
        if not self._peaks:
            return EMPTY_TREE
        *others, digest = self._peaks
        for peak in reversed(others):
            digest = node_digest(peak, digest)
        return digest


def tree_digest(digests: Iterable[bytes]) -> bytes:
    tree = Tree()
    for digest in digests:
        tree.add(digest)
    return tree.digest


def path(digests: Sequence[bytes], place: int) -> list[bytes]:
    """What must be hashed with the digest at `place` to come to the tree's, from the leaf up."""
    if len(digests) == 1:
        return []
    split = 1 << (len(digests) - 1).bit_length() - 1
    if place < split:
        return [*path(digests[:split], place), tree_digest(digests[split:])]
    return [*path(digests[split:], place - split), tree_digest(digests[:split])]


def statement(root: Root) -> bytes:
    """What is signed, and whose sha256 is the root."""
    return _STATEMENT.pack(
        _STATEMENT_NAME, days(root.day), microseconds(root.starts_at), microseconds(root.ends_at), root.leaves,
        root.tree, root.previous,
    )  # fmt: skip


def endorsement(public_key: bytes) -> bytes:
    """What the key before signs of a new one."""
    return _ENDORSEMENT_NAME + public_key


def key_id(public_key: bytes) -> str:
    """The first half of its sha256, in hexadecimal."""
    return sha256(public_key).digest()[:16].hex()
