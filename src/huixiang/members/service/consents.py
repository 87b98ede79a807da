"""What members consent to: stated, and withdrawn. Without it, what needs it is neither stored nor used.

The log is what the consent ledger fills; whoever needs to know asks `consented`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from huixiang.members import store
from huixiang.members.model import MemberRef, MemberUnknown
from huixiang.members.model.attributes import Consent, GivenConsent
from huixiang.members.model.consents import CODE, KIND, ConsentText, ConsentTexts
from huixiang.members.rules.attributes import SEALED
from huixiang.members.rules.consents import reworded
from huixiang.members.service.definitions import attribute_definitions
from huixiang.members.service.look_up import resolve
from huixiang.members.store import attributes as attribute_store
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Findings
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry

DOCUMENT = (KIND, CODE)


async def consents(tx: Transaction, member_id: UUID) -> list[Consent]:
    """How each purpose stands that was ever asked for. Raises MemberUnknown."""
    return await attribute_store.consents_of(tx, await resolve(tx, MemberRef(member_id=member_id)))


async def texts(tx: Transaction) -> list[ConsentText]:
    """What members are asked for, with the words that they read; nothing where no document is in force."""
    line = (await rulebook.timelines(tx, [DOCUMENT])).get(DOCUMENT)
    document = line.find(tx.now) if line is not None else None
    return [] if document is None else list(document.read(ConsentTexts).purposes)


async def examine(tx: Transaction, body: ConsentTexts) -> Findings:
    """What keeps texts from being published: other words under a version that was published before."""
    line = (await rulebook.timelines(tx, [DOCUMENT])).get(DOCUMENT)
    documents = line.documents if line is not None else []
    said = [one for document in documents for one in document.read(ConsentTexts).purposes]
    return Findings(tuple(reworded(said, body)))


async def consented(tx: Transaction, member_id: UUID) -> set[str]:
    """The purposes that a member consents to now. The id is the one that they go by."""
    return {one.purpose for one in await attribute_store.consents_of(tx, member_id) if one.given}


async def consenting(tx: Transaction, member_ids: Collection[UUID], purpose: str) -> set[UUID]:
    """Those of some members who consent to a purpose now, by the ids that they go by."""
    return await attribute_store.consenting(tx, member_ids, purpose)


async def give(tx: Transaction, owner: UUID, given: Sequence[GivenConsent], by: str) -> None:
    """Note that a member, who is locked, consents. What they consent to already is noted again: the text may differ."""
    if given:
        await attribute_store.note_consents(tx, owner, given, by)


async def state(tx: Transaction, member_id: UUID, given: GivenConsent, by: str) -> list[Consent]:
    """Note one consent. Raises MemberUnknown."""
    owner = await _locked(tx, member_id)
    await give(tx, owner, [given], by)
    return await attribute_store.consents_of(tx, owner)


async def withdraw(tx: Transaction, member_id: UUID, purpose: str, by: str, reason: str | None = None) -> list[Consent]:
    """Note that a member consents no more, and delete what was kept by it. Raises MemberUnknown."""
    owner = await _locked(tx, member_id)
    needing = [one.code for one in await attribute_definitions(tx) if one.consent == purpose]
    await attribute_store.note_withdrawal(tx, owner, purpose, by)
    if needing:
        everywhere = [owner, *await state_store.aliases(tx, [owner])]
        for whose in everywhere:
            await store.update_attributes(tx, whose, {}, needing)
            await attribute_store.delete_personal(tx, whose, [f"{SEALED}{code}" for code in needing])
    if by != "member":
        await staff.record(
            tx,
            AuditEntry(
                actor=by,
                action="member.consent_withdrawn",
                subject=f"member:{owner}",
                member_id=owner,
                after={"purpose": purpose},
                reason=reason,
            ),
        )
    return await attribute_store.consents_of(tx, owner)


async def _locked(tx: Transaction, member_id: UUID) -> UUID:
    owner = await resolve(tx, MemberRef(member_id=member_id))
    if not await state_store.lock_members(tx, [owner]):
        raise MemberUnknown(by="member_id")
    return owner
