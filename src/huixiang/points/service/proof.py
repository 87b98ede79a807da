"""Proofs that a posting stood in the journal when its day was signed."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from msgspec.structs import asdict, astuple

from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.db import Transaction
from huixiang.points.model import (
    CHAIN_START,
    Book,
    Posting,
    PostingNotSigned,
    PostingUnknown,
    Proof,
    ProvenPosting,
    Root,
)
from huixiang.points.rules.canonical import encode_posting
from huixiang.points.rules.merkle import BRANCH_LEAVES, leaf_digest, path, tree_digest
from huixiang.points.service.roots import publish
from huixiang.points.store import proof as store

PROOF_VERSION = 1


async def prove(tx: Transaction, member_id: UUID, book: Book, seq: int) -> Proof:
    """Raises PostingUnknown, PostingNotSigned; InvariantBroken where the journal is no longer what was signed."""
    found = await store.posting_after_another(tx, member_id, book.number, seq)
    if not found:
        raise PostingUnknown(seq=seq)
    *before, posting = found
    root = await store.root_at(tx, posting.recorded_at)
    if root is None:
        raise PostingNotSigned(seq=seq, day=tx.calendar.day(posting.recorded_at))
    later = await store.postings_later(tx, posting, root.ends_at)
    last = later[-1] if later else posting
    place, steps = await _path(tx, root, last)
    return Proof(
        version=PROOF_VERSION,
        posting=_proven(posting),
        head_before=(before[0].hash if before else CHAIN_START).hex(),
        later=[sha256(encode_posting(*astuple(one)[:-1])).hexdigest() for one in later],
        place=place,
        path=[step.hex() for step in steps],
        root=publish(root, (await store.signing_keys(tx))[root.key_id]),
    )


async def _path(tx: Transaction, root: Root, last: Posting) -> tuple[int, list[bytes]]:
    """Where the account's leaf stands in the day's tree, and the way from it to the top."""
    branches = await store.branches_of(tx, root.day)
    key = (last.member_id, last.book)
    number = sum((branch.first_member, branch.first_book) <= key for branch in branches) - 1
    if number < 0:
        raise InvariantBroken(f"the root of {root.day} knows nothing of account {key}")
    following = branches[number + 1] if number + 1 < len(branches) else None
    leaves = await store.leaves_between(tx, root, branches[number], following)
    digests = [leaf_digest(member.bytes, book, seq, head) for member, book, seq, head in leaves]
    if tree_digest(digests) != branches[number].digest:
        raise InvariantBroken(f"the journal is no longer what was signed on {root.day}")
    place = [(member, book) for member, book, _, _ in leaves].index(key)
    above = path([branch.digest for branch in branches], number)
    return number * BRANCH_LEAVES + place, [*path(digests, place), *above]


def _proven(posting: Posting) -> ProvenPosting:
    fields = asdict(posting)
    fields.pop("hash")
    return ProvenPosting(**fields | {
        "input_hash": posting.input_hash.hex(), "alloc": list(posting.alloc), "opened": list(posting.opened),
    })  # fmt: skip
