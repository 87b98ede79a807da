"""What time has something for, and lots read and written as columns. See `store.bulk` for how rows are found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from huixiang.kernel.layout import Bytes, Numbers, pick
from huixiang.platform.copying import EPOCH_DAYS, EPOCH_US, JOIN_BY_INDEX, CopyRow, Fetched, ids_of, stream
from huixiang.platform.db import Transaction
from huixiang.points.model import Book
from huixiang.points.model.columns import OpenLots, Standing
from huixiang.points.store.staged import READ_COLUMNS, READ_KINDS, standing_of

LOT_KINDS = [">i4", "V6", ">i8", ">i4", ">i8", ">i8", ">i8"]
NO_MATURITY = np.iinfo(np.int64).min  # the server's -infinity


# Accounts with points that outlived their day. No lot before an account's mark has anything remaining, so what was
# swept is not looked at again; a lot that is opened late, with a day that is past, sets the mark back. Where points are
# held, all lots before today may be.
PAST = """
    a.book = $1 AND a.open_from < $2 AND (a.held = 0 OR EXISTS (
        SELECT FROM points.lot AS l
        WHERE l.member_id = a.member_id AND l.book = a.book AND (l.expires_on, l.lot_no) >= (a.open_from, a.open_lot)
          AND l.expires_on < $2 AND l.remaining > l.held
    ))
"""
_ONE_IN = 64


@dataclass(frozen=True, slots=True)
class Part:
    """Members that a sweep has still to look at: those after `after`, up to `last`."""

    number: int
    after: UUID
    last: UUID


async def is_begun(tx: Transaction, book: Book) -> bool:
    """Whether a sweep of the book has parts left."""
    begun: bool = await tx.fetchval("SELECT EXISTS (SELECT FROM points.sweep_part WHERE book = $1)", book.number)
    return begun


async def count_past(tx: Transaction, book: Book, today: date) -> tuple[int, list[UUID]]:
    """How many accounts have something past its day, and one in many of their members, in order."""
    row = await tx.fetchrow(
        f"""
        SELECT count(*), coalesce(array_agg(a.member_id) FILTER (WHERE uuid_hash(a.member_id) % {_ONE_IN} = 0), '{{}}')
        FROM points.account AS a WHERE {PAST}
        """,
        book.number,
        today,
    )
    return (row[0], sorted(row[1])) if row else (0, [])


async def add_parts(tx: Transaction, book: Book, parts: list[Part]) -> None:
    """Raises UniqueViolation where another sweep has just begun."""
    columns = ("book", "part", "after", "last")
    await tx.insert("points.sweep_part", columns, [(book.number, part.number, part.after, part.last) for part in parts])


async def take_part(tx: Transaction, book: Book) -> Part | None:
    """A part that nobody is at, for the rest of the transaction; None: there is none."""
    row = await tx.fetchrow(
        "SELECT part, after, last FROM points.sweep_part WHERE book = $1 ORDER BY part LIMIT 1 FOR UPDATE SKIP LOCKED",
        book.number,
    )
    return None if row is None else Part(*row)


async def note_swept(tx: Transaction, book: Book, part: Part, up_to: UUID | None) -> None:
    """A part was looked at up to this member; None: to its end."""
    if up_to is None:
        await tx.execute("DELETE FROM points.sweep_part WHERE book = $1 AND part = $2", book.number, part.number)
        return
    await tx.execute(
        "UPDATE points.sweep_part SET after = $3 WHERE book = $1 AND part = $2", book.number, part.number, up_to
    )


async def read_past(tx: Transaction, book: Book, today: date, part: Part, limit: int) -> tuple[Bytes, Standing]:
    """The first accounts of a part that have something past its day, in order."""
    await tx.execute(JOIN_BY_INDEX)
    copied = await tx.copy_out(
        f"""
        SELECT {READ_COLUMNS}
        FROM points.account AS a
        WHERE {PAST} AND a.member_id > $3 AND a.member_id <= $4
        ORDER BY a.member_id LIMIT $5
        """,
        book.number,
        today,
        part.after,
        part.last,
        limit,
    )
    parts = Fetched(copied, READ_KINDS, array=True).parts()
    members = np.empty((sum(len(at) for at, _, _ in parts), 16), np.uint8)
    for at, fields, _ in parts:
        members[at] = ids_of(fields["f0"])
    return members, standing_of(parts, members)


async def members_with_matured_lots(tx: Transaction, book: Book, lots: int) -> Bytes:
    """Members with pending lots whose time has come, as many as have so many of them."""
    return await _members(
        tx,
        """
        SELECT DISTINCT member_id FROM (
            SELECT member_id FROM points.lot WHERE matures_at <= $2 AND book = $1 ORDER BY matures_at LIMIT $3
        ) AS due
        """,
        book.number,
        tx.now,
        lots,
    )


async def members_with_ended_holds(tx: Transaction, book: Book, holds: int) -> Bytes:
    """Members with holds past their time, as many as have so many of them."""
    return await _members(
        tx,
        """
        SELECT DISTINCT member_id FROM (
            SELECT member_id FROM points.hold WHERE expires_at <= $2 AND book = $1 ORDER BY expires_at LIMIT $3
        ) AS due
        """,
        book.number,
        tx.now,
        holds,
    )


async def _members(tx: Transaction, sql: str, *arguments: object) -> Bytes:
    """Ids in order."""
    copied = await tx.copy_out(sql, *arguments)
    parts = Fetched(copied, ["V16"], array=False).parts()
    if not parts:
        return np.empty((0, 16), np.uint8)
    ids = np.ascontiguousarray(parts[0][1]["f0"]).view(np.uint8).reshape(-1, 16)
    halves = ids.view(">u8").astype(np.uint64)
    return np.take(ids, np.lexsort((halves[:, 1], halves[:, 0])), axis=0)


async def read_open_lots(tx: Transaction, book: Book, members: Bytes, standing: Standing, which: Numbers) -> OpenLots:
    """The lots with something remaining of some of the accounts, from the marks on that were read."""
    await tx.execute(
        """
        CREATE TEMPORARY TABLE bulk_marks (place integer, member_id uuid, open_from date, open_lot bigint)
        ON COMMIT DROP
        """
    )
    row = CopyRow(4)
    row.int4(which)
    row.octets_of(pick(members, which))
    row.date(standing.open_from[which])
    row.int8(standing.open_lot[which])
    columns = ("place", "member_id", "open_from", "open_lot")
    await tx.copy_rows("bulk_marks", columns, stream(row.rows(len(which)).tobytes()))
    copied = await tx.copy_out(
        """
        SELECT m.place, l.*
        FROM bulk_marks AS m
        CROSS JOIN LATERAL (
            SELECT l.ctid, l.lot_no, l.expires_on, l.remaining, l.lapsed, coalesce(l.matures_at, '-infinity')
            FROM points.lot AS l
            WHERE l.member_id = m.member_id AND l.book = $1
              AND (l.expires_on, l.lot_no) >= (m.open_from, m.open_lot) AND l.remaining > 0
            OFFSET 0  -- account by account, whatever the planner thinks of lots it has not counted yet
        ) AS l
        """,
        book.number,
    )
    parts = Fetched(copied, LOT_KINDS, array=False).parts()
    rows = parts[0][1] if parts else np.empty(0, [(f"f{n}", kind) for n, kind in enumerate(LOT_KINDS)])
    matures = rows["f6"].astype(np.int64)
    return OpenLots(
        account=rows["f0"].astype(np.int64),
        place=rows["f1"],
        lot=rows["f2"].astype(np.int64),
        expires=rows["f3"].astype(np.int64) + EPOCH_DAYS,
        remaining=rows["f4"].astype(np.int64),
        lapsed=rows["f5"].astype(np.int64),
        matures=np.where(matures == NO_MATURITY, -1, matures + EPOCH_US),
    ).sorted


async def write_lots(tx: Transaction, book: Book, members: Bytes, lots: OpenLots, *, by_place: bool = True) -> None:
    """Write what is left of lots that matured or expired."""
    await tx.execute(
        """
        CREATE TEMPORARY TABLE bulk_lots (
            place tid, member_id uuid, expires_on date, lot_no bigint, remaining bigint, lapsed bigint
        ) ON COMMIT DROP
        """
    )
    row = CopyRow(6)
    row.octets_of(np.ascontiguousarray(lots.place).view(np.uint8).reshape(-1, 6))
    row.octets_of(np.take(members, lots.account, axis=0))
    row.date(lots.expires)
    row.int8(lots.lot)
    row.int8(lots.remaining)
    row.int8(lots.lapsed)
    columns = ("place", "member_id", "expires_on", "lot_no", "remaining", "lapsed")
    await tx.copy_rows("bulk_lots", columns, stream(row.rows(len(lots.lot)).tobytes()))
    # A place may be another lot's by now. The index is not to be asked for that: the row is at hand.
    join = (
        "l.ctid = c.place AND l.member_id IS NOT DISTINCT FROM c.member_id"
        if by_place
        else "l.member_id = c.member_id AND l.expires_on = c.expires_on"
    )
    await tx.execute(
        f"""
        UPDATE points.lot AS l SET remaining = c.remaining, lapsed = c.lapsed, matures_at = NULL
        FROM bulk_lots AS c
        WHERE {join} AND l.book = $1 AND l.lot_no = c.lot_no
        """,
        book.number,
    )


async def expiring_on(
    tx: Transaction, book: Book, first: date, last: date, after: UUID | None, limit: int
) -> list[tuple[UUID, date, int]]:
    """(member, day, points) of what expires in these days, by member, from the one after `after` on; members whole."""
    rows = await tx.fetch(
        """
        WITH due AS (
            SELECT l.member_id, l.expires_on, sum(l.remaining - l.held)::bigint AS points
            FROM points.lot AS l
            WHERE l.expires_on BETWEEN $2 AND $3 AND l.book = $1 AND l.remaining > l.held
              AND ($4::uuid IS NULL OR l.member_id > $4)
            GROUP BY l.member_id, l.expires_on
        ), chosen AS (
            SELECT DISTINCT due.member_id FROM due ORDER BY due.member_id LIMIT $5
        )
        SELECT due.member_id, due.expires_on, due.points
        FROM due JOIN chosen ON chosen.member_id = due.member_id
        ORDER BY due.member_id, due.expires_on
        """,
        book.number,
        first,
        last,
        after,
        limit,
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def remember_reminders(
    tx: Transaction, book: Book, reminders: list[tuple[UUID, date, int]]
) -> set[tuple[UUID, date]]:
    """Note that these members were told of these days; those that were not told before."""
    rows = await tx.fetch(
        """
        INSERT INTO points.reminder (member_id, book, expires_on, recorded_at)
        SELECT told.member_id, $1, told.expires_on, $4
        FROM unnest($2::uuid[], $3::date[]) AS told (member_id, expires_on)
        ON CONFLICT DO NOTHING
        RETURNING member_id, expires_on
        """,
        book.number,
        [member_id for member_id, _, _ in reminders],
        [day for _, day, _ in reminders],
        tx.now,
    )
    return {(row["member_id"], row["expires_on"]) for row in rows}


async def forget_reminders(tx: Transaction, before: date) -> int:
    """Drop what was noted of days gone by."""
    return await tx.execute("DELETE FROM points.reminder WHERE expires_on < $1", before)
