"""Sums to charge and to give back: asked in the owner's transaction, told by the outbox, confirmed by the shop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import msgspec

from huixiang.checkout.events import PaymentChanged, PaymentInstructed
from huixiang.checkout.model.instructions import Instruction, InstructionUnknown, Kind, State
from huixiang.checkout.rules import instructions as rules
from huixiang.checkout.service.complete import BOOKS
from huixiang.checkout.store import instructions as store
from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.points import service as points

UNWANTED = "charge_unwanted"  # why a charge that nobody needed is given back

Settle = Callable[[Transaction, Instruction], Awaitable[None]]


async def ask(
    tx: Transaction, *, member_id: UUID, order_id: UUID, key: str, kind: Kind, fen: int, cause: str
) -> Instruction:
    """One sum, once for each order and key; the shop is told of it when this transaction is committed. Raises
    InvariantBroken for a sum that is none, and for another under the same key."""
    if fen <= 0:
        raise InvariantBroken(f"an instruction over {fen} fen for order {order_id}")
    wanted = rules.asked(member_id, order_id, key, kind, fen, cause, tx.now)
    if await store.insert(tx, wanted):
        _tell(tx, wanted)
        return wanted
    found = await store.find(tx, member_id, wanted.instruction_id)
    if found is None or (found.kind, found.fen) != (kind, fen):
        raise InvariantBroken(f"order {order_id} has asked for another sum under {key}")
    return found


async def confirm(
    tx: Transaction,
    member_id: UUID,
    instruction_id: UUID,
    reference: str,
    paid_at: datetime,
    settle: Settle | None = None,
) -> Instruction:
    """The money moved. The same payment again answers the same.

    A charge that was voided before is given back: `undone_by` of the answer names the instruction. settle: what is
    done with one that was waited for, in this transaction and once. Raises InstructionUnknown, InstructionPaidBefore,
    PaymentInFuture.
    """
    before = await _locked(tx, member_id, instruction_id)
    after = rules.confirmed(before, reference, paid_at, tx.now)
    if after is before:
        return before
    if before.state == "voided":
        after = await _undone(tx, after)
    await _save(tx, after, "confirmed")
    if settle is not None and after.undone_by is None:
        await settle(tx, after)
    return after


async def fail(tx: Transaction, member_id: UUID, instruction_id: UUID, reason: str) -> Instruction:
    """The money did not move. Raises InstructionUnknown, InstructionStateFixed."""
    before = await _locked(tx, member_id, instruction_id)
    after = rules.failed(before, reason)
    if after is not before:
        await _save(tx, after, "failed")
    return after


async def retry(tx: Transaction, member_id: UUID, instruction_id: UUID) -> Instruction:
    """Send what failed once more. Raises InstructionUnknown, InstructionStateFixed."""
    after = rules.retried(await _locked(tx, member_id, instruction_id), tx.now)
    await _save(tx, after, "retried")
    _tell(tx, after)
    return after


async def void(tx: Transaction, member_id: UUID, order_id: UUID, key: str) -> Instruction | None:
    """Nobody needs this charge any more; None where it was never asked for. What was paid already is asked back
    (`undone_by`), and so is what is paid later. The caller holds the member's accounts locked."""
    before = await store.find(tx, member_id, rules.instruction_id(order_id, key), lock=True)
    if before is None or before.undone_by is not None:
        return before
    if before.state == "confirmed":
        after = await _undone(tx, before)
        await _save(tx, after, "undone", tell=False)
        return after
    after = rules.voided(before, tx.now)
    if after is not before:
        await _save(tx, after, "voided")
    return after


async def of_order(tx: Transaction, member_id: UUID, order_id: UUID) -> list[Instruction]:
    """Those of one order, the first one first."""
    return await store.of_order(tx, member_id, order_id)


async def read(tx: Transaction, member_id: UUID, order_id: UUID, instruction_id: UUID) -> Instruction:
    """Raises InstructionUnknown, also for one of another order."""
    found = await store.find(tx, member_id, instruction_id)
    if found is None or found.order_id != order_id:
        raise InstructionUnknown(instruction_id=instruction_id)
    return found


async def listed(
    tx: Transaction, state: State, since: datetime | None, cursor: str | None, limit: int
) -> Page[Instruction]:
    """All members' in a state, last sent since then; the longest out first."""
    after = decode_cursor(cursor, datetime, UUID) if cursor is not None else None
    found = await store.listed(tx, state, since, after, limit + 1)
    return page_of(found, limit, lambda last: (last.sent_at, last.instruction_id))


async def _locked(tx: Transaction, member_id: UUID, instruction_id: UUID) -> Instruction:
    """Accounts first, as who places and cancels locks them, so that nobody waits crosswise."""
    await points.lock_accounts(tx, {member_id}, BOOKS)
    found = await store.find(tx, member_id, instruction_id, lock=True)
    if found is None:
        raise InstructionUnknown(instruction_id=instruction_id)
    return found


async def _undone(tx: Transaction, charge: Instruction) -> Instruction:
    """The charge, with the give-back that undoes it."""
    if charge.kind != "charge":
        raise InvariantBroken(f"instruction {charge.instruction_id} is no charge")
    back = await ask(
        tx,
        member_id=charge.member_id,
        order_id=charge.order_id,
        key=f"{charge.key}:{rules.BACK}",
        kind="give_back",
        fen=charge.fen,
        cause=UNWANTED,
    )
    return msgspec.structs.replace(charge, undone_by=back.instruction_id)


async def _save(tx: Transaction, after: Instruction, what: str, *, tell: bool = True) -> None:
    await store.save(tx, after, what, None if after.paid_at is None else tx.calendar.day(after.paid_at))
    if tell and after.state != "sent":
        tx.emit(
            PaymentChanged(
                member_id=after.member_id,
                occurred_at=tx.now,
                order_id=after.order_id,
                instruction_id=after.instruction_id,
                kind=after.kind,
                fen=after.fen,
                state=after.state,
            )
        )


def _tell(tx: Transaction, sent: Instruction) -> None:
    tx.emit(
        PaymentInstructed(
            member_id=sent.member_id,
            occurred_at=tx.now,
            order_id=sent.order_id,
            instruction_id=sent.instruction_id,
            kind=sent.kind,
            fen=sent.fen,
            cause=sent.cause,
            tries=sent.tries,
        )
    )
