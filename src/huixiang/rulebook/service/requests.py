"""Publications and withdrawals that wait for a second person: asked for here, run when they are approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from huixiang.kernel.errors import Problem
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event
from huixiang.rulebook.model import Difference, NewVersion, RuleBaseMoved, RuleDocumentWithdrawn, RuleDraftMoved
from huixiang.rulebook.service.drafts import compare, source_of, submit
from huixiang.rulebook.service.kinds import examine, require_withdrawable
from huixiang.rulebook.service.publish import withdraw
from huixiang.rulebook.service.read import standing, version
from huixiang.staff import service as staff
from huixiang.staff.events import ApprovalGranted
from huixiang.staff.model.approvals import Approval, Change, Granted, Maker, NewApproval

PUBLISH, WITHDRAW = "rulebook.publish", "rulebook.withdraw"
DECIDED_BY = "rulebook:approve"


async def request_publication(tx: Transaction, kind: str, code: str, new: NewVersion, by: Maker) -> Approval:
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
    return await staff.request_approval(tx, asked, by.made_by, by.kind)


async def request_withdrawal(tx: Transaction, kind: str, code: str, number: int, note: str, by: Maker) -> Approval:
    """Ask for what `withdraw` does. Raises as it does."""
    there = (await standing(tx, kind, code)).numbered(number)
    if there.state == "withdrawn":
        raise RuleDocumentWithdrawn(kind=kind, document=code, version=number)
    await require_withdrawable(tx, kind, number, there.period)
    asked = NewApproval(
        command=WITHDRAW,
        subject=f"rule:{kind}/{code}",
        payload={"kind": kind, "code": code, "version": number},
        difference=[Change(path=f"version {number}", before=there.state, after="withdrawn")],
        base=str(number),
        reason=note,
        decided_by=DECIDED_BY,
    )
    return await staff.request_approval(tx, asked, by.made_by, by.kind)


async def run_approved(tx: Transaction, events: Sequence[Event]) -> None:
    """Publish and withdraw what was approved. What another publication has overtaken meanwhile is refused."""
    commands = {PUBLISH: _publish, WITHDRAW: _withdraw}
    for event in events:
        if isinstance(event, ApprovalGranted) and event.command in commands:
            await staff.carry_out(tx, event.approval_id, commands[event.command])


async def _publish(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    new = msgspec.convert(granted.payload["new"], NewVersion)
    kind, code = granted.payload["kind"], granted.payload["code"]
    try:
        done = await submit(tx, kind, code, new, granted.maker)
    except RuleBaseMoved as refusal:
        refusal.problems = await _since(tx, kind, code, new.base)
        raise
    except RuleDraftMoved as refusal:
        refusal.problems = [Problem("$.edition", "the draft was written anew after this was asked for")]
        raise
    return {"version": done.document.version}


async def _since(tx: Transaction, kind: str, code: str, base: int) -> list[Problem]:
    """What was published since the version that a request was made against."""
    latest = (await standing(tx, kind, code)).latest
    told = [Problem("$.base", f"version {latest} is the latest now, and it was {base}")]
    if base:
        body = msgspec.to_builtins((await version(tx, kind, code, latest)).body)
        moved = await compare(tx, kind, code, body, against=base)
        told += [Problem(one.path, f"{one.what} since") for one in moved.changes]
    return told


async def _withdraw(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    what = granted.payload
    by, note = granted.maker, granted.reason
    done = await withdraw(tx, what["kind"], what["code"], what["version"], by=by, note=note)
    return {"version": done.version}


def _changes(difference: Difference, warnings: Sequence[Problem]) -> list[Change]:
    changes = [Change(path=one.path, before=one.before, after=one.after) for one in difference.changes]
    if difference.more:
        changes.append(Change(path="...", after=f"{difference.more} more"))
    return [*changes, *(Change(path=f"warning {one.path}", after=one.problem) for one in warnings)]
