"""The rules of fulfilment, before they are published."""

from __future__ import annotations

from huixiang.checkout.model.fulfilment import FulfilmentRules
from huixiang.checkout.rules.documents import warnings_of
from huixiang.platform.db import Transaction
from huixiang.rulebook.model import Findings


async def examine(_: Transaction, rules: FulfilmentRules) -> Findings:
    """Nothing keeps them from being published; what may surprise is told."""
    return Findings(warnings=warnings_of(rules))
