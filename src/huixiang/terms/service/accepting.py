"""Who accepts which version: by registering, and on the page."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.members.events import MemberRegistered
from huixiang.platform.db import Transaction
from huixiang.terms import store
from huixiang.terms.model import MyTerms, TermsNotOpen
from huixiang.terms.service.reading import documents, overview, version


async def accept_at_registration(tx: Transaction, registered: Sequence[MemberRegistered]) -> None:
    """Note the version that held when each registered. Who was moved in from elsewhere accepted nothing here."""
    published = await documents(tx)
    rows = []
    for event in registered:
        held = next((one for one in published if event.occurred_at in one.period), None)
        if held is not None and not event.moved_in:
            rows.append((event.member_id, held.version, event.occurred_at))
    if rows:
        await store.accept(tx, rows, "registration")


async def accept(tx: Transaction, member_id: UUID, number: int) -> MyTerms:
    """Note that a member accepts what holds, or what is to come. Raises TermsUnknown, TermsNotOpen."""
    found = await version(tx, number)
    shown = await overview(tx)
    open_now = {one.version for one in (shown.current, *shown.coming) if one is not None}
    if found.version not in open_now:
        raise TermsNotOpen(version=number)
    await store.accept(tx, [(member_id, number, tx.now)], "page")
    return await my_terms(tx, member_id)


async def my_terms(tx: Transaction, member_id: UUID) -> MyTerms:
    current = (await overview(tx)).current
    return MyTerms(current=current.version if current else None, accepted=await store.acceptances_of(tx, member_id))
