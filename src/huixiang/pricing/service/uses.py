"""What orders take of the caps of rules: a member's are counted with the order, those of all are tickets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.platform.db import Transaction
from huixiang.pricing import store
from huixiang.pricing.model.rules import Cap
from huixiang.pricing.model.taken import Taken
from huixiang.pricing.rules import budgets
from huixiang.pricing.rules import caps as rules
from huixiang.pricing.service.promise import Promise
from huixiang.stock.model import Definition, Kind, Unit, Wanted

SHARDS = 8  # of budgets in fen, which every order under a rule takes from


def of_member(promise: Promise, day: date, calendar: BusinessCalendar) -> list[Taken]:
    """What an order of that business day takes of its member's caps."""
    return rules.taken(promise.priced.applied, promise.caps, "member", day, calendar)


async def count(tx: Transaction, member_id: UUID, taken: Sequence[Taken], promise: Promise) -> list[tuple[str, Cap]]:
    """Count an order under its member's caps, whose account the caller has locked; the caps that it is above, each with
    its rule: then the transaction must not be kept."""
    return rules.exceeded(await store.count_use(tx, member_id, taken, +1), promise.caps)


async def give_back(tx: Transaction, member_id: UUID, taken: Sequence[Taken]) -> None:
    """An order takes nothing after all."""
    await store.count_use(tx, member_id, taken, -1)


def wanted(promise: Promise, day: date, calendar: BusinessCalendar) -> list[Wanted]:
    """What an order of that business day takes of caps for all and of budgets. A resource is made at its first use, as
    the version of the quote has it."""
    return [*_of_caps(promise, day, calendar), *_of_budgets(promise, day, calendar)]


def _of_caps(promise: Promise, day: date, calendar: BusinessCalendar) -> Iterator[Wanted]:
    for one in rules.taken(promise.priced.applied, promise.caps, "all", day, calendar):
        for cap in promise.caps[one.rule]:
            amount = getattr(one, cap.of)
            if cap.per == "all" and cap.in_a == one.in_a and amount:
                key = rules.resource_key(one.rule, cap.of, one.in_a, one.starts_on)
                definition = _definition(promise, cap.of, cap.at_most)
                yield Wanted(kind=Kind.PROMOTION_CAP, key=key, amount=amount, definition=definition)


def _of_budgets(promise: Promise, day: date, calendar: BusinessCalendar) -> Iterator[Wanted]:
    for one, fen in budgets.taken(promise.priced.applied, promise.chains).items():
        if fen:
            key = budgets.resource_key(one.code, one.in_a, rules.starts(one.in_a, day, calendar))
            yield Wanted(kind=Kind.BUDGET, key=key, amount=fen, definition=_definition(promise, "fen", one.at_most))


def _definition(promise: Promise, unit: Unit, capacity: int) -> Definition:
    return Definition(
        unit=unit,
        capacity=capacity,
        version=promise.kept.version,
        shards=SHARDS if unit == "fen" else 1,
        source="promotions",
    )


async def move(tx: Transaction, from_id: UUID, to_id: UUID, taken: Sequence[Taken]) -> None:
    """What orders of one member took of their caps counts for another, whose orders they are now."""
    summed = rules.summed(taken)
    await store.count_use(tx, from_id, summed, -1)
    await store.count_use(tx, to_id, summed, +1)
