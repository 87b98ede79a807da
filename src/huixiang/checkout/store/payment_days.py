"""What came of each business day's statement, and what it came to when it was held against ours."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from huixiang.checkout.model.statements import DayOutcome, JudgedDay
from huixiang.platform.db import Transaction


class Came(NamedTuple):
    """When the shop last sent a day's statement, and when it last said something new in it."""

    told_at: datetime | None = None
    changed_at: datetime | None = None


class Judged(NamedTuple):
    """What a day came to when it was last looked at, None where it never was; how often the shop sent it by now."""

    outcome: DayOutcome | None
    sends: int


async def note_came(tx: Transaction, day: date, *, new: bool) -> None:
    """The shop sent a day's statement, or a part of it. new: it said something that it had not said before."""
    await tx.execute(
        """
        INSERT INTO checkout.payment_statement AS d (day, sends, told_at, changed_at) VALUES ($1, 1, $2, $2)
        ON CONFLICT (day) DO UPDATE
        SET sends = d.sends + 1, told_at = greatest(d.told_at, $2),
            changed_at = CASE WHEN $3 OR d.sends = 0 THEN greatest(d.changed_at, $2) ELSE d.changed_at END
        """,
        day,
        tx.now,
        new,
    )


async def came(tx: Transaction, day: date) -> Came:
    row = await tx.fetchrow("SELECT told_at, changed_at FROM checkout.payment_statement WHERE day = $1", day)
    return Came(**row) if row else Came()


async def to_look_at(
    tx: Transaction, *, last: date, agreed_since: date, amiss_since: date, since: datetime
) -> list[date]:
    """Days up to the last one that were not looked at since an instant, as far back as is asked for, and any of them
    whose statement came since it was looked at."""
    rows = await tx.fetch(
        """
        WITH recent AS (SELECT $3::date + n AS day FROM generate_series(0, $1::date - $3::date) AS n)
        SELECT day FROM recent FULL JOIN checkout.payment_statement AS d USING (day)
        WHERE day <= $1
          AND (d.sends > d.judged_sends
               OR day >= $3 AND (d.judged_at IS NULL OR d.judged_at < $4)
                  AND (day >= $2::date OR d.outcome IS DISTINCT FROM 'agrees'))
        ORDER BY day
        """,
        last,
        agreed_since,
        amiss_since,
        since,
    )
    return [row["day"] for row in rows]


async def lock(tx: Transaction, day: date) -> Judged:
    """What is known of a day, which nobody else judges, nor sends, until this transaction is over."""
    row = await tx.fetchrow(
        """
        INSERT INTO checkout.payment_statement AS d (day, sends) VALUES ($1, 0)
        ON CONFLICT (day) DO UPDATE SET sends = d.sends RETURNING outcome, sends
        """,
        day,
    )
    return Judged(row["outcome"], row["sends"]) if row is not None else Judged(None, 0)


async def judge(tx: Transaction, day: date, outcome: DayOutcome, sends: int) -> None:
    await tx.execute(
        "UPDATE checkout.payment_statement SET outcome = $2, judged_at = $3, judged_sends = $4 WHERE day = $1",
        day,
        outcome,
        tx.now,
        sends,
    )


async def judged(tx: Transaction, outcomes: Collection[DayOutcome], before: date | None, limit: int) -> list[JudgedDay]:
    """Days that came to one of these, the latest first, before a day."""
    rows = await tx.fetch(
        """
        SELECT day, outcome, judged_at, told_at, changed_at, sends > judged_sends AS came_since
        FROM checkout.payment_statement
        WHERE outcome = ANY ($1::text[]) AND ($2::date IS NULL OR day < $2)
        ORDER BY day DESC LIMIT $3
        """,
        sorted(outcomes),
        before,
        limit,
    )
    return [JudgedDay(**row) for row in rows]


async def amiss(tx: Transaction) -> dict[str, int]:
    """How many days are not right, by what they came to."""
    rows = await tx.fetch(
        "SELECT outcome, count(*) AS days FROM checkout.payment_statement WHERE outcome <> 'agrees' GROUP BY outcome"
    )
    return {row["outcome"]: row["days"] for row in rows}
