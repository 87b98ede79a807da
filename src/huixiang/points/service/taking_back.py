"""Taking back what was given and is still there: of the lots that a posting opened, and of nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Transaction
from huixiang.points.model import Book, ClawBack, ClawBackPolicy, Source
from huixiang.points.service.origins import load_origins
from huixiang.points.service.post import lock_accounts, try_post
from huixiang.points.store import unspent as store
from huixiang.points.store.unspent import Unspent


class TakenBack(msgspec.Struct, frozen=True):
    """points: what was taken; there: what the posting gave. What of the rest is held or has expired."""

    there: int
    points: int
    held: int
    expired: int


async def take_back_unspent(
    tx: Transaction, book: Book, members: Sequence[UUID], origin_key: str, *, key: str, cause: str
) -> dict[UUID, TakenBack]:
    """Take from each member what can be spent, or is pending, of the lots that their posting `origin_key` opened, by a
    posting `key`. No debt is made, and no other points are touched. Who has no such posting is left out; asked again
    under the same key it takes nothing more."""
    accounts = await lock_accounts(tx, members, [book])
    origins = await load_origins(tx, {(member_id, book.number, origin_key) for member_id in members})
    opened = {member_id: origin.posting.opened[::5] for (member_id, _, _), origin in origins.items()}
    today = tx.calendar.day(tx.now)
    there = await store.unspent(tx, book, opened, today)
    commands = []
    for (member_id, _, _), origin in sorted(origins.items()):
        found = there.get(member_id, Unspent())
        # What has lapsed counts as taken back first, so it is asked for along with what is there.
        lapsed = max(found.lapsed - origin.lapsed, 0)
        points = min(found.free + lapsed, origin.left)
        if found.free and points:
            posting = origin.posting
            source = Source(
                key=key,
                cause=cause,
                counter_account=f"clawed_back:{cause}",
                occurred_at=tx.now,
                order_ref=posting.order_ref,
                budget=posting.budget,
            )
            commands.append(
                ClawBack(
                    member_id=member_id,
                    book=book,
                    points=points,
                    source=source,
                    origin_key=origin_key,
                    policy=ClawBackPolicy.PENDING_ONLY,
                )
            )
    taken: dict[UUID, int] = {}
    for command, outcome in zip(commands, await try_post(tx, commands, accounts), strict=True):
        if not isinstance(outcome, DomainError) and outcome.posting is not None:
            taken[command.member_id] = -outcome.posting.points
    return {
        member_id: TakenBack(
            there=origin.posting.points,
            points=taken.get(member_id, 0),
            held=there.get(member_id, Unspent()).held,
            expired=there.get(member_id, Unspent()).lapsed,
        )
        for (member_id, _, _), origin in origins.items()
    }
