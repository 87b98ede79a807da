"""Earlier postings and what became of them since, for who reverses them: what is left of each is known beforehand."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import POINTS
from huixiang.points.rules.origins import Origin
from huixiang.points.store import postings as store
from huixiang.points.store.postings import PostingKey


async def load_origins(tx: Transaction, keys: Collection[PostingKey]) -> dict[PostingKey, Origin]:
    """The postings with these (member, book, key), each with its reversals; those that are not there are left out. Lock
    the accounts before, and it stays true."""
    wanted = sorted(keys)
    origins: dict[PostingKey, Origin] = {}
    for posting in sorted(await store.find_postings(tx, wanted, wanted), key=lambda posting: posting.seq):
        owner = (posting.member_id, posting.book)
        if (*owner, posting.key) in keys:
            origins[*owner, posting.key] = Origin(posting, [])
        elif posting.origin_key is not None:
            origins[*owner, posting.origin_key].reversals.append(posting)
    return origins


async def spent_on(tx: Transaction, orders: Collection[tuple[UUID, UUID]]) -> dict[UUID, list[Origin]]:
    """What was spent on each of some (member, order), the last first, with what was given back of it since."""
    if not orders:
        return {}
    keys = {(member_id, POINTS.number, key) for member_id, key in await store.keys_spent_on(tx, POINTS, orders)}
    spent: dict[UUID, list[Origin]] = {}
    for origin in (await load_origins(tx, keys)).values():
        if origin.posting.order_ref is not None:
            spent.setdefault(origin.posting.order_ref, []).insert(0, origin)
    return spent
