"""All of one account for another: what goes along, and whether it can come back."""

from __future__ import annotations

from collections.abc import Iterable

from huixiang.kernel.errors import InvariantBroken
from huixiang.points.model import Account, Lot, Moment, Parcel, Posting
from huixiang.points.model.commands import MoveOut
from huixiang.points.rules.journal import Entry, close_emptied, input_hash, post


def move_out(account: Account, command: MoveOut, moment: Moment) -> Posting | None:
    """Raises InvariantBroken for what is not there: the caller looked under the lock."""
    if not command.lots and not command.points:
        return None
    if not account.book.has_lots:
        return _out_of_sum(account, command, moment)
    entry = Entry(account)
    taken = pending = 0
    for lot_no in command.lots:
        lot = account.lots[lot_no]
        if lot.held:
            raise InvariantBroken(f"lot {lot_no} of {account.member_id} is held and was to be moved")
        taken += lot.remaining
        pending += lot.remaining if lot.matures_at is not None else 0
        entry.change(lot, -lot.remaining)
        lot.matures_at = None
    debt = taken - command.points
    if not 0 <= debt <= account.debt:
        raise InvariantBroken(f"{command.points} points of {account.member_id} were to be moved, {taken} are there")
    close_emptied(account)
    return post(
        account, "merged_out", command.source, moment, asked=input_hash(command), entry=entry, points=-command.points,
        requested=-command.points, pending=-pending, debt=-debt,
    )  # fmt: skip


def _out_of_sum(account: Account, command: MoveOut, moment: Moment) -> Posting:
    """Without lots a sum goes down, and what it falls short of is owed for now; or up, and that pays a debt first."""
    change = -command.points
    debt = max(-change - account.balance, 0) if change < 0 else -min(account.debt, change)
    return post(
        account, "merged_out", command.source, moment, asked=input_hash(command), points=change, requested=change,
        debt=debt,
    )  # fmt: skip


def parcels_of(lots: Iterable[Lot]) -> tuple[Parcel, ...]:
    """What is in lots, as it would come into another account."""
    return tuple(Parcel(lot.remaining, lot.expires_on, lot.matures_at) for lot in lots if lot.remaining)


def untouched(account: Account, moved_in: Posting) -> list[Lot] | None:
    """The lots that a `merged_in` posting opened, where nothing of them was spent or is held and it paid no debt; of a
    debt none, where all of it is still owed. None where it cannot be told apart any more from what the account had."""
    if moved_in.points < 0:
        return [] if moved_in.debt_delta == -moved_in.points <= account.debt else None
    lots = [account.lots[lot_no] for lot_no in moved_in.opened[::5]]
    whole = all(not lot.held and lot.remaining + lot.lapsed == lot.original for lot in lots)
    return lots if whole and not moved_in.debt_delta else None
