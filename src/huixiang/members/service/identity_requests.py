"""What finds a member, linked and taken off by staff once a second person has approved it (MEM-02, CON-02): who has a
member's phone can sign in as them.

The phone or id waits sealed under the member's key. Whether it can be is asked when it is asked for, and again when it
runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from huixiang.kernel.errors import InvariantBroken
from huixiang.members import store
from huixiang.members.model.identities import Identity
from huixiang.members.model.personal_change import PersonalDataAlike
from huixiang.members.service.attaching import missing, of_another
from huixiang.members.service.identities import link, locked, removable, unlink, wanted_of
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event
from huixiang.staff import service as staff
from huixiang.staff.events import ApprovalGranted
from huixiang.staff.model import Personal
from huixiang.staff.model.approvals import Approval, Change, Granted, NewApproval

LINK, UNLINK = "members.link_identity", "members.unlink_identity"
DECIDED_BY = "members:approve"


async def request_link(tx: Transaction, member_id: UUID, identity: Identity, made_by: UUID) -> Approval:
    """Ask that something more find a member. Raises PersonalDataAlike for what does so already, and what `link`
    raises."""
    owner, wanted = await locked(tx, member_id), wanted_of(identity)
    if not await missing(tx, owner, [wanted]):
        raise PersonalDataAlike
    if (other := (await store.owners(tx, [wanted.key])).get(wanted.key)) is not None:
        raise await of_another(tx, wanted.key, other)
    return await _request(tx, LINK, owner, identity, made_by)


async def request_unlink(tx: Transaction, member_id: UUID, identity: Identity, made_by: UUID) -> Approval:
    """Ask that something find a member no more. Raises what `unlink` raises."""
    owner = await locked(tx, member_id)
    await removable(tx, owner, wanted_of(identity).key)
    return await _request(tx, UNLINK, owner, identity, made_by)


async def run_approved(tx: Transaction, events: Sequence[Event]) -> None:
    """Link and take off what was approved."""
    commands = {LINK: _link, UNLINK: _unlink}
    for event in events:
        if isinstance(event, ApprovalGranted) and event.command in commands:
            await staff.carry_out(tx, event.approval_id, commands[event.command])


async def _request(tx: Transaction, command: str, owner: UUID, identity: Identity, made_by: UUID) -> Approval:
    wanted = wanted_of(identity)
    value, field = Personal(wanted.value), "phone" if wanted.source is None else "external_id"
    changes = [Change(path=f"$.{field}", after=value) if command == LINK else Change(path=f"$.{field}", before=value)]
    if wanted.source is not None:
        changes.insert(0, Change(path="$.source", before=wanted.source, after=wanted.source))
    asked = NewApproval(
        command=command,
        subject=f"member:{owner}",
        member_id=owner,
        payload={field: value, **({} if wanted.source is None else {"source": wanted.source})},
        difference=changes,
        reason=identity.reason,
        decided_by=DECIDED_BY,
    )
    return await staff.request_approval(tx, asked, made_by)


async def _link(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    owner, identity = _read(granted)
    await link(tx, owner, identity, granted.maker)
    return {}


async def _unlink(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    owner, identity = _read(granted)
    await unlink(tx, owner, identity, granted.maker)
    return {}


def _read(granted: Granted) -> tuple[UUID, Identity]:
    if granted.member_id is None:
        raise InvariantBroken("an identity is of a member")
    return granted.member_id, Identity(reason=granted.reason, **granted.payload)
