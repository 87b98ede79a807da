"""What is paused, as every door asks it: without a round trip, but for one a second in each process.

While a cause is paused its credits are posted as pending until a person decides, so checkout goes on; what would spend
by it is refused. A pause reaches every process within a second.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from huixiang.platform.db import Database, Transaction
from huixiang.points.model import Book, Credit, Posting, Spend
from huixiang.points.model.breaker import Pause, Stream
from huixiang.points.rules.pauses import covering, pause_of
from huixiang.points.store import pauses as pause_store

KEPT_NS = 1_000_000_000


class _Known:
    """What this process knows to be paused, and until when it takes that for true."""

    pauses: tuple[Pause, ...] = ()
    until: int = -1


def forget() -> None:
    """Ask the database the next time."""
    _Known.until = -1


async def look(db: Database) -> None:
    """Have what is paused known, for the next second at most."""
    if time.monotonic_ns() > _Known.until:
        async with db.single_read() as tx:
            await open_pauses(tx)


async def open_pauses(tx: Transaction) -> tuple[Pause, ...]:
    """What is paused now, or was less than a second ago."""
    if time.monotonic_ns() > _Known.until:
        _Known.pauses = await pause_store.open_pauses(tx)
        _Known.until = time.monotonic_ns() + KEPT_NS
    return _Known.pauses


async def find_pause(tx: Transaction, stream: Stream) -> Pause | None:
    """What pauses a stream of points, coupons or benefits, if anything does: for modules that issue or burn them."""
    return covering(await open_pauses(tx), stream)


def lets_pass(command: Credit | Spend) -> bool:
    """Whether a door that asks nothing may post this. False where it is paused, and where this process would have to
    ask: the general door does."""
    return time.monotonic_ns() <= _Known.until and pause_of(_Known.pauses, command) is None


async def is_issue_paused(tx: Transaction, book: Book, cause: str, rule: str | None, place: str | None) -> bool:
    """Whether earnings by a cause are to be posted as pending: the general door does that."""
    return book.has_lots and await find_pause(tx, Stream(side="issue", cause=cause, rule=rule, place=place)) is not None


async def keep(tx: Transaction, pauses: Sequence[Pause], posted: Sequence[tuple[Credit, Posting]]) -> None:
    """Note the credits that were posted under these pauses, for a person to decide."""
    rows = []
    for credit, posting in posted:
        pause = pause_of(pauses, credit)
        if pause is not None and posting.points:
            rows.append(
                (*credit.account_key, posting.key, pause.pause_id, posting.cause, posting.points, posting.recorded_at,
                 credit.matures_at)
            )  # fmt: skip
    await pause_store.insert_paused(tx, rows)
