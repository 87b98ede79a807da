"""Taking points: spent by the member, or taken back. What a hold pins is never taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from huixiang.points.model import (
    Account,
    ClawBack,
    ClawBackPolicy,
    InsufficientPoints,
    Lot,
    Moment,
    Posting,
    Spend,
)
from huixiang.points.rules.journal import Entry, close_emptied, input_hash, post
from huixiang.points.rules.origins import Origin, to_take_back


def spend(account: Account, command: Spend, moment: Moment) -> Posting | None:
    if command.points <= 0:
        return None
    if command.points > account.available:
        raise InsufficientPoints(points=command.points, available=account.available)
    entry = Entry(account)
    for lot, taken in earliest_first(account, command.points):
        entry.change(lot, -taken)
    close_emptied(account)
    return post(
        account, command.kind, command.source, moment, asked=input_hash(command), entry=entry,
        points=-command.points, requested=-command.points,
    )  # fmt: skip


def earliest_first(account: Account, points: int) -> Iterator[tuple[Lot, int]]:
    """The lots to take available points from, earliest expiry first, with how much."""
    spendable = (lot for lot in account.lots.values() if lot.free and lot.matures_at is None)
    return _share(sorted(spendable, key=lambda lot: lot.place), points)


def _share(lots: Iterable[Lot], points: int) -> Iterator[tuple[Lot, int]]:
    for lot in lots:
        taken = min(lot.free, points)
        points -= taken
        if taken:
            yield lot, taken


def claw_back(account: Account, command: ClawBack, moment: Moment, origin: Origin | None) -> Posting | None:
    if command.points <= 0:
        return None
    earned = None if command.origin_key is None else to_take_back(origin, command.origin_key, command.points)
    if not account.book.has_lots:
        return _lower(account, command, moment)
    own = _own_lots(account, earned)
    lapsed = min(command.points, sum(lot.lapsed for lot in own) - earned.lapsed) if earned else 0
    wanted = command.points - lapsed
    entry = Entry(account)
    taken = pending = 0
    for lot, part in _share(_to_claw(account, own, command.policy), wanted):
        taken += part
        pending += part if lot.matures_at is not None else 0
        entry.change(lot, -part)
        if not lot.remaining:
            lot.matures_at = None
    close_emptied(account)
    debt = wanted - taken if command.policy is ClawBackPolicy.DEBT else 0
    return post(
        account, command.kind, command.source, moment, asked=input_hash(command), origin=command.origin_key,
        entry=entry, points=-taken - debt, requested=-command.points, lapsed=lapsed, pending=-pending, debt=debt,
    )  # fmt: skip


def _lower(account: Account, command: ClawBack, moment: Moment) -> Posting:
    """Without lots there is nothing to look for: the sum goes down by all of it, and what it falls short of is owed."""
    debt = max(command.points - account.balance, 0)
    if debt and command.policy is not ClawBackPolicy.DEBT:
        raise InsufficientPoints(points=command.points, available=account.balance)
    return post(
        account, command.kind, command.source, moment, asked=input_hash(command), origin=command.origin_key,
        points=-command.points, requested=-command.points, debt=debt,
    )  # fmt: skip


def _own_lots(account: Account, earned: Origin | None) -> list[Lot]:
    """The lots that an earning opened, and those that its points came back in."""
    opened = frozenset(earned.posting.opened[::5]) if earned else frozenset[int]()
    return [lot for lot in account.lots.values() if (lot.origin_lot or lot.lot_no) in opened]


def _to_claw(account: Account, own: Iterable[Lot], policy: ClawBackPolicy) -> list[Lot]:
    """The earning's own lots, then what is available, earliest expiry first, then as the policy says."""
    first = {lot.lot_no for lot in own}
    others = policy is not ClawBackPolicy.CASH
    lots = [
        lot for lot in account.lots.values() if lot.free and (lot.matures_at is None or others or lot.lot_no in first)
    ]
    return sorted(lots, key=lambda lot: (lot.lot_no not in first, lot.matures_at is not None, lot.place))
