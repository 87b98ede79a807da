"""Setting points aside, spending them, giving them free."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from huixiang.points.model import (
    Account,
    Capture,
    CaptureExceedsHold,
    HeldPoints,
    Hold,
    HoldFinished,
    InsufficientPoints,
    Lot,
    Moment,
    Posting,
    Release,
    hold_key,
)
from huixiang.points.rules.journal import Entry, close_emptied, input_hash, post
from huixiang.points.rules.origins import Origin, hold_made
from huixiang.points.rules.takings import earliest_first


def hold(account: Account, command: Hold, moment: Moment) -> Posting | None:
    if command.points <= 0:
        return None
    if command.points > account.available:
        raise InsufficientPoints(points=command.points, available=account.available)
    entry = Entry(account)
    pinned: list[int] = []
    for lot, taken in earliest_first(account, command.points):
        entry.change(lot, 0, taken)
        pinned += (lot.lot_no, taken)
    account.holds[command.hold_id] = HeldPoints(
        command.hold_id, command.points, tuple(pinned), command.expires_at, command.source.order_ref
    )
    return post(
        account, "hold", command.source, moment, asked=input_hash(command), key=hold_key(command.hold_id), entry=entry,
        held=command.points,
    )  # fmt: skip


def capture(account: Account, command: Capture, moment: Moment, origin: Origin | None) -> Posting:
    made = hold_made(origin, command.hold_id)
    if any(finish.kind == "capture" for finish in made.reversals):
        raise HoldFinished(hold_id=command.hold_id, kind="capture")
    if command.points > made.posting.held_delta:
        raise CaptureExceedsHold(hold_id=command.hold_id, held=made.posting.held_delta, points=command.points)
    held = account.holds.pop(command.hold_id, None)
    entry = Entry(account)
    debt = 0
    if held is None:
        taken = min(command.points, account.available)
        for lot, part in earliest_first(account, taken):
            entry.change(lot, -part)
    else:
        taken = command.points
        captured, rest = _split(account, held, command.points)
        for lot, part in captured:
            entry.change(lot, -part, -part)
        debt = _free(account, entry, rest, moment)
    close_emptied(account)
    return post(
        account, "capture", command.source, moment, asked=input_hash(command), origin=hold_key(command.hold_id),
        entry=entry, points=-taken, requested=-command.points, held=-held.points if held else 0, debt=-debt,
    )  # fmt: skip


def _split(account: Account, held: HeldPoints, points: int) -> tuple[list[tuple[Lot, int]], list[tuple[Lot, int]]]:
    """What to capture, earliest expiry first, and the rest."""
    captured: list[tuple[Lot, int]] = []
    rest: list[tuple[Lot, int]] = []
    for lot, pinned in pinned_lots(account, held):
        part = min(pinned, points)
        points -= part
        if part:
            captured.append((lot, part))
        if pinned > part:
            rest.append((lot, pinned - part))
    return captured, rest


def release(account: Account, command: Release, moment: Moment, origin: Origin | None) -> Posting:
    made = hold_made(origin, command.hold_id)
    held = account.holds.get(command.hold_id)
    if held is None:
        # What is due was done just now, and is not among the reversals: a hold past its time was released.
        kind = made.reversals[-1].kind if made.reversals else "release"
        raise HoldFinished(hold_id=command.hold_id, kind=kind)
    entry, debt = free_all(account, held, moment)
    return post(
        account, "release", command.source, moment, asked=input_hash(command), origin=hold_key(command.hold_id),
        entry=entry, held=-held.points, debt=-debt,
    )  # fmt: skip


def free_all(account: Account, held: HeldPoints, moment: Moment) -> tuple[Entry, int]:
    """End a hold as of a moment; what it did to lots, and the debt that was paid of it."""
    del account.holds[held.hold_id]
    entry = Entry(account)
    debt = _free(account, entry, pinned_lots(account, held), moment)
    close_emptied(account)
    return entry, debt


def pinned_lots(account: Account, held: HeldPoints) -> Iterator[tuple[Lot, int]]:
    """What a hold pins, in the order of its lots."""
    for lot_no, pinned in zip(*[iter(held.alloc)] * 2, strict=True):
        yield account.lots[lot_no], pinned


def _free(account: Account, entry: Entry, pinned: Iterable[tuple[Lot, int]], moment: Moment) -> int:
    """Unpin. A debt is paid first, or points would be free beside it; what outlived its day gets a little longer, as a
    new lot. Returns the debt that was paid."""
    paid = 0
    for lot, points in pinned:
        to_debt = min(account.debt - paid, points)
        paid += to_debt
        rest = points - to_debt
        if rest and lot.expires_on < moment.today:
            entry.change(lot, -points, -points)
            entry.open(rest, moment.release_until, origin=lot)
        else:
            entry.change(lot, -to_debt, -points)
    return paid
