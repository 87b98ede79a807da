"""What is asked of promotions before they are published, beside their shape."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.benefits import service as benefits
from huixiang.catalogue import service as catalogue
from huixiang.platform.db import Transaction
from huixiang.pricing.model.rules import Promotions
from huixiang.pricing.rules.references import benefits_of, check_references, names_of, unknown_benefits
from huixiang.pricing.rules.validate import validate
from huixiang.pricing.service.rule_sets import beside, load_registry
from huixiang.rulebook.model import Findings


async def examine(tx: Transaction, promotions: Promotions) -> Findings:
    """All that is wrong with them by themselves and against the catalogue, and what may be a slip.

    Two round trips: the attributes that operators have defined, and what the catalogue has of what is named.
    """
    registry = await load_registry(tx)
    problems, names = await beside(promotions, lambda: (validate(promotions, registry), names_of(promotions)))
    named = await catalogue.find_named(tx, names)
    references = await beside(promotions, lambda: check_references(promotions, named))
    known = await benefits.names(tx, benefits_of(promotions))
    unknown = tuple(unknown_benefits(promotions, known))
    return Findings((*problems, *references.problems), (*references.warnings, *unknown))


def codes(promotions: Promotions) -> Sequence[str]:
    """What can be switched off by itself: each rule."""
    return [rule.code for rule in promotions.rules]
