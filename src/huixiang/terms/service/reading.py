"""The terms in all their versions."""

from __future__ import annotations

from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Document
from huixiang.terms import rules, store
from huixiang.terms.model import (
    KIND,
    NOTICE_KIND,
    PROGRAMME,
    TermsEvidence,
    TermsNotice,
    TermsOverview,
    TermsText,
    TermsUnknown,
    Told,
)


async def documents(tx: Transaction) -> list[Document]:
    """Every published version, the latest first."""
    known = (await rulebook.timelines(tx, [(KIND, PROGRAMME)])).get((KIND, PROGRAMME))
    return list(known.documents) if known else []


async def notice(tx: Transaction) -> TermsNotice:
    return (await rulebook.current(tx, NOTICE_KIND, PROGRAMME, tx.now)).read(TermsNotice)


async def overview(tx: Transaction) -> TermsOverview:
    """What holds, what is to come, and what held."""
    published = await documents(tx)
    current = next((one for one in published if tx.now in one.period), None)
    coming = [one for one in published if one.period.start > tx.now]
    former = [one for one in published if one.period.start <= tx.now and one is not current]
    return TermsOverview(
        current=rules.text_of(current) if current else None,
        coming=[rules.text_of(one) for one in coming],
        former=[rules.version_of(one) for one in former],
    )


async def version(tx: Transaction, number: int) -> TermsText:
    """One version, whenever it holds. Raises TermsUnknown, also for one that was withdrawn."""
    found = next((one for one in await documents(tx) if one.version == number), None)
    if found is None:
        raise TermsUnknown(version=number)
    return rules.text_of(found)


async def evidence(tx: Transaction) -> TermsEvidence:
    """For who has to show that members were told, and what they accepted."""
    told = [
        Told(**{name: getattr(one, name) for name in Told.__struct_fields__}) for one in await store.announcements(tx)
    ]
    accepted = {str(number): members for number, members in (await store.accepted_by_version(tx)).items()}
    return TermsEvidence(terms=await overview(tx), told=told, accepted=accepted)
