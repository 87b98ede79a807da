"""Switch parts of documents off and on at once, in every process and whichever version has them."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.rulebook.model import NewSwitch, RulePartUnknown, Switch
from huixiang.rulebook.service.kinds import kind_of, parts_of
from huixiang.rulebook.service.read import standing, version
from huixiang.rulebook.store import documents as documents_store
from huixiang.rulebook.store import switches as store
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry

SHOWN = 500


async def switch(tx: Transaction, kind: str, code: str, wanted: NewSwitch, by: str) -> Switch:
    """Turn the switch of a part, which holds for the next decision of every process; one that stands so already is left
    as it is. Raises RuleKindUnknown, RulePartUnknown.

    What is switched off stays so in later versions, until it is switched on.
    """
    last = await store.last(tx, kind_of(kind).name, code, wanted.part)
    if last is None and not await _has_part(tx, kind, code, wanted.part):
        raise RulePartUnknown(kind=kind, document=code, part=wanted.part)
    await documents_store.begin_change(tx, new_id())  # after all that reads how the document stands, and keeps it
    last = await store.last(tx, kind, code, wanted.part)
    if last is not None and last.off == wanted.off:
        return last
    await store.insert(tx, kind, code, wanted, by)
    await staff.record(
        tx,
        AuditEntry(
            actor=by,
            action="rule.switched_off" if wanted.off else "rule.switched_on",
            subject=f"rule:{kind}/{code}",
            after={"part": wanted.part},
            reason=wanted.reason,
        ),
    )
    return Switch(part=wanted.part, off=wanted.off, at=tx.now, by=by, reason=wanted.reason)


async def turns(tx: Transaction, kind: str, code: str) -> Sequence[Switch]:
    """The last five hundred turns of a document's switches, the newest first. Raises RuleKindUnknown."""
    return await store.history(tx, kind_of(kind).name, code, SHOWN)


async def _has_part(tx: Transaction, kind: str, code: str, part: str) -> bool:
    """Whether a version has it that is in force or will be."""
    for one in (await standing(tx, kind, code)).versions:
        if one.state == "published" and (one.period.end is None or one.period.end > tx.now):
            document = await version(tx, kind, code, one.version)
            if part in parts_of(kind, document.body):
                return True
    return False
