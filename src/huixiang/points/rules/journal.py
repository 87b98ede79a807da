"""Writing a posting: the account's sums, its place in the chain, and the lots it opens."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256

from huixiang.kernel.epoch import days, microseconds
from huixiang.kernel.errors import InvariantBroken
from huixiang.points.model import (
    NEVER,
    Account,
    Clear,
    Credit,
    Keyed,
    Lot,
    Moment,
    Parcel,
    Posting,
    Receive,
    Release,
    Source,
    Spend,
    origin_key,
)
from huixiang.points.rules.canonical import NO_ID, encode_posting, link

NO_ORDER = NO_ID.hex()


def input_hash(command: Keyed) -> bytes:
    """The sha256 of what was asked. Times of processing, and what rules made of it, are not in it."""
    source = command.source
    if source.input_hash is not None:
        return source.input_hash
    if isinstance(command, (Credit, Spend)):
        asked, about = str(command.points), ""
    else:
        asked, about = _asked_of(command), origin_key(command) or ""
    order = NO_ORDER if source.order_ref is None else source.order_ref.hex
    return sha256(
        f"{type(command).__name__}\0{asked}\0{source.cause}\0{source.counter_account}\0{source.budget or ''}\0"
        f"{source.rule or ''}\0{source.rule_version}\0{microseconds(source.occurred_at)}\0{order}\0{about}".encode()
    ).digest()


def _asked_of(command: Keyed) -> str:
    if isinstance(command, Release | Clear):
        return ""
    if isinstance(command, Receive):
        return ",".join(map(_asked, command.parcels))
    return str(command.points)


def _asked(parcel: Parcel) -> str:
    pending = "" if parcel.matures_at is None else f"@{microseconds(parcel.matures_at)}"
    return f"{parcel.points}@{parcel.expires_on}{pending}"


class Entry:
    """A posting in the making: what it does to lots, and the lots it opens."""

    __slots__ = ("_account", "alloc", "opened")

    def __init__(self, account: Account) -> None:
        self._account = account
        self.alloc: list[int] = []
        self.opened: list[int] = []

    def change(self, lot: Lot, remaining: int, held: int = 0) -> None:
        """Change a lot and say so. A lot given back into is open again."""
        lot.remaining += remaining
        lot.held += held
        self.alloc += (lot.lot_no, remaining, held)
        if remaining > 0:
            _reopen(self._account, lot)

    def open(self, points: int, expires_on: date, matures_at: datetime | None = None, origin: Lot | None = None) -> Lot:
        """Open a lot. `origin`: whose points these are; the lot names the one in which they were first credited."""
        account = self._account
        root = (origin.origin_lot or origin.lot_no) if origin else None
        account.last_lot += 1
        lot = Lot(
            lot_no=account.last_lot,
            expires_on=expires_on,
            original=points,
            remaining=points,
            matures_at=matures_at,
            origin_posting=account.seq + 1,
            origin_lot=root,
        )
        account.lots[lot.lot_no] = lot
        maturity = -1 if matures_at is None else microseconds(matures_at)
        self.opened += (lot.lot_no, points, days(expires_on), maturity, root or 0)
        _reopen(account, lot)
        return lot


def _reopen(account: Account, lot: Lot) -> None:
    account.open_from, account.open_lot = min((account.open_from, account.open_lot), lot.place)


def close_emptied(account: Account) -> None:
    """Move the account's mark past the lots that are used up. All its open lots are loaded."""
    places = [lot.place for lot in account.lots.values() if lot.remaining]
    account.open_from, account.open_lot = min(places, default=(NEVER, account.last_lot))


def post(  # noqa: PLR0913 - the parts of a posting
    account: Account,
    kind: str,
    source: Source,
    moment: Moment,
    *,
    asked: bytes,
    key: str | None = None,
    origin: str | None = None,
    entry: Entry | None = None,
    points: int = 0,
    requested: int = 0,
    lapsed: int = 0,
    held: int = 0,
    pending: int = 0,
    debt: int = 0,
) -> Posting:
    """Add a posting to the account. `key`: where it is not the source's. Raises InvariantBroken, and nothing may be
    written then."""
    account.seq += 1
    account.balance += points + debt
    account.held += held
    account.pending += pending
    account.debt += debt
    account.recorded_at = max(account.recorded_at, moment.recorded_at)
    check(account)
    values = (
        account.member_id, account.book.number, account.seq, points, requested, lapsed, held, pending, debt, kind,
        source.cause, source.counter_account, source.budget, source.rule, source.rule_version, source.order_ref,
        source.occurred_at, account.recorded_at, key or source.key, origin, asked,
        tuple(entry.alloc) if entry else (), tuple(entry.opened) if entry else (),
    )  # fmt: skip
    account.head = link(account.head, encode_posting(*values))
    return Posting(*values, account.head)


def check(account: Account) -> None:
    """The identity of one account. A rule that breaks it is a defect, and nothing may be written then."""
    broken = (
        account.balance < 0
        or account.held < 0
        or account.pending < 0
        or account.available < 0
        or account.debt < 0
        or (account.debt > 0 and account.balance > account.held)
    )
    if broken:
        raise InvariantBroken(
            f"account {account.member_id}/{account.book.code} would have balance {account.balance}, "
            f"held {account.held}, pending {account.pending}, debt {account.debt}"
        )
