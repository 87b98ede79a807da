"""Budgets: which of them a rule is paid from, and what an order takes of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from huixiang.pricing.model.priced import Applied
from huixiang.pricing.model.rules import BUDGETS_DEEP, Budget, Promotions

Chains = Mapping[str, tuple[Budget, ...]]


def chains_of(promotions: Promotions) -> Chains:
    """By rule, the budgets that it is paid from: its own, then those that this is within."""
    budgets = {one.code: one for one in promotions.budgets}
    return {rule.code: chain_of(rule.budget, budgets) for rule in promotions.rules if rule.budget is not None}


def chain_of(code: str | None, budgets: Mapping[str, Budget]) -> tuple[Budget, ...]:
    """No more than may be, whatever a document says that was not validated."""
    chain: list[Budget] = []
    while code is not None and len(chain) < BUDGETS_DEEP:
        chain.append(budgets[code])
        code = chain[-1].within
    return tuple(chain)


def taken(applied: Iterable[Applied], chains: Chains) -> dict[Budget, int]:
    """Fen that rules took off, by each budget that they are paid from."""
    sums: dict[Budget, int] = {}
    for one in applied:
        for budget in chains.get(one.rule, ()):
            sums[budget] = sums.get(budget, 0) + one.saved_fen
    return sums


def resource_key(code: str, in_a: str, starts_on: date) -> str:
    """Under which stock has a budget in one period, as resources of the kind `budget`."""
    return f"main/{code}/{in_a}/{starts_on}"
