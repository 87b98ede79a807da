"""Giving to many members and taking back from them, by kind of gift. The caller holds the members' states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from huixiang.benefits import service as benefits
from huixiang.benefits.model import NewEntitlement
from huixiang.coupons import service as coupons
from huixiang.coupons.service.many import issue_many, look
from huixiang.grants.model import (
    EXHAUSTED,
    BenefitGift,
    Bulk,
    CouponGift,
    PointsGift,
    Settled,
    TakenFrom,
    TierGift,
)
from huixiang.grants.rules.caps import fitting
from huixiang.grants.rules.ids import copy_id
from huixiang.kernel.errors import DomainError, InvalidInput, InvariantBroken
from huixiang.members.service import states
from huixiang.platform.db import Transaction
from huixiang.points.model import POINTS
from huixiang.points.service.granting import PointsGrant, grant_left, grant_points
from huixiang.points.service.taking_back import TakenBack, take_back_unspent
from huixiang.tiers.service import granting as tiers

CAUSE = "grant"
SPENT, HELD, EXPIRED, USED, GONE = "spent", "held", "expired", "used", "gone"
Row = tuple[UUID, int]


async def give(tx: Transaction, bulk: Bulk, rows: Sequence[Row]) -> dict[UUID, Settled]:
    """Give each member so much; what has neither amount nor refusal is for `give_left`, in a transaction of its own."""
    try:
        match bulk.gift:
            case PointsGift():
                given = await grant_points(tx, _points(bulk, bulk.gift), rows)
                return {
                    member: Settled() if points is None else Settled(points)
                    for (member, _), points in zip(rows, given, strict=True)
                }
            case CouponGift(template=template):
                return await _give_coupons(tx, bulk, template, rows)
            case BenefitGift(benefit=benefit, ends_at=ends_at):
                new = NewEntitlement(benefit=benefit, source=f"{CAUSE}:{bulk.grant_id}", ends_at=ends_at)
                await benefits.entitle_many(tx, [copy for row in rows for copy in _copies(bulk, *row)], new)
            case TierGift(tier=tier, until=until):
                _require_ahead(until, tx)
                set_ = await tiers.set_many(tx, [copy for row in rows for copy in _copies(bulk, *row)], tier, until)
                return {member: Settled(1) if no is None else Settled(refusal=no.code) for member, no in set_.items()}
    except DomainError as refusal:  # before anything was written
        return {member: Settled(refusal=refusal.code) for member, _ in rows}
    return {member: Settled(amount) for member, amount in rows}


async def give_left(tx: Transaction, bulk: Bulk, rows: Sequence[Row]) -> dict[UUID, Settled]:
    """What `give` left."""
    if not isinstance(bulk.gift, PointsGift):
        raise InvariantBroken("only points are left to another transaction")
    given = await grant_left(tx, _points(bulk, bulk.gift), rows)
    return {
        member: Settled(refusal=one.code) if isinstance(one, DomainError) else Settled(one)
        for (member, _), one in zip(rows, given, strict=True)
    }


async def take_back(tx: Transaction, bulk: Bulk, rows: Sequence[Row]) -> list[TakenFrom]:
    """Take back what is unused of what each member was given, and say what became of the rest."""
    match bulk.gift:
        case PointsGift() as gift:
            members = [member for member, _ in rows]
            key = _points(bulk, gift).key
            taken = await take_back_unspent(tx, POINTS, members, key, key=f"{key}:undo", cause=CAUSE)
            return [_of_points(member, given, taken.get(member)) for member, given in rows]
        case CouponGift():
            copies = await _where_they_are(tx, bulk, rows)
            stay = await coupons.void_many(tx, [copy for held in copies.values() for copy in held])
            return [_of_coupons(member, given, [stay.get(one) for _, one in copies[member]]) for member, given in rows]
        case TierGift() as gift:
            return await _end_tiers(tx, bulk, gift, rows)
        case BenefitGift(ends_at=ends_at):
            copies = await _where_they_are(tx, bulk, rows)
            used = await benefits.end_many(tx, [copy for held in copies.values() for copy in held])
            gone = EXPIRED if _is_over(ends_at, tx.now) else GONE
            return [
                _of_copies(member, given, sum(used.get(one) == 0 for _, one in copies[member]),
                           USED if any(used.get(one) for _, one in copies[member]) else gone)
                for member, given in rows
            ]  # fmt: skip


async def _give_coupons(tx: Transaction, bulk: Bulk, template: str, rows: Sequence[Row]) -> dict[UUID, Settled]:
    """In the order of members, as long as there are copies of those that were kept. What somebody may not have is left
    for who comes later."""
    left = (bulk.kept or 0) - bulk.given
    settled: dict[UUID, Settled] = {}
    waiting = list(rows)
    while waiting:
        fit = fitting(waiting, left)
        if not fit:
            await look(tx, template)  # that it is no more given says more than that there is none
            return settled | {member: Settled(refusal=EXHAUSTED) for member, _ in waiting}
        refused = await issue_many(tx, template, [copy for row in fit for copy in _copies(bulk, *row)], CAUSE)
        done = {member: Settled(refusal=refused[member]) if member in refused else Settled(n) for member, n in fit}
        settled |= done
        left -= sum(one.given for one in done.values())
        waiting = [row for row in waiting if row[0] not in done]
    return settled


async def _end_tiers(tx: Transaction, bulk: Bulk, gift: TierGift, rows: Sequence[Row]) -> list[TakenFrom]:
    """Under the ids that they were set for, whoever is merged."""
    copies = {member: _copies(bulk, member, amount) for member, amount in rows}
    ended = await tiers.end_many(tx, [copy for held in copies.values() for copy in held])
    gone = EXPIRED if gift.until < tx.calendar.day(tx.now) else GONE
    return [_of_copies(member, given, sum(one in ended for _, one in copies[member]), gone) for member, given in rows]


def _require_ahead(until: date, tx: Transaction) -> None:
    if until < tx.calendar.day(tx.now):
        raise InvalidInput(path="$.gift.until", problem="must not be past")


def _points(bulk: Bulk, gift: PointsGift) -> PointsGrant:
    return PointsGrant(f"{CAUSE}:{bulk.grant_id}", CAUSE, gift.budget, gift.expires_on)


def _copies(bulk: Bulk, member_id: UUID, amount: int) -> list[tuple[UUID, UUID]]:
    if bulk.started_at is None:
        raise InvariantBroken("nothing is given before a grant is started")
    return [(member_id, copy_id(bulk.grant_id, bulk.started_at, member_id, number)) for number in range(amount)]


async def _where_they_are(tx: Transaction, bulk: Bulk, rows: Sequence[Row]) -> dict[UUID, list[tuple[UUID, UUID]]]:
    """By who was given them: copies with who has them now, after merges."""
    now = await states.canonical(tx, [member for member, _ in rows])
    return {
        member: [(now.get(member, member), one) for _, one in _copies(bulk, member, amount)] for member, amount in rows
    }


def _is_over(end: datetime | None, now: datetime) -> bool:
    return end is not None and end <= now


def _of_coupons(member: UUID, given: int, stay: Sequence[str | None]) -> TakenFrom:
    """stay: of each copy the state that keeps it from being taken back, None where it was."""
    kept = [state for state in stay if state is not None]
    return _of_copies(
        member, given, given - len(kept), next((one for one in kept if one == USED), kept[0]) if kept else ""
    )


def _of_points(member: UUID, given: int, taken: TakenBack | None) -> TakenFrom:
    """A posting whose lots went to another member with a merge has nothing left; to the grant that is spent."""
    if taken is None or taken.points >= given:
        return TakenFrom(member, given if taken else 0, None if taken else GONE)
    return TakenFrom(member, taken.points, HELD if taken.held else EXPIRED if taken.expired else SPENT)


def _of_copies(member: UUID, given: int, taken: int, why: str) -> TakenFrom:
    return TakenFrom(member, taken, why if taken < given else None)
