"""What is asked of a template before it is published, so far as this module knows it."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.coupons.model import KIND, CouponTemplate
from huixiang.coupons.rules.codes import entered
from huixiang.coupons.rules.issuing import problems_of
from huixiang.coupons.service.audience import problems_of_audience
from huixiang.kernel.errors import Problem
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook


async def problems(tx: Transaction, terms: CouponTemplate) -> Sequence[Problem]:
    """What is wrong with it by itself, and with whom it asks for. That its rule is there, pricing knows."""
    found = list(problems_of(terms))
    if terms.claim is not None and terms.claim.audience is not None:
        found += await problems_of_audience(tx, terms.claim.audience)
    return found


async def problems_among(tx: Transaction, code: str, terms: CouponTemplate) -> Sequence[Problem]:
    """Whether its public code is, as people type it, that of another template which is in force or will be: of two, a
    member would be given the wrong one."""
    if terms.codes is None or terms.codes.public is None:
        return ()
    published = [one for one in await rulebook.versions(tx, KIND) if one.state == "published" and one.code != code]
    lines = await rulebook.timelines(tx, {(KIND, one.code) for one in published})
    starts = {one.period.start for one in published if one.period.start > tx.now}
    for (_, other), line in sorted(lines.items()):
        for found in {line.find(at) for at in (tx.now, *starts)} - {None}:
            codes = found.read(CouponTemplate).codes if found is not None else None
            if codes is not None and codes.public is not None and entered(codes.public) == entered(terms.codes.public):
                return (Problem("$.codes.public", f"is the public code of {other}: give each template one of its own"),)
    return ()
