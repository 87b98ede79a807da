"""What finance staff do about payments at the console; each of it stands in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from huixiang.checkout.model.instructions import Instruction
from huixiang.checkout.model.statements import PaymentRow
from huixiang.checkout.service import instructions, on_way, reconciling
from huixiang.checkout.service.read import Stores
from huixiang.checkout.service.reconciling import Told
from huixiang.platform.db import Transaction
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry


async def send_again(
    tx: Transaction, order_id: UUID, instruction_id: UUID, staff_id: UUID, stores: Stores
) -> Instruction:
    """Send what failed once more. Raises OrderUnknown, InstructionUnknown, InstructionStateFixed."""
    owner = await on_way.seen_owner(tx, order_id, stores)
    await instructions.read(tx, owner, order_id, instruction_id)
    sent = await instructions.retry(tx, owner, instruction_id)
    after = {"order_id": str(order_id), "kind": sent.kind, "fen": sent.fen, "tries": sent.tries}
    await _record(tx, staff_id, "payment.sent_again", f"payment:{instruction_id}", after, owner)
    return sent


async def tell(tx: Transaction, day: date, rows: Sequence[PaymentRow], staff_id: UUID) -> list[Told]:
    """Take payments of a business day from a file, as `reconciling.tell` does. What changed nothing is not noted."""
    told = await reconciling.tell(tx, day, rows)
    kept = sum(one.version > 0 for one in told)
    if kept or not rows:
        await _record(tx, staff_id, "payment_statement.told", f"payment_statement:{day}", {"rows": kept})
    return told


async def _record(
    tx: Transaction,
    staff_id: UUID,
    action: str,
    subject: str,
    after: dict[str, Any],
    member_id: UUID | None = None,
) -> None:
    await staff.record(
        tx, AuditEntry(actor=f"staff:{staff_id}", action=action, subject=subject, member_id=member_id, after=after)
    )
