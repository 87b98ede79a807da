"""What is asked of a coupon template before it is published: what a copy does has to be a coupon of the promotions."""

from __future__ import annotations

from huixiang.coupons.model import CouponTemplate
from huixiang.coupons.service import templates
from huixiang.kernel.errors import Problem
from huixiang.platform.db import Transaction
from huixiang.pricing.model.rules import CouponRule, Promotions
from huixiang.pricing.service.rule_sets import DOCUMENT
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Findings, RuleDocumentUnknown


async def examine(tx: Transaction, terms: CouponTemplate) -> Findings:
    """All that is wrong with it; its rule has to be in force, and one that is switched off is warned of."""
    problems = list(await templates.problems(tx, terms))
    try:
        promotions = (await rulebook.in_force(tx, *DOCUMENT, tx.now)).read(Promotions)
    except RuleDocumentUnknown:
        return Findings((*problems, _missing(terms.rule)))
    if not any(one.code == terms.rule and isinstance(one, CouponRule) for one in promotions.rules):
        return Findings((*problems, _missing(terms.rule)))
    off = terms.rule in (await rulebook.standing(tx, *DOCUMENT)).off
    warnings = (Problem("$.rule", f"{terms.rule} is switched off, so copies do nothing until it is on"),) if off else ()
    return Findings(tuple(problems), warnings)


def _missing(rule: str) -> Problem:
    return Problem("$.rule", f"the promotions in force have no coupon {rule}")
