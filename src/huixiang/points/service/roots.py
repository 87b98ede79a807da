"""Closing days: the signed Merkle root over the accounts that changed, bound to the root of the day before."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

import numpy as np
from msgspec.structs import replace

from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.layout import Bytes
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.points.model import (
    FIRST_PREVIOUS,
    Branch,
    PublishedRoot,
    Root,
    RootUnknown,
    SigningKey,
    SigningKeyMissing,
)
from huixiang.points.ports import RootSigner
from huixiang.points.rules.merkle import (
    BRANCH_LEAVES,
    LEAF_BYTES,
    Tree,
    branch_digests,
    endorsement,
    key_id,
    leaf_digests,
    statement,
    tree_digest,
)
from huixiang.points.service.day_end import is_over
from huixiang.points.store import proof as store

_signer: RootSigner | None = None


def use_signer(signer: RootSigner) -> None:
    """Set who signs, once at start."""
    global _signer  # noqa: PLW0603 - wired once at start
    _signer = signer


async def close_day(tx: Transaction) -> Root | None:
    """Close the first finished day that has no root. None: there is none yet, somebody else is at it, or somebody still
    writes. One day a transaction, which must have written nothing. Raises SigningKeyMissing."""
    if not await store.claim_closing(tx):
        return None
    unsigned = await _next_day(tx)
    if unsigned is None or not await is_over(tx, unsigned.ends_at):
        return None
    leaves = Leaves()
    await store.copy_leaves(tx, unsigned.starts_at, unsigned.ends_at, leaves.add)
    leaves.end()
    signer = _signer
    if signer is None:
        raise InvariantBroken("no signer of roots was wired")
    key = await _signing_key(tx, signer)
    unsigned = replace(unsigned, leaves=leaves.count, tree=leaves.digest, key_id=key)
    stated = statement(unsigned)
    root = replace(unsigned, root=sha256(stated).digest(), signature=signer.sign(key, stated))
    await store.insert_root(tx, root, leaves.branches)
    return root


async def _next_day(tx: Transaction) -> Root | None:
    """The day to close next, not signed yet; None before the first posting."""
    latest = await store.latest_root(tx)
    if latest is not None:
        day, starts_at, previous = latest.day + timedelta(days=1), latest.ends_at, latest.root
    else:
        first = await store.first_recorded_at(tx)
        if first is None:
            return None
        day = tx.calendar.day(first)
        starts_at, previous = tx.calendar.start_of(day), FIRST_PREVIOUS
    ends_at = tx.calendar.start_of(day + timedelta(days=1))
    return Root(day, starts_at, ends_at, 0, b"", previous, b"", "", b"")


async def _signing_key(tx: Transaction, signer: RootSigner) -> str:
    """The id of the key to sign with. One that signs for the first time is registered, endorsed by the one before."""
    known = await store.signing_keys(tx)
    before = (await store.latest_root(tx) or Root(date.min, tx.now, tx.now, 0, b"", b"", b"", "", b"")).key_id
    public_key = signer.current(create=not known)
    if public_key is None:
        raise SigningKeyMissing(key_id=before)
    current = key_id(public_key)
    if current not in known:
        endorsed = signer.sign(before, endorsement(public_key)) if before and signer.holds(before) else None
        await store.insert_signing_key(tx, SigningKey(current, public_key, before if endorsed else None, endorsed))
    return current


class Leaves:
    """The tree of a day in the making. Keeps the leaves of one branch, and a digest for each branch."""

    def __init__(self) -> None:
        self.count = 0
        self.branches: list[Branch] = []
        self._tree = Tree()
        self._waiting = np.empty((0, LEAF_BYTES), np.uint8)

    def add(self, changed: Bytes) -> None:
        """Accounts that changed, in order, as `leaf_digests` takes them."""
        self.count += len(changed)
        waiting = np.concatenate((self._waiting, changed))
        whole = len(waiting) // BRANCH_LEAVES * BRANCH_LEAVES
        self._waiting = waiting[whole:]
        if not whole:
            return
        firsts = waiting[:whole:BRANCH_LEAVES]
        for first, digest in zip(firsts, branch_digests(leaf_digests(waiting[:whole])), strict=True):
            self._close(first, digest.tobytes())

    def end(self) -> None:
        """There are no more: what makes no whole branch is the last one."""
        if len(self._waiting):
            self._close(self._waiting[0], tree_digest(map(bytes, leaf_digests(self._waiting))))

    def _close(self, first: Bytes, digest: bytes) -> None:
        member_id, book = UUID(bytes=first[:16].tobytes()), int.from_bytes(first[16:18].tobytes())
        self.branches.append(Branch(len(self.branches), member_id, book, digest))
        self._tree.add(digest)

    @property
    def digest(self) -> bytes:
        return self._tree.digest


async def roots(tx: Transaction, cursor: str | None, limit: int) -> Page[PublishedRoot]:
    """Signed roots, the latest day first. Raises InvalidInput for a cursor of another list."""
    before = None if cursor is None else date.fromordinal(*decode_cursor(cursor, int))
    found = await store.roots_before(tx, before, limit + 1)
    keys = await store.signing_keys(tx)
    shown = [publish(root, keys[root.key_id]) for root in found]
    return page_of(shown, limit, lambda last: (last.day.toordinal(),))


async def root(tx: Transaction, day: date) -> PublishedRoot:
    """The signed root of a day. Raises RootUnknown."""
    found = await store.root_of_day(tx, day)
    if found is None:
        raise RootUnknown(day=day)
    return publish(found, (await store.signing_keys(tx))[found.key_id])


def publish(root: Root, key: SigningKey) -> PublishedRoot:
    """As it is given out."""
    return PublishedRoot(
        day=root.day,
        starts_at=root.starts_at,
        ends_at=root.ends_at,
        leaves=root.leaves,
        tree=root.tree.hex(),
        previous=root.previous.hex(),
        root=root.root.hex(),
        key_id=root.key_id,
        public_key=key.public_key.hex(),
        endorsed_by=key.endorsed_by,
        endorsement=key.endorsement.hex() if key.endorsement else None,
        signature=root.signature.hex(),
    )
