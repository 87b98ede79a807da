"""Publications and withdrawals that wait for a second person: asked for here, run when they are approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from huixiang.kernel.errors import Problem
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event
from huixiang.rulebook.model import Difference, NewVersion, RuleBaseMoved, RuleDocumentWithdrawn
from huixiang.rulebook.service.drafts import compare, source_of, submit
from huixiang.rulebook.service.kinds import examine
from huixiang.rulebook.service.publish import withdraw
from huixiang.rulebook.service.read import standing
from huixiang.staff import service as staff
from huixiang.staff.events import ApprovalGranted
from huixiang.staff.model.approvals import Approval, Change, Granted, NewApproval

PUBLISH, WITHDRAW = "rulebook.publish", "rulebook.withdraw"
DECIDED_BY = "rulebook:approve"


async def request_publication(tx: Transaction, kind: str, code: str, new: NewVersion, made_by: UUID) -> Approval:
    """Ask for what `submit` does, with the difference to what is in force, and what may be a slip. Raises as that."""
    body, draft = await source_of(tx, kind, code, new)
    examined = await examine(tx, kind, code, body, new.valid_from or tx.now, new.valid_to)
    latest = (await standing(tx, kind, code)).latest
    if new.base != latest:
        raise RuleBaseMoved(kind=kind, document=code, base=new.base, latest=latest)
    pinned = msgspec.structs.replace(new, edition=draft.edition) if draft else new
    asked = NewApproval(
        command=PUBLISH,
        subject=f"rule:{kind}/{code}",
        payload={"kind": kind, "code": code, "new": msgspec.to_builtins(pinned)},
        difference=_changes(await compare(tx, kind, code, body), examined.warnings),
        base=str(new.base),
        reason=new.note,
        decided_by=DECIDED_BY,
    )
    return await staff.request_approval(tx, asked, made_by)


async def request_withdrawal(tx: Transaction, kind: str, code: str, number: int, note: str, made_by: UUID) -> Approval:
    """Ask for what `withdraw` does. Raises as it does."""
    there = (await standing(tx, kind, code)).numbered(number)
    if there.state == "withdrawn":
        raise RuleDocumentWithdrawn(kind=kind, document=code, version=number)
    asked = NewApproval(
        command=WITHDRAW,
        subject=f"rule:{kind}/{code}",
        payload={"kind": kind, "code": code, "version": number},
        difference=[Change(path=f"version {number}", before=there.state, after="withdrawn")],
        base=str(number),
        reason=note,
        decided_by=DECIDED_BY,
    )
    return await staff.request_approval(tx, asked, made_by)


async def run_approved(tx: Transaction, events: Sequence[Event]) -> None:
    """Publish and withdraw what was approved. What another publication has overtaken meanwhile is refused."""
    commands = {PUBLISH: _publish, WITHDRAW: _withdraw}
    for event in events:
        if isinstance(event, ApprovalGranted) and event.command in commands:
            await staff.carry_out(tx, event.approval_id, commands[event.command])


async def _publish(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    new = msgspec.convert(granted.payload["new"], NewVersion)
    done = await submit(tx, granted.payload["kind"], granted.payload["code"], new, f"staff:{granted.made_by}")
    return {"version": done.document.version}


async def _withdraw(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    what = granted.payload
    by, note = f"staff:{granted.made_by}", granted.reason
    done = await withdraw(tx, what["kind"], what["code"], what["version"], by=by, note=note)
    return {"version": done.version}


def _changes(difference: Difference, warnings: Sequence[Problem]) -> list[Change]:
    changes = [Change(path=one.path, before=one.before, after=one.after) for one in difference.changes]
    if difference.more:
        changes.append(Change(path="...", after=f"{difference.more} more"))
    return [*changes, *(Change(path=f"warning {one.path}", after=one.problem) for one in warnings)]
