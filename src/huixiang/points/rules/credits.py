"""Adding points: earned, received, given back. A credit pays the account's debt first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from huixiang.points.model import (
    Account,
    Credit,
    Lot,
    Moment,
    Parcel,
    Posting,
    Receive,
    Return,
)
from huixiang.points.rules import caps
from huixiang.points.rules.journal import Entry, input_hash, post
from huixiang.points.rules.origins import Origin, to_give_back


def credit(account: Account, command: Credit, moment: Moment, counted: caps.Counted) -> Posting | None:
    """None for a credit of nothing. One that caps cut to nothing is posted, so that it can be shown."""
    if command.points <= 0:
        return None
    granted = caps.grant(account, command.caps, command.points, counted)
    paid = min(account.debt, granted)
    rest = granted - paid
    entry = Entry(account)
    pending = 0
    if account.book.has_lots and rest:
        lot = entry.open(rest, command.expires_on, command.matures_at)
        pending = rest if lot.matures_at is not None else 0
    return post(
        account, command.kind, command.source, moment, asked=input_hash(command), entry=entry,
        points=granted, requested=command.points, pending=pending, debt=-paid,
    )  # fmt: skip


def receive(account: Account, command: Receive, moment: Moment) -> Posting | None:
    if command.points <= 0:
        return None
    entry = Entry(account)
    parcels = sorted(command.parcels, key=lambda parcel: parcel.expires_on)
    paid = min(account.debt, command.points)
    pending = 0
    for parcel in _beyond(parcels, paid) if account.book.has_lots else ():
        waits = parcel.matures_at is not None and parcel.matures_at > moment.recorded_at
        entry.open(parcel.points, parcel.expires_on, parcel.matures_at if waits else None)
        pending += parcel.points if waits else 0
    return post(
        account, command.kind, command.source, moment, asked=input_hash(command), entry=entry,
        points=command.points, requested=command.points, pending=pending, debt=-paid,
    )  # fmt: skip


def give_back(account: Account, command: Return, moment: Moment, origin: Origin | None) -> Posting | None:
    """Give back what a posting spent. What was taken last comes back first, as if less had been spent."""
    if command.points <= 0:
        return None
    spent = to_give_back(origin, command.origin_key, command.points)
    pieces = list(_pieces(account, spent.posting, spent.reversed, command.points))
    paid = min(account.debt, command.points)
    soon = moment.today + timedelta(days=command.min_days)
    entry = Entry(account)
    for piece, lot in _after_debt(pieces, paid):
        if lot.expires_on >= soon:
            entry.change(lot, piece)
        else:
            entry.open(piece, soon, origin=lot)
    return post(
        account, "return", command.source, moment, asked=input_hash(command), origin=command.origin_key, entry=entry,
        points=command.points, requested=command.points, debt=-paid,
    )  # fmt: skip


def _pieces(account: Account, spent: Posting, before: int, points: int) -> Iterator[tuple[int, Lot]]:
    """What was taken from which lot, from the last taken on, without the first `before` points and up to `points`."""
    skip, want = before, points
    for lot_no, taken in reversed(list(taken_from_lots(spent))):
        skipped = min(skip, taken)
        skip -= skipped
        piece = min(taken - skipped, want)
        want -= piece
        if piece:
            yield piece, account.lots[lot_no]


def taken_from_lots(spent: Posting) -> Iterator[tuple[int, int]]:
    """(lot number, points) of what a posting spent. What a partial capture released stands after what it captured."""
    left = -spent.points
    for lot_no, remaining, _ in zip(*[iter(spent.alloc)] * 3, strict=True):
        taken = min(-remaining, left)
        left -= taken
        if taken > 0:
            yield lot_no, taken


def _after_debt(pieces: list[tuple[int, Lot]], paid: int) -> Iterator[tuple[int, Lot]]:
    """What is left of the pieces when a debt has been paid from the earliest of them."""
    for piece, lot in sorted(pieces, key=lambda one: one[1].place):
        to_debt = min(piece, paid)
        paid -= to_debt
        if piece > to_debt:
            yield piece - to_debt, lot


def _beyond(parcels: Iterable[Parcel], paid: int) -> Iterator[Parcel]:
    for parcel in parcels:
        to_debt = min(parcel.points, paid)
        paid -= to_debt
        if parcel.points > to_debt:
            yield Parcel(parcel.points - to_debt, parcel.expires_on, parcel.matures_at)
