"""Tickets: taken, confirmed, freed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from huixiang.platform.db import Database, Transaction
from huixiang.stock.model import Holder, Lack, ResourceRow, Ticket, Wanted
from huixiang.stock.store.definitions import encoded

Place = tuple[datetime, UUID]  # when a ticket expires, and its holder
_COLUMNS = "resource_id, holder_kind, holder_id, member_id, wanted, amount, state, reserved_at, expires_at"
_RESERVE = "SELECT stock.reserve($1::text::jsonb, $2, $3, $4, $5, $6)::text"


class _Refused(msgspec.Struct, frozen=True):
    id: UUID
    why: str
    wanted: int
    remaining: int | None = None
    instant: datetime | None = None

    def as_lack(self) -> Lack:
        return msgspec.convert(
            {
                "resource_id": self.id,
                "why": self.why,
                "wanted": self.wanted,
                "left": self.remaining,
                "instant": self.instant,
            },
            Lack,
        )


class _Answer(msgspec.Struct, frozen=True):
    tickets: list[Ticket] = []
    refused: list[_Refused] = []


async def reserve(
    tx: Transaction, holder: Holder, member_id: UUID, wanted: Sequence[Wanted], ttl: timedelta
) -> list[Ticket] | list[Lack]:
    """All or nothing: tickets, or what lacks. Each resource once."""
    return _read(await tx.fetchval(_RESERVE, *_arguments(holder, member_id, wanted, tx.now, ttl)))


async def reserve_alone(
    db: Database, holder: Holder, member_id: UUID, wanted: Sequence[Wanted], ttl: timedelta
) -> list[Ticket] | list[Lack]:
    """The same in a transaction of its own in one round trip: what is hot is locked for no time on the way."""
    return _read(await db.call(_RESERVE, *_arguments(holder, member_id, wanted, db.clock.now(), ttl)))


async def known(db: Database, holder_id: UUID) -> bool:
    """Whether a holder has or had a ticket; one round trip."""
    return bool(await db.call("SELECT EXISTS (SELECT FROM stock.ticket WHERE holder_id = $1)", holder_id))


def _arguments(
    holder: Holder, member_id: UUID, wanted: Sequence[Wanted], now: datetime, ttl: timedelta
) -> tuple[Any, ...]:
    asked = [{"id": one.resource_id, "amount": one.amount, **_defining(one)} for one in wanted]
    return msgspec.json.encode(asked).decode(), holder.kind, holder.holder_id, member_id, now + ttl, now


def _defining(one: Wanted) -> Mapping[str, Any]:
    if one.definition is None:
        return {}
    row = ResourceRow(kind=one.kind, key=one.key, **msgspec.structs.asdict(one.definition))
    return {"definition": encoded(row)}


def _read(answer: str) -> list[Ticket] | list[Lack]:
    read = msgspec.json.decode(answer, type=_Answer)
    return [one.as_lack() for one in read.refused] or read.tickets


async def confirm(tx: Transaction, holder_ids: Collection[UUID]) -> None:
    await tx.execute("SELECT stock.confirm($1::uuid[], $2)", list(holder_ids), tx.now)


async def free(tx: Transaction, holder_ids: Collection[UUID], why: str) -> None:
    await tx.execute("SELECT stock.free($1::uuid[], $2, $3)", list(holder_ids), why, tx.now)


async def give_back(tx: Transaction, holder_id: UUID, amounts: Mapping[UUID, int], key: str, why: str) -> Lack | None:
    """None, or what is in the way; then some may be given back already, and the transaction must not be kept."""
    given = [{"id": resource, "amount": amount} for resource, amount in amounts.items()]
    answer = await tx.fetchval(
        "SELECT stock.give_back($1::text::jsonb, $2, $3, $4, $5)::text",
        msgspec.json.encode(given).decode(),
        holder_id,
        key,
        why,
        tx.now,
    )
    return None if answer is None else msgspec.json.decode(answer, type=_Refused).as_lack()


async def of_holder(tx: Transaction, holder_id: UUID) -> list[Ticket]:
    rows = await tx.fetch(f"SELECT {_COLUMNS} FROM stock.ticket WHERE holder_id = $1 ORDER BY resource_id", holder_id)
    return [Ticket(**row) for row in rows]


async def lost(tx: Transaction, holder_id: UUID) -> list[tuple[str, str]]:
    """Kinds and keys of what was freed from a holder as a whole."""
    rows = await tx.fetch(
        """
        SELECT r.kind, r.key FROM stock.ticket_change AS c JOIN stock.resource AS r ON r.resource_id = c.resource_id
        WHERE c.holder_id = $1 AND c.what = 'freed' AND c.resource_id = ANY (
            SELECT t.resource_id FROM stock.ticket AS t WHERE t.holder_id = $1 AND t.state = 'freed'
        )
        ORDER BY c.resource_id
        """,
        holder_id,
    )
    return [(row["kind"], row["key"]) for row in rows]


async def of_resource(tx: Transaction, resource_id: UUID, after: UUID | None, limit: int) -> list[Ticket]:
    """By holder, from after one on."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM stock.ticket
        WHERE resource_id = $1 AND ($2::uuid IS NULL OR holder_id > $2) ORDER BY holder_id LIMIT $3
        """,
        resource_id,
        after,
        limit,
    )
    return [Ticket(**row) for row in rows]


async def due(tx: Transaction, kinds: Collection[str], after: Place | None, limit: int) -> list[Ticket]:
    """Tickets past their time, the earliest first, from after a place on; those that somebody is at are left out. They
    stay locked."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM stock.ticket
        WHERE state = 'reserved' AND expires_at <= $1 AND holder_kind = ANY ($2::text[])
          AND ($3::timestamptz IS NULL OR (expires_at, holder_id) > ($3, $4::uuid))
        ORDER BY expires_at, holder_id LIMIT $5 FOR UPDATE SKIP LOCKED
        """,
        tx.now,
        list(kinds),
        *(after or (None, None)),
        limit,
    )
    return [Ticket(**row) for row in rows]


async def ownerless(tx: Transaction, kinds: Collection[str]) -> Mapping[str, int]:
    """How many tickets are past their time of each kind that nobody answers for."""
    rows = await tx.fetch(
        """
        SELECT holder_kind, count(*) AS tickets FROM stock.ticket
        WHERE state = 'reserved' AND expires_at <= $1 AND holder_kind <> ALL ($2::text[]) GROUP BY holder_kind
        """,
        tx.now,
        list(kinds),
    )
    return {row["holder_kind"]: row["tickets"] for row in rows}
