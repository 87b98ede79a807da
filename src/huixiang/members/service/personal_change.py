"""Correcting a member's name, birthday, address or phone at the console, once a second person has approved it (CON-02).

The request keeps what stood there and what is to stand there, sealed under the member's key; what has changed
meanwhile is not overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec
from msgspec import UNSET

from huixiang.kernel.errors import InvalidInput, InvariantBroken, Problem
from huixiang.members import rules, store
from huixiang.members.model import Address, MemberRef
from huixiang.members.model.identities import Identity
from huixiang.members.model.personal_change import (
    NewPersonalChange,
    PersonalDataAlike,
    PersonalDataMoved,
    PhonesMany,
)
from huixiang.members.model.profile import ProfileChanges
from huixiang.members.service.identities import link, unlink
from huixiang.members.service.look_up import resolve
from huixiang.members.service.profile import change_profile, profile
from huixiang.members.service.vault import vault
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event
from huixiang.staff import service as staff
from huixiang.staff.events import ApprovalGranted
from huixiang.staff.model import AuditEntry, Personal
from huixiang.staff.model.approvals import Approval, Change, Granted, NewApproval

COMMAND = "members.change_personal"
DECIDED_BY = "members:approve"
FIELDS = ("name", "birthday", "address", "phone")
_FORMER = "former "


async def request_change(tx: Transaction, member_id: UUID, new: NewPersonalChange, made_by: UUID) -> Approval:
    """Ask for a correction. Raises MemberUnknown, PersonalDataAlike, PhonesMany, and InvalidInput for what is no phone
    or a birthday that cannot be."""
    owner = await resolve(tx, MemberRef(member_id=member_id))
    wanted = _wanted(tx, new)
    present = await _present(tx, owner)
    former = {field: present[field] for field in wanted}
    if wanted == former:
        raise PersonalDataAlike
    asked = NewApproval(
        command=COMMAND,
        subject=f"member:{owner}",
        member_id=owner,
        payload={
            **{field: _personal(value) for field, value in wanted.items()},
            **{_FORMER + field: _personal(value) for field, value in former.items()},
        },
        difference=[
            Change(path=f"$.{field}", before=_personal(former[field]), after=_personal(wanted[field]))
            for field in wanted
        ],
        reason=new.reason,
        decided_by=DECIDED_BY,
    )
    return await staff.request_approval(tx, asked, made_by)


async def run_approved(tx: Transaction, events: Sequence[Event]) -> None:
    """Correct what was approved."""
    for event in events:
        if isinstance(event, ApprovalGranted) and event.command == COMMAND:
            await staff.carry_out(tx, event.approval_id, _change)


async def _change(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    """Raises PersonalDataMoved, and what `change_profile` and `link` raise."""
    if granted.member_id is None:
        raise InvariantBroken("personal data is of a member")
    owner = await resolve(tx, MemberRef(member_id=granted.member_id))
    wanted: dict[str, str | None] = {field: granted.payload[field] for field in FIELDS if field in granted.payload}
    present = await _present(tx, owner)
    if moved := [field for field in wanted if present[field] != granted.payload[_FORMER + field]]:
        refusal = PersonalDataMoved()
        refusal.problems = [Problem(f"$.{field}", "has changed since this was asked for") for field in moved]
        raise refusal
    changes = {field: _read(field, value) for field, value in wanted.items() if field != "phone"}
    if changes:
        await change_profile(tx, owner, msgspec.convert(changes, ProfileChanges))
    if (phone := wanted.get("phone")) is not None:
        await link(tx, owner, Identity(reason=granted.reason, phone=phone), granted.maker)
        if (before := present["phone"]) is not None:
            await unlink(tx, owner, Identity(reason=granted.reason, phone=before), granted.maker)
    await staff.record(
        tx,
        AuditEntry(
            actor=granted.maker,
            action="member.personal_changed",
            subject=f"member:{owner}",
            member_id=owner,
            before={field: _personal(present[field]) for field in wanted},
            after={
                **{field: _personal(value) for field, value in wanted.items()},
                "approved_by": str(granted.checked_by),
            },
            reason=granted.reason,
        ),
    )
    return {"fields": sorted(wanted)}


def _wanted(tx: Transaction, new: NewPersonalChange) -> dict[str, str | None]:
    """As texts. Raises InvalidInput."""
    if isinstance(new.birthday, date):
        rules.check_registration(new.birthday, None, tx.now, tx.calendar.day(tx.now))
    wanted: dict[str, str | None] = {}
    if new.name is not UNSET:
        wanted["name"] = new.name
    if new.birthday is not UNSET:
        wanted["birthday"] = new.birthday.isoformat() if new.birthday else None
    if new.address is not UNSET:
        wanted["address"] = _address(new.address)
    if new.phone is not UNSET:
        wanted["phone"] = rules.normal_phone(new.phone)
        if wanted["phone"] is None:
            raise InvalidInput(path="$.phone", problem="not a phone number")
    return wanted


async def _present(tx: Transaction, owner: UUID) -> dict[str, str | None]:
    """What is known now, as texts. Raises MemberUnknown, PhonesMany."""
    said = await profile(tx, owner)
    safe = (await vault().open_safes(await store.wrapped_keys_of(tx, [owner])))[owner]
    phones = [safe.open("phone", row.sealed) for row in await store.identities_of(tx, [owner]) if row.kind == "phone"]
    if len(phones) > 1:
        raise PhonesMany
    return {
        "name": said.name,
        "birthday": said.birthday.isoformat() if said.birthday else None,
        "address": _address(said.address),
        "phone": phones[0] if phones else None,
    }


def _address(value: Address | None) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _read(field: str, value: str | None) -> object:
    return msgspec.json.decode(value) if field == "address" and value is not None else value


def _personal(value: str | None) -> Personal | None:
    return None if value is None else Personal(value)
