"""Members give points to each other (PTS-09)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberUnknown
from huixiang.platform.db import Transaction
from huixiang.points.model import POINTS, Book, PostingConflict
from huixiang.points.model.transfer import (
    ProposedTransfer,
    Transfer,
    TransferRefused,
    TransferRules,
    TransferToSelf,
    TransferUnknown,
)
from huixiang.points.ports import AllowAll, TransferRisk
from huixiang.points.rules.transfer import check_transfer, fee_of
from huixiang.points.service.post import lock_accounts
from huixiang.points.service.transit import Outgoing, dispatch
from huixiang.points.store import transfers as store
from huixiang.rulebook import service as rulebook

RULES_KIND = "transfer"
RULES_CODE = "default"

_risk: list[TransferRisk] = [AllowAll()]


def use_transfer_risk(risk: TransferRisk) -> None:
    """Called by each process that has somebody look at transfers, before it serves."""
    _risk[:] = [risk]


async def transfer(
    tx: Transaction, sender_id: UUID, receiver_id: UUID, points: int, *, transfer_id: UUID, book: Book = POINTS
) -> Transfer:
    """Send points of one member on their way to another; a handler brings them there, or back.

    The same `transfer_id` again is the same transfer, and answers with what became of it so far. Raises MemberUnknown,
    StateRefuses, TransferToSelf, TransferNotAllowed, TransferTooSoon, TransferOutsideLimit, TransferRefused,
    InsufficientPoints; PostingConflict for the id of another transfer.
    """
    if sender_id == receiver_id:
        raise TransferToSelf
    await members.require_able(tx, sender_id, Ability.SPEND)
    document = await rulebook.current(tx, RULES_KIND, RULES_CODE, tx.now)
    rules = document.read(TransferRules)
    locked = await lock_accounts(tx, [sender_id], [book])
    if known := await store.find_transfer(tx, sender_id, transfer_id):
        if (known.other_id, known.points, known.purpose) != (receiver_id, points, "transfer"):
            raise PostingConflict(key=str(transfer_id))
        return known
    fee = fee_of(rules, points)
    await _check(tx, sender_id, book, rules, points)
    proposed = ProposedTransfer(
        transfer_id=transfer_id, sender_id=sender_id, receiver_id=receiver_id, points=points, fee=fee
    )
    if not await _risk[0].allows(tx, proposed):
        raise TransferRefused
    outgoing = Outgoing(
        transfer_id=transfer_id, sender_id=sender_id, receiver_id=receiver_id, book=book, points=points,
        purpose="transfer", fee=fee, rule=f"{RULES_KIND}/{RULES_CODE}", rule_version=document.version,
    )  # fmt: skip
    [sent] = await dispatch(tx, [outgoing], locked)
    return sent


async def _check(tx: Transaction, sender_id: UUID, book: Book, rules: TransferRules, points: int) -> None:
    today = tx.calendar.day(tx.now)
    sent = await store.sent_since(
        tx, sender_id, book, day_start=tx.calendar.start_of(today), month_start=tx.calendar.month(today).start
    )
    registered_at = await store.registered_at(tx, sender_id)
    if registered_at is None:
        raise MemberUnknown(by="member_id")
    check_transfer(rules, points, sent, registered_at, tx.now)


async def read_transfer(tx: Transaction, member_id: UUID, transfer_id: UUID) -> Transfer:
    """A transfer as one of its two sides sees it. Raises TransferUnknown."""
    found = await store.find_transfer(tx, member_id, transfer_id)
    if found is None:
        raise TransferUnknown(transfer_id=transfer_id)
    return found


async def list_transfers(tx: Transaction, member_id: UUID, cursor: str | None, limit: int) -> Page[Transfer]:
    """What an owner sent and received, the latest first. Raises InvalidInput for a cursor of another list."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    found = await store.transfers_before(tx, member_id, before, limit + 1)
    return page_of(found, limit, lambda last: (last.created_at, last.transfer_id))
