"""What is asked of a template before it is published, so far as this module knows it."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.coupons.model import CouponTemplate
from huixiang.coupons.rules.issuing import problems_of
from huixiang.coupons.service.audience import problems_of_audience
from huixiang.kernel.errors import Problem
from huixiang.platform.db import Transaction


async def problems(tx: Transaction, terms: CouponTemplate) -> Sequence[Problem]:
    """What is wrong with it by itself, and with whom it asks for. That its rule is there, pricing knows."""
    found = list(problems_of(terms))
    if terms.claim is not None and terms.claim.audience is not None:
        found += await problems_of_audience(tx, terms.claim.audience)
    return found
