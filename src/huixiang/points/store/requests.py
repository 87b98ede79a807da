"""What a request over HTTP is about, and what its posting left."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.db import Transaction
from huixiang.points.model import Posting
from huixiang.points.model.requests import Sums
from huixiang.points.store.postings import COLUMNS, posting_of


async def find_in_any_book(tx: Transaction, member_id: UUID, keys: Sequence[str]) -> dict[str, Posting]:
    """A member's postings with these keys, whatever their book."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(f"p.{column}" for column in COLUMNS)}
        FROM points.book AS b
        JOIN points.posting AS p ON p.member_id = $1 AND p.book = b.book AND p.key = ANY ($2::text[])
        """,
        member_id,
        keys,
    )
    return {posting.key: posting for posting in map(posting_of, rows)}


async def find_by_seq(tx: Transaction, member_id: UUID, book: int, seq: int) -> Posting | None:
    row = await tx.fetchrow(
        f"SELECT {', '.join(COLUMNS)} FROM points.posting WHERE member_id = $1 AND book = $2 AND seq = $3",
        member_id,
        book,
        seq,
    )
    return None if row is None else posting_of(row)


async def sums_after(tx: Transaction, posting: Posting) -> Sums:
    """What the account came to by a posting: what it is now without what came later."""
    row = await tx.fetchrow(
        """
        SELECT a.balance - coalesce(sum(p.points + p.debt_delta), 0)::bigint AS balance,
               a.held - coalesce(sum(p.held_delta), 0)::bigint AS held,
               a.pending - coalesce(sum(p.pending_delta), 0)::bigint AS pending,
               a.debt - coalesce(sum(p.debt_delta), 0)::bigint AS debt
        FROM points.account AS a
        LEFT JOIN points.posting AS p ON p.member_id = a.member_id AND p.book = a.book AND p.seq > $3
        WHERE a.member_id = $1 AND a.book = $2
        GROUP BY a.member_id, a.book
        """,
        posting.member_id,
        posting.book,
        posting.seq,
    )
    if row is None:
        raise InvariantBroken("a posting without its account")
    balance, held, pending, debt = row
    return Sums(balance, balance - held - pending, held, pending, debt)
