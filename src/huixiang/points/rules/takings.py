"""Taking points: spent by the member, or taken back. What a hold pins is never taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huixiang.points.model import (
    Account,
    ClawBack,
    ClawBackPolicy,
    ExceedsOrigin,
    InsufficientPoints,
    Lot,
    Moment,
    OriginUnknown,
    Posting,
    Spend,
)
from huixiang.points.rules.journal import Entry, close_emptied, input_hash, post


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
    yield from _share(sorted(spendable, key=lambda lot: lot.place), points)


def _share(lots: Sequence[Lot], points: int) -> Iterator[tuple[Lot, int]]:
    for lot in lots:
        taken = min(lot.free, points)
        points -= taken
        if taken:
            yield lot, taken


def claw_back(
    account: Account, command: ClawBack, moment: Moment, earned: Posting | None, before: int
) -> Posting | None:
    """Take back; `before` of what was earned was taken back already."""
    if command.points <= 0:
        return None
    if command.origin_key is not None:
        if earned is None:
            raise OriginUnknown(key=command.origin_key)
        if command.points > earned.points - before:
            left = max(earned.points - before, 0)
            raise ExceedsOrigin(key=command.origin_key, points=command.points, left=left)
    entry = Entry(account)
    lapsed = pending = 0
    left = command.points
    if account.book.has_lots:
        own = frozenset(earned.opened[::5]) if earned else frozenset[int]()
        lapsed = _count_lapsed(account, own, left)
        left -= lapsed
        for lot, taken in _share(_to_claw(account, own, command.policy), left):
            left -= taken
            pending += taken if lot.matures_at is not None else 0
            entry.change(lot, -taken)
            if not lot.remaining:
                lot.matures_at = None
        close_emptied(account)
    debt = left if account.book.has_lots and command.policy is ClawBackPolicy.DEBT else 0
    # Without lots there is nothing to look for: the sum goes down by all of it.
    taken = command.points - lapsed - (left if account.book.has_lots else 0)
    return post(
        account, "claw_back", command.source, moment, asked=input_hash(command), origin=command.origin_key, entry=entry,
        points=-taken - debt, requested=-command.points, lapsed=lapsed, pending=-pending, debt=debt,
    )  # fmt: skip


def _count_lapsed(account: Account, own: frozenset[int], points: int) -> int:
    """How much of what is to be taken back expired in the lots that it was earned in."""
    counted = 0
    for lot_no in sorted(own):
        lot = account.lots[lot_no]
        part = min(lot.lapsed, points - counted)
        lot.lapsed -= part
        counted += part
    return counted


def _to_claw(account: Account, own: frozenset[int], policy: ClawBackPolicy) -> list[Lot]:
    """The earning's own lots, then what is spendable, earliest expiry first, then what is still pending."""
    lots = [lot for lot in account.lots.values() if lot.free]
    if policy is ClawBackPolicy.PENDING_ONLY:
        lots = [lot for lot in lots if lot.matures_at is not None]
    return sorted(lots, key=lambda lot: (lot.lot_no not in own, lot.matures_at is not None, lot.place))
