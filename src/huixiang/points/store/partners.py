"""Exchanges with partners, what members compete for in them, and the files of days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model.partner import Exchange, PartnerTicket, Settlement, SettlementLine

EXCHANGE_COLUMNS = (
    "partner", "direction", "reference", "points", "partner_points", "rule_version", "occurred_at", "recorded_at",
    "business_day",
)  # fmt: skip
TICKET_COLUMNS = (
    "partner", "direction", "reference", "owner_id", "points", "partner_points", "rule_version", "state",
    "business_day", "reserved_at",
)  # fmt: skip

TicketKey = tuple[str, str, str]  # partner, direction, reference


async def claim_ticket(tx: Transaction, ticket: PartnerTicket) -> PartnerTicket:
    """Insert a ticket; the one that has its reference, where there is one already. Waits for another who inserts it."""
    await tx.execute(
        f"""
        INSERT INTO points.partner_ticket ({", ".join(TICKET_COLUMNS)})
        VALUES ({", ".join(f"${n}" for n in range(1, len(TICKET_COLUMNS) + 1))})
        ON CONFLICT (partner, direction, reference) DO NOTHING
        """,
        *(getattr(ticket, column) for column in TICKET_COLUMNS),
    )
    found = await find_ticket(tx, (ticket.partner, ticket.direction, ticket.reference))
    assert found is not None  # noqa: S101 - it was inserted or stood in the way
    return found


async def find_ticket(tx: Transaction, key: TicketKey) -> PartnerTicket | None:
    row = await tx.fetchrow(
        f"""
        SELECT {", ".join(TICKET_COLUMNS)} FROM points.partner_ticket
        WHERE partner = $1 AND direction = $2 AND reference = $3
        """,
        *key,
    )
    return row and _ticket(row)


async def take_from_total(
    tx: Transaction, ticket: PartnerTicket, *, budget_points: int, daily_points: int
) -> tuple[int, int] | None:
    """Count a ticket's points; None, or, where they are too many, how much was used before: in all, and on its day.

    One statement under the total's row lock: nothing is given out twice.
    """
    await tx.execute(
        """
        INSERT INTO points.partner_total (partner, direction, used, day, day_used) VALUES ($1, $2, 0, $3, 0)
        ON CONFLICT (partner, direction) DO NOTHING
        """,
        ticket.partner,
        ticket.direction,
        ticket.business_day,
    )
    taken = await tx.execute(
        """
        UPDATE points.partner_total
        SET used = used + $3, day_used = CASE WHEN day = $4 THEN day_used ELSE 0 END + $3, day = $4
        WHERE partner = $1 AND direction = $2 AND used + $3 <= $5
          AND CASE WHEN day = $4 THEN day_used ELSE 0 END + $3 <= $6
        """,
        ticket.partner,
        ticket.direction,
        ticket.points,
        ticket.business_day,
        budget_points,
        daily_points,
    )
    if taken:
        return None
    row = await tx.fetchrow(
        """
        SELECT used, CASE WHEN day = $3 THEN day_used ELSE 0 END AS day_used
        FROM points.partner_total WHERE partner = $1 AND direction = $2
        """,
        ticket.partner,
        ticket.direction,
        ticket.business_day,
    )
    return (row["used"], row["day_used"]) if row else (0, 0)


async def confirm_ticket(tx: Transaction, key: TicketKey) -> None:
    await tx.execute(
        """
        UPDATE points.partner_ticket SET state = 'confirmed'
        WHERE partner = $1 AND direction = $2 AND reference = $3 AND state = 'reserved'
        """,
        *key,
    )


async def cancel_ticket(tx: Transaction, key: TicketKey) -> PartnerTicket | None:
    """None where it was cancelled before."""
    row = await tx.fetchrow(
        f"""
        UPDATE points.partner_ticket SET state = 'cancelled'
        WHERE partner = $1 AND direction = $2 AND reference = $3 AND state <> 'cancelled'
        RETURNING {", ".join(TICKET_COLUMNS)}
        """,
        *key,
    )
    return row and _ticket(row)


async def free_ticket(tx: Transaction, ticket: PartnerTicket) -> None:
    """Take a ticket back that nothing came of, and what it counted with it."""
    await tx.execute(
        "DELETE FROM points.partner_ticket WHERE partner = $1 AND direction = $2 AND reference = $3",
        ticket.partner,
        ticket.direction,
        ticket.reference,
    )
    await give_room(tx, ticket)


async def give_room(tx: Transaction, ticket: PartnerTicket) -> None:
    """Count a ticket's points no more: of the budget, and of its day while that is the last one counted."""
    await tx.execute(
        """
        UPDATE points.partner_total
        SET used = used - $3, day_used = CASE WHEN day = $4 THEN day_used - $3 ELSE day_used END
        WHERE partner = $1 AND direction = $2
        """,
        ticket.partner,
        ticket.direction,
        ticket.points,
        ticket.business_day,
    )


async def lock_stale_tickets(tx: Transaction, before: datetime, limit: int) -> list[PartnerTicket]:
    """Tickets that nobody confirmed in time; those that somebody else is at are passed over."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(TICKET_COLUMNS)} FROM points.partner_ticket
        WHERE state = 'reserved' AND reserved_at < $1 ORDER BY reserved_at LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        before,
        limit,
    )
    return [_ticket(row) for row in rows]


async def insert_exchange(tx: Transaction, member_id: UUID, exchange: Exchange) -> None:
    await tx.insert(
        "points.exchange",
        ("member_id", *EXCHANGE_COLUMNS),
        [(member_id, *(getattr(exchange, column) for column in EXCHANGE_COLUMNS))],
    )


async def find_exchange(
    tx: Transaction, member_id: UUID, partner: str, direction: str, reference: str
) -> Exchange | None:
    row = await tx.fetchrow(
        f"""
        SELECT {", ".join(EXCHANGE_COLUMNS)} FROM points.exchange
        WHERE member_id = $1 AND partner = $2 AND direction = $3 AND reference = $4
        """,
        member_id,
        partner,
        direction,
        reference,
    )
    return row and Exchange(**dict(row))


async def exchanged_on(tx: Transaction, member_id: UUID, partner: str, direction: str, day: date) -> int:
    """A member's points with one partner on one day, but for what was cancelled."""
    points: int = await tx.fetchval(
        """
        SELECT coalesce(sum(made.points), 0)::bigint FROM points.exchange AS made
        WHERE made.member_id = $1 AND made.partner = $2 AND made.direction = $3 AND made.business_day = $4
          AND ($3 <> 'out' OR NOT EXISTS (
              SELECT FROM points.exchange AS c
              WHERE c.member_id = $1 AND c.partner = $2 AND c.direction = 'cancelled' AND c.reference = made.reference
          ))
        """,
        member_id,
        partner,
        direction,
        day,
    )
    return points


async def lines_of_day(tx: Transaction, partner: str, day: date) -> list[SettlementLine]:
    """Every member's exchanges with a partner: for a file, not for a request on the hot path."""
    rows = await tx.fetch(
        """
        SELECT direction, reference, points, partner_points FROM points.exchange
        WHERE partner = $1 AND business_day = $2
        """,
        partner,
        day,
    )
    return [SettlementLine(*row) for row in rows]


async def unsettled_days(tx: Transaction, before: date) -> list[tuple[str, date]]:
    """(partner, day) with exchanges and without a file."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT e.partner, e.business_day FROM points.exchange AS e
        WHERE e.business_day < $1 AND NOT EXISTS (
            SELECT FROM points.settlement AS s WHERE s.partner = e.partner AND s.business_day = e.business_day
        )
        ORDER BY e.business_day, e.partner
        """,
        before,
    )
    return [(row["partner"], row["business_day"]) for row in rows]


async def find_settlement(tx: Transaction, partner: str, day: date) -> Settlement | None:
    row = await tx.fetchrow(
        """
        SELECT partner, business_day, file, sha256 FROM points.settlement WHERE partner = $1 AND business_day = $2
        """,
        partner,
        day,
    )
    return row and Settlement(*row)


async def insert_settlement(tx: Transaction, settlement: Settlement) -> None:
    """Keep the file; where there is one already, it stays."""
    await tx.execute(
        """
        INSERT INTO points.settlement (partner, business_day, file, sha256, made_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (partner, business_day) DO NOTHING
        """,
        settlement.partner,
        settlement.business_day,
        settlement.file,
        settlement.sha256,
        tx.now,
    )


def _ticket(row: Mapping[str, Any]) -> PartnerTicket:
    return PartnerTicket(**{column: row[column] for column in TICKET_COLUMNS})
