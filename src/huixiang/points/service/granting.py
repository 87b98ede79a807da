"""Points for many members at once, each once under one key: through the bulk door, and what that leaves to the general
one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Transaction
from huixiang.points.model import POINTS, Credit, EarnBatch, EarnEvent, EarningRules, Source
from huixiang.points.model.spending import SpendingRules
from huixiang.points.rules.liability import worth
from huixiang.points.rules.validity import validity
from huixiang.points.service.bulk import UNDECIDED, earn_bulk
from huixiang.points.service.post import try_post
from huixiang.points.store import budgets
from huixiang.rulebook import service as rulebook

EARNING, SPENDING = ("earning", "default"), ("spending", "default")
Row = tuple[UUID, int]  # member and points


class PointsGrant(msgspec.Struct, frozen=True):
    """What the rows of a grant have in common. expires_on: their last day; None: as the earning rules say of the
    cause."""

    key: str
    cause: str
    budget: str | None
    expires_on: date | None


async def grant_points(tx: Transaction, grant: PointsGrant, rows: Sequence[Row]) -> list[int | None]:
    """The points given by row; None for what is left to `grant_left`, in a transaction of its own. No caps of earning
    hold. One batch a transaction."""
    source, expires_on = await _source(tx, grant)
    batch = EarnBatch(
        book=POINTS,
        cause=source.cause,
        counter_account=source.counter_account,
        budget=source.budget,
        rule=source.rule,
        rule_version=source.rule_version,
    )
    events = [
        EarnEvent(member_id=member, key=grant.key, points=points, occurred_at=tx.now, expires_on=expires_on)
        for member, points in rows
    ]
    earned = await earn_bulk(tx, batch, events)
    return [None if points == UNDECIDED else points for points in earned.granted]


async def grant_left(tx: Transaction, grant: PointsGrant, rows: Sequence[Row]) -> list[int | DomainError]:
    """The points given by row, or why none were."""
    source, expires_on = await _source(tx, grant)
    outcomes = await try_post(
        tx,
        [
            Credit(member_id=member, book=POINTS, points=points, source=source, expires_on=expires_on)
            for member, points in rows
        ],
    )
    return [
        one if isinstance(one, DomainError) else one.posting.points if one.posting is not None else 0
        for one in outcomes
    ]


async def worth_of(tx: Transaction, points: int) -> int:
    """What points are worth in fen at the base rate of spending, by which they are a liability."""
    rate = (await rulebook.current(tx, *SPENDING, at=tx.now)).read(SpendingRules).rate
    return worth(points, rate.points, rate.fen)


async def issued_from(tx: Transaction, budget: str) -> int:
    """Points issued from a budget so far, less what was taken back."""
    return await budgets.issued(tx, POINTS, budget)


async def _source(tx: Transaction, grant: PointsGrant) -> tuple[Source, date]:
    document = await rulebook.current(tx, *EARNING, at=tx.now)
    rules = document.read(EarningRules)
    last_day = validity(rules, tx.now, tx.calendar, cause=grant.cause, pending_days=0).expires_on
    source = Source(
        key=grant.key,
        cause=grant.cause,
        counter_account=f"issued:{grant.cause}",
        occurred_at=tx.now,
        rule=f"{document.kind}.{document.code}",
        rule_version=document.version,
        budget=grant.budget,
    )
    return source, grant.expires_on or last_day
