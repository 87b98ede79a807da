"""Orders on their way in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from huixiang.checkout.model.fulfilment import Fulfilled, GrantedLine
from huixiang.checkout.model.placing import Placed, PlacedState, PlacedSummary
from huixiang.checkout.store.placing import DIRECTORY_EXTERNAL, DIRECTORY_ORDER, external_key
from huixiang.kernel.ids import order_number
from huixiang.platform.db import Transaction
from huixiang.pricing.model.priced import Applied
from huixiang.pricing.model.taken import Taken

_PLAIN = (
    "order_id", "member_id", "source", "external_id", "state", "payment", "store_id", "channel", "programme",
    "promotions_version", "fulfilment_version", "list_fen", "goods_fen", "delivery_fen", "packaging_fen", "points",
    "points_off_fen", "due_fen", "cash_fen", "coupons", "benefits", "placed_at", "pay_by", "fulfilled_at", "settled_at",
    "reason",
)  # fmt: skip
_SUMMARY = tuple(field for field in PlacedSummary.__struct_fields__ if field != "order_number")
_JSON = ("lines", "applied", "fulfilled")
_BESIDE = ("uses", "ticketed", "token", "input_hash", "said_fen")
_COLUMNS = ", ".join((*_PLAIN, *_JSON, *_BESIDE, "stands"))


Overdue = tuple[datetime, UUID, UUID]  # when it was to be paid, member and order


class Kept(msgspec.Struct, frozen=True):
    """A placed order with what is kept beside it. uses: of its member's caps. ticketed: it holds tickets of stock.
    said_fen: what the shop says it was paid without an instruction. stands: what is left of it after refunds, where
    there were any."""

    placed: Placed
    uses: list[Taken]
    ticketed: bool
    token: str
    input_hash: bytes
    said_fen: int
    stands: Fulfilled | None = None


async def insert(tx: Transaction, kept: Kept) -> None:
    columns = (*_PLAIN, *_JSON, *_BESIDE)
    values = [
        *(getattr(kept.placed, name) for name in _PLAIN),
        *(_as_json(getattr(kept.placed, name)) for name in _JSON),
        msgspec.json.encode(kept.uses).decode(),
        kept.ticketed,
        kept.token,
        kept.input_hash,
        kept.said_fen,
    ]
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    await tx.execute(f"INSERT INTO checkout.placed ({', '.join(columns)}) VALUES ({places})", *values)


def _as_json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


async def find(tx: Transaction, member_id: UUID, order_id: UUID, *, lock: bool = False) -> Kept | None:
    row = await tx.fetchrow(
        f"""
        SELECT {_COLUMNS} FROM checkout.placed
        WHERE member_id = $1 AND order_id = $2 {"FOR UPDATE" if lock else ""}
        """,
        member_id,
        order_id,
    )
    return _kept(tx, row) if row is not None else None


async def load(tx: Transaction, wanted: Collection[tuple[UUID, UUID]]) -> dict[UUID, Kept]:
    """Placed orders by id, of (member, order)."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM checkout.placed
        WHERE (member_id, order_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
        """,
        [member_id for member_id, _ in wanted],
        [order_id for _, order_id in wanted],
    )
    return {row["order_id"]: _kept(tx, row) for row in rows}


async def save_stands(tx: Transaction, orders: Sequence[Kept]) -> None:
    """What is left of orders after refunds."""
    await tx.executemany(
        "UPDATE checkout.placed SET stands = $3 WHERE member_id = $1 AND order_id = $2",
        [(one.placed.member_id, one.placed.order_id, _as_json(one.stands)) for one in orders],
    )


def _kept(tx: Transaction, row: Any) -> Kept:
    plain = {name: row[name] for name in _PLAIN} | {"state": PlacedState(row["state"])}
    placed = Placed(
        **plain,
        order_number=_number(tx, row["order_id"], row["placed_at"]),
        lines=msgspec.json.decode(row["lines"], type=list[GrantedLine]),
        applied=msgspec.json.decode(row["applied"], type=list[Applied]),
        fulfilled=_fulfilled(row["fulfilled"]),
    )
    uses = msgspec.json.decode(row["uses"], type=list[Taken])
    beside = (row["ticketed"], row["token"], row["input_hash"], row["said_fen"])
    return Kept(placed, uses, *beside, _fulfilled(row["stands"]))


def _fulfilled(value: str | None) -> Fulfilled | None:
    return None if value is None else msgspec.json.decode(value, type=Fulfilled)


def _number(tx: Transaction, order_id: UUID, placed_at: datetime) -> str:
    return order_number(order_id, tx.calendar.day(placed_at))


async def save(tx: Transaction, kept: Kept) -> None:
    """How far it has come: its state and payment, what was picked, and when."""
    placed = kept.placed
    await tx.execute(
        """
        UPDATE checkout.placed
        SET state = $3, payment = $4, pay_by = $5, fulfilled = $6, fulfilled_at = $7, settled_at = $8, reason = $9,
            said_fen = $10, cash_fen = $11
        WHERE member_id = $1 AND order_id = $2
        """,
        placed.member_id,
        placed.order_id,
        placed.state,
        placed.payment,
        placed.pay_by,
        _as_json(placed.fulfilled),
        placed.fulfilled_at,
        placed.settled_at,
        placed.reason,
        kept.said_fen,
        placed.cash_fen,
    )


async def overdue(tx: Transaction, after: Overdue | None, limit: int) -> list[Overdue]:
    """Orders that should have been paid by now, the longest ago first, beyond one in that order."""
    rows = await tx.fetch(
        """
        SELECT pay_by, member_id, order_id FROM checkout.placed
        WHERE pay_by <= $1
          AND ($2::timestamptz IS NULL OR (pay_by, member_id, order_id) > ($2, $3, $4))
        ORDER BY pay_by, member_id, order_id LIMIT $5
        """,
        tx.now,
        *(after or (None, None, None)),
        limit,
    )
    return [(row["pay_by"], row["member_id"], row["order_id"]) for row in rows]


async def decide(tx: Transaction, order_ids: Collection[UUID], *, stands: bool) -> dict[UUID, bool]:
    """Whether each order for which tickets were taken stands: as was decided before, or now. Whoever decides meanwhile
    is waited for."""
    ids = sorted(order_ids)
    await tx.execute(
        """
        INSERT INTO checkout.ticketed (order_id, stands, decided_at)
        SELECT order_id, $2, $3 FROM unnest($1::uuid[]) WITH ORDINALITY AS one (order_id, place) ORDER BY place
        ON CONFLICT DO NOTHING
        """,
        ids,
        stands,
        tx.now,
    )
    rows = await tx.fetch("SELECT order_id, stands FROM checkout.ticketed WHERE order_id = ANY ($1::uuid[])", ids)
    return {row["order_id"]: row["stands"] for row in rows}


async def listed(
    tx: Transaction,
    member_id: UUID,
    states: Collection[str],
    stores: frozenset[str] | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[PlacedSummary]:
    """A member's orders in these states, the latest first, below a place in that order; of some stores, where those are
    given."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(_SUMMARY)} FROM checkout.placed
        WHERE member_id = $1 AND state = ANY ($2::text[])
          AND ($3::timestamptz IS NULL OR (placed_at, order_id) < ($3, $4))
          AND ($6::text[] IS NULL OR store_id = ANY ($6))
        ORDER BY placed_at DESC, order_id DESC LIMIT $5
        """,
        member_id,
        list(states),
        before[0] if before else None,
        before[1] if before else None,
        limit,
        None if stores is None else sorted(stores),
    )
    return [
        PlacedSummary(
            **dict(row) | {"state": PlacedState(row["state"])},
            order_number=_number(tx, row["order_id"], row["placed_at"]),
        )
        for row in rows
    ]


async def move(tx: Transaction, from_id: UUID, into_id: UUID, merge_id: UUID) -> list[Taken]:
    """What is on its way goes with a member who is merged into another; what it uses of a member's caps."""
    rows = await tx.fetch(
        """
        UPDATE checkout.placed SET member_id = $2, merges = merges || $3::uuid
        WHERE member_id = $1 AND state IN ('placed', 'fulfilled')
        RETURNING order_id, source, external_id, uses
        """,
        from_id,
        into_id,
        merge_id,
    )
    return await _renamed(tx, rows, into_id)


async def move_back(tx: Transaction, into_id: UUID, from_id: UUID, merge_id: UUID) -> list[Taken]:
    """What a merge was the last to bring, and is still on its way, goes back; what it uses of a member's caps."""
    rows = await tx.fetch(
        """
        UPDATE checkout.placed SET member_id = $2, merges = trim_array(merges, 1)
        WHERE member_id = $1 AND merges[cardinality(merges)] = $3 AND state IN ('placed', 'fulfilled')
        RETURNING order_id, source, external_id, uses
        """,
        into_id,
        from_id,
        merge_id,
    )
    return await _renamed(tx, rows, from_id)


async def _renamed(tx: Transaction, rows: Sequence[Any], owner: UUID) -> list[Taken]:
    """In the directory."""
    await tx.execute(
        """
        UPDATE platform.directory SET member_id = $1
        WHERE kind = $2 AND key = ANY ($3::text[]) OR kind = $4 AND key = ANY ($5::text[])
        """,
        owner,
        DIRECTORY_ORDER,
        [str(row["order_id"]) for row in rows],
        DIRECTORY_EXTERNAL,
        [external_key(row["source"], row["external_id"]) for row in rows],
    )
    return [taken for row in rows for taken in msgspec.json.decode(row["uses"], type=list[Taken])]
