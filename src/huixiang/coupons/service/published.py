"""Coupon templates as staff look at them: those in force, and those that will be."""

from __future__ import annotations

from collections.abc import Mapping

from huixiang.coupons.model import KIND, CouponTemplate, CouponTemplateUnknown
from huixiang.coupons.model.published import PublishedTemplate
from huixiang.coupons.rules import issuing as rules
from huixiang.kernel.errors import DomainError
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Document, Name, Timeline, Version
from huixiang.stock import service as stock


async def listed(tx: Transaction, cursor: str | None, limit: int, *, granted: bool = False) -> Page[PublishedTemplate]:
    """By code. granted: only those of which copies may be given to members now. Raises InvalidInput for a cursor of
    another list."""
    (after,) = decode_cursor(cursor, str) if cursor else ("",)
    codes = sorted({one.code for one in await rulebook.versions(tx, KIND) if _is_ahead(tx, one) and one.code > after})
    found: list[PublishedTemplate] = []
    while codes and len(found) <= limit:
        lines = await rulebook.timelines(tx, [(KIND, code) for code in codes[: limit + 1]])
        found += await _shown(tx, lines, granted=granted)
        codes = codes[limit + 1 :]
    return page_of(found[: limit + 1], limit, lambda last: (last.template,))


async def one(tx: Transaction, template: str) -> PublishedTemplate:
    """Raises CouponTemplateUnknown, also for one whose time is over."""
    found = await _shown(tx, await rulebook.timelines(tx, [(KIND, template)]))
    if not found:
        raise CouponTemplateUnknown(template=template)
    return found[0]


def _is_ahead(tx: Transaction, version: Version) -> bool:
    return version.state == "published" and (version.period.end is None or version.period.end > tx.now)


def _document(tx: Transaction, line: Timeline) -> Document | None:
    """What is in force, or else what will be first."""
    coming = [one for one in line.documents if one.period.start > tx.now]
    return line.find(tx.now) or min(coming, key=lambda one: one.period.start, default=None)


async def _shown(tx: Transaction, lines: Mapping[Name, Timeline], *, granted: bool = False) -> list[PublishedTemplate]:
    found = [(code, _document(tx, line)) for (_, code), line in sorted(lines.items())]
    documents = [(code, one, one.read(CouponTemplate)) for code, one in found if one is not None]
    if granted:
        documents = [one for one in documents if _is_granted(tx, *one)]
    wanted = {code: rules.wanted_of(code, one.version, terms) for code, one, terms in documents}
    room = await stock.room(tx, [one for each in wanted.values() for one in each])
    return [_of(tx, code, one, terms, rules.copies_left(wanted[code], room)) for code, one, terms in documents]


def _is_granted(tx: Transaction, code: str, document: Document, terms: CouponTemplate) -> bool:
    try:
        rules.require_granted(code, terms, tx.now, tx.calendar)
    except DomainError:
        return False
    return tx.now in document.period


def _of(tx: Transaction, code: str, document: Document, terms: CouponTemplate, left: int | None) -> PublishedTemplate:
    claim, codes = terms.claim, terms.codes
    return PublishedTemplate(
        template=code,
        version=document.version,
        in_force=tx.now in document.period,
        starts_at=document.period.start,
        ends_at=document.period.end,
        rule=terms.rule,
        name=terms.name,
        until=terms.until,
        days=terms.days,
        claim=claim is not None,
        opens_at=claim.opens_at if claim else None,
        closes_at=claim.closes_at if claim else None,
        for_some=claim is not None and claim.audience is not None,
        codes=codes is not None and codes.unique,
        public_code=codes.public if codes else None,
        grant=terms.grant,
        desk_per_day=terms.desk_per_day if terms.grant else 0,
        giftable=terms.giftable,
        per_member=terms.per_member,
        total=terms.total,
        worth_fen=terms.worth_fen,
        budget_fen=terms.budget_fen,
        holdout_bp=terms.holdout_bp,
        left=left,
    )
