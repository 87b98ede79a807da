"""What a command does to an account. Pure: it changes the `Account` it is given and returns the posting, no more.

The identity kept after every posting (docs/domain/points.md):
sum of postings = balance - debt; sum of lots = balance; available >= 0; a debt only where nothing is free to take.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from huixiang.kernel.errors import InvariantBroken
from huixiang.points.model import Account, ClawBack, Command, Credit, Lot, Mature, Posting, Source
from huixiang.points.rules.canonical import NO_ID, encode_posting, link, microseconds


def input_hash(command: Command) -> bytes:
    """What tells a replay from another command under the same key. Times of processing are not in it."""
    source = command.source
    points = 0 if isinstance(command, Mature) else command.points
    parts = (
        type(command).__name__,
        str(points),
        source.cause,
        source.counter_account,
        source.budget or "",
        source.rule or "",
        str(source.rule_version),
        str(microseconds(source.occurred_at)),
        (source.order_ref.bytes if source.order_ref else NO_ID).hex(),
    )
    return sha256("\0".join(parts).encode()).digest()


def apply(account: Account, command: Command, recorded_at: datetime, origin_lots: Iterable[int] = ()) -> Posting | None:
    """Apply one command; None where there is nothing to post. `origin_lots` are the lots of a claw-back's origin."""
    match command:
        case Credit():
            return _credit(account, command, recorded_at)
        case ClawBack():
            return _claw_back(account, command, recorded_at, frozenset(origin_lots))
        case Mature():
            return _mature(account, command, recorded_at)


def _credit(account: Account, command: Credit, recorded_at: datetime) -> Posting | None:
    if command.points <= 0:
        return None
    to_debt = min(account.debt, command.points)
    rest = command.points - to_debt
    pending = rest if command.matures_at is not None and account.book.has_lots else 0
    alloc: tuple[int, ...] = ()
    if account.book.has_lots and rest:
        account.last_lot += 1
        lot = Lot(
            lot_no=account.last_lot,
            expires_on=command.expires_on,
            original=rest,
            remaining=rest,
            held=0,
            matures_at=command.matures_at,
            origin_posting=account.seq + 1,
        )
        account.lots.append(lot)
        alloc = (lot.lot_no, rest)
    return _post(
        account, "earn", command, recorded_at, points=command.points, pending=pending, debt=-to_debt, alloc=alloc
    )


def _claw_back(
    account: Account, command: ClawBack, recorded_at: datetime, origin_lots: frozenset[int]
) -> Posting | None:
    if command.points <= 0:
        return None
    if not account.book.has_lots:
        return _post(account, "claw_back", command, recorded_at, points=-command.points)
    left = command.points
    pending = 0
    alloc: list[int] = []
    for lot in sorted(account.lots, key=lambda lot: _taking_order(lot, origin_lots)):
        taken = min(lot.free, left)
        if taken:
            lot.remaining -= taken
            left -= taken
            alloc += (lot.lot_no, -taken)
            if lot.matures_at is not None:
                pending -= taken
                if not lot.remaining:
                    lot.matures_at = None
        if not left:
            break
    return _post(
        account,
        "claw_back",
        command,
        recorded_at,
        points=-command.points,
        pending=pending,
        debt=left,
        alloc=tuple(alloc),
    )


def _taking_order(lot: Lot, origin_lots: frozenset[int]) -> tuple[bool, bool, object, int]:
    """The order's own lots, then what is spendable, earliest expiry first, then what is still pending."""
    return (lot.lot_no not in origin_lots, lot.matures_at is not None, lot.expires_on, lot.lot_no)


def _mature(account: Account, command: Mature, recorded_at: datetime) -> Posting | None:
    due = [lot for lot in account.lots if lot.matures_at is not None and lot.matures_at <= recorded_at]
    alloc: list[int] = []
    for lot in due:
        lot.matures_at = None
        alloc += (lot.lot_no, lot.remaining)
    matured = sum(lot.remaining for lot in due)
    if not matured:
        return None
    return _post(account, "mature", command, recorded_at, pending=-matured, alloc=tuple(alloc))


def _post(
    account: Account,
    kind: str,
    command: Command,
    recorded_at: datetime,
    *,
    points: int = 0,
    pending: int = 0,
    debt: int = 0,
    alloc: tuple[int, ...] = (),
) -> Posting:
    account.seq += 1
    account.balance += points + debt
    account.pending += pending
    account.debt += debt
    check(account)
    posting = chained(
        account.head,
        command.source,
        member_id=account.member_id,
        book=account.book,
        seq=account.seq,
        points=points,
        held_delta=0,
        pending_delta=pending,
        debt_delta=debt,
        kind=kind,
        recorded_at=recorded_at,
        input_hash=input_hash(command),
        alloc=alloc,
    )
    account.head = posting.hash
    return posting


def chained(previous: bytes, source: Source, **fields: object) -> Posting:
    """A posting with its place in the chain."""
    content = {
        **fields,
        "cause": source.cause,
        "counter_account": source.counter_account,
        "budget": source.budget,
        "rule": source.rule,
        "rule_version": source.rule_version,
        "order_ref": source.order_ref,
        "occurred_at": source.occurred_at,
        "key": source.key,
    }
    return Posting(**content, hash=link(previous, encode_posting(**content)))  # type: ignore[arg-type]


def check(account: Account) -> None:
    """The identity of one account. A rule that breaks it is a defect, and nothing may be written then."""
    broken = (
        account.balance < 0
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
