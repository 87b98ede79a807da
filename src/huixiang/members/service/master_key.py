"""A new master key, once a second person has approved it (MEM-11, CON-02).

The file that this installation made for itself gets one more key, which wraps every data key from then on; those that
are wrapped already are wrapped anew by a job, while everything goes on. Processes that know the new key not yet read
the file again when they meet it; what they wrapped before that under the former one is found by the next run of the
job.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable
from uuid import UUID

from huixiang.members.model.master_key import MasterKeysElsewhere
from huixiang.members.service.vault import check_keys, vault
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event
from huixiang.staff import service as staff
from huixiang.staff.events import ApprovalGranted
from huixiang.staff.model import AuditEntry
from huixiang.staff.model.approvals import Approval, Change, Granted, NewApproval

COMMAND = "keys.rotate_master"
DECIDED_BY = "keys:approve"
SUBJECT = "key:master"
_wired: dict[str, bool] = {}


@runtime_checkable
class GrowingKeys(Protocol):
    """A key provider that makes keys itself."""

    def add_key(self) -> str:
        """Make a new master key current, and keep the others. Its id."""
        ...


def allow_rotation(*, allowed: bool) -> None:
    """Whether the keys are this installation's own to write. Called once by each process before it serves."""
    _wired["allowed"] = allowed


async def request_rotation(tx: Transaction, reason: str, made_by: UUID) -> Approval:
    """Ask for a new master key. Raises MasterKeysElsewhere."""
    _growing()
    keys = vault().keys
    asked = NewApproval(
        command=COMMAND,
        subject=SUBJECT,
        payload={},
        difference=[Change(path="$.current", before=keys.current_key_id, after="made anew")],
        reason=reason,
        decided_by=DECIDED_BY,
    )
    return await staff.request_approval(tx, asked, made_by)


async def run_approved(tx: Transaction, events: Sequence[Event]) -> None:
    """Make the keys that were approved."""
    for event in events:
        if isinstance(event, ApprovalGranted) and event.command == COMMAND:
            await staff.carry_out(tx, event.approval_id, _rotate)


async def _rotate(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    """A file is not undone with the transaction: where that fails there is one key more, which harms nothing."""
    former = vault().keys.current_key_id
    try:
        current = _growing().add_key()
    except OSError:
        raise MasterKeysElsewhere from None
    await check_keys(tx)
    await staff.record(
        tx,
        AuditEntry(
            actor=granted.maker,
            action="key.master_rotated",
            subject=SUBJECT,
            before={"key_id": former},
            after={"key_id": current, "approved_by": str(granted.checked_by)},
            reason=granted.reason,
        ),
    )
    return {"key_id": current}


def _growing() -> GrowingKeys:
    keys = vault().keys
    if not _wired.get("allowed", False) or not isinstance(keys, GrowingKeys):
        raise MasterKeysElsewhere
    return keys
