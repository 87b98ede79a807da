"""What time brings to an account: holds past their time, lots that matured, lots past their last day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from huixiang.points.model import Account, Clear, HeldPoints, Lot, Moment, Posting, Source, hold_key
from huixiang.points.rules.holds import free_all
from huixiang.points.rules.journal import Entry, close_emptied, input_hash, post
from huixiang.points.rules.moment import moment as moment_at
from huixiang.points.rules.origins import Origin, to_take_back

NOTHING_ASKED = b"\0" * 32


def is_due(account: Account, moment: Moment) -> bool:
    return any(_over(hold, moment) for hold in account.holds.values()) or any(
        _matured(lot, moment) or _past(lot, moment) for lot in account.lots.values()
    )


def settle(account: Account, moment: Moment) -> list[Posting]:
    """Do what is due. Nobody's key makes it once: the state does, under the account's lock."""
    over = [(held.expires_at, held) for held in account.holds.values() if held.expires_at and _over(held, moment)]
    postings = [
        _release(account, held, ended, moment)
        for ended, held in sorted(over, key=lambda one: (one[0], one[1].hold_id.bytes))
    ]
    postings += _mature(account, moment)
    postings += _expire(account, moment)
    return postings


def clear(account: Account, command: Clear, moment: Moment, origin: Origin | None) -> Posting | None:
    """End the waiting of what one posting opened, before its time. None where nothing of it waits."""
    opened = frozenset(to_take_back(origin, command.origin_key, 0).posting.opened[::5])
    waiting = [lot for lot in account.lots.values() if lot.lot_no in opened and lot.matures_at is not None]
    if not waiting:
        return None
    entry = Entry(account)
    return post(
        account, "mature", command.source, moment, asked=input_hash(command), origin=command.origin_key, entry=entry,
        pending=-_make_spendable(entry, waiting),
    )  # fmt: skip


def _make_spendable(entry: Entry, lots: list[Lot]) -> int:
    """How many points that frees."""
    for lot in sorted(lots, key=lambda lot: lot.place):
        lot.matures_at = None
        entry.change(lot, 0)
    return sum(lot.remaining for lot in lots)


def _over(held: HeldPoints, moment: Moment) -> bool:
    return held.expires_at is not None and held.expires_at <= moment.recorded_at


def _matured(lot: Lot, moment: Moment) -> bool:
    return lot.matures_at is not None and lot.matures_at <= moment.recorded_at


def _past(lot: Lot, moment: Moment) -> bool:
    return lot.free > 0 and lot.expires_on < moment.today


def _release(account: Account, held: HeldPoints, ended: datetime, moment: Moment) -> Posting:
    """What is spared is spared from when the hold ended, not from when somebody noticed."""
    entry, debt = free_all(account, held, moment_at(ended, moment.calendar))
    origin = hold_key(held.hold_id)
    return post(
        account, "release", _source(account, "hold_expired", "", moment), moment, asked=NOTHING_ASKED, origin=origin,
        entry=entry, held=-held.points, debt=-debt,
    )  # fmt: skip


def _mature(account: Account, moment: Moment) -> Iterator[Posting]:
    due = [lot for lot in account.lots.values() if _matured(lot, moment)]
    if not due:
        return
    entry = Entry(account)
    yield post(
        account, "mature", _source(account, "mature", "", moment), moment, asked=NOTHING_ASKED, entry=entry,
        pending=-_make_spendable(entry, due),
    )  # fmt: skip


def _expire(account: Account, moment: Moment) -> Iterator[Posting]:
    past = sorted((lot for lot in account.lots.values() if _past(lot, moment)), key=lambda lot: lot.place)
    if not past:
        return
    entry = Entry(account)
    points = pending = 0
    for lot in past:
        free = lot.free
        points += free
        pending += free if lot.matures_at is not None else 0
        lot.lapsed += free
        entry.change(lot, -free)
        if not lot.remaining:
            lot.matures_at = None
    close_emptied(account)
    yield post(
        account, "expire", _source(account, "expiry", "expired", moment), moment, asked=NOTHING_ASKED, entry=entry,
        points=-points, requested=-points, pending=-pending,
    )  # fmt: skip


def _source(account: Account, cause: str, counter_account: str, moment: Moment) -> Source:
    """The place in the chain makes the key one of a kind."""
    recorded_at = max(account.recorded_at, moment.recorded_at)
    return Source(
        key=f"{cause}:{account.seq + 1}", cause=cause, counter_account=counter_account, occurred_at=recorded_at
    )
