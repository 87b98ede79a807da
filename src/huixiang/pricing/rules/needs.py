"""What a version of the promotions needs to know of a member and of goods, so that no more is read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from huixiang.conditions.depends import attributes_of, histories_of
from huixiang.conditions.facts import Purchase
from huixiang.conditions.model import Bought, walk
from huixiang.conditions.registry import Registry
from huixiang.pricing.model.effects import ListedPrice
from huixiang.pricing.model.needs import Kind, Needs
from huixiang.pricing.model.rules import Promotions, condition_of
from huixiang.pricing.rules.budgets import chains_of

PAYMENT_METHOD = "payment_method"
# What is personal is read and used, and kept in no token.
PERSONAL = "birthday"
DEFINED = "custom."


def needs_of(promotions: Promotions, registry: Registry) -> Needs:
    conditions = [one for rule in promotions.rules if (one := condition_of(rule)) is not None]
    asked = attributes_of(conditions)
    of_members = [code for code in asked if (found := registry.find(code)) is not None and found.scope == "member"]
    windows: dict[Kind, set[int]] = {}
    for condition in conditions:
        for _, _, node in walk(condition):
            if isinstance(node, Bought):
                windows.setdefault((node.category, node.sku), set()).add(node.days)
    return Needs(
        attributes=tuple(sorted(of_members)),
        histories=histories_of(conditions),
        windows={kind: sorted(days) for kind, days in windows.items()},
        price_lists=tuple(
            sorted({rule.effect.price_list for rule in promotions.rules if isinstance(rule.effect, ListedPrice)})
        ),
        caps={rule.code: rule.caps for rule in promotions.rules if rule.caps},
        chains=chains_of(promotions),
        by_method=PAYMENT_METHOD in asked or any(rule.payment_methods for rule in promotions.rules),
    )


def is_personal(code: str) -> bool:
    return code == PERSONAL or code.startswith(DEFINED)


def condensed(
    purchases: Iterable[Purchase], windows: Mapping[Kind, Sequence[int]], today: date
) -> tuple[Purchase, ...]:
    """The same to every condition, in at most one row for each window: days that the same windows hold are one."""
    sums: dict[tuple[Kind, int], list[int]] = {}
    for one in purchases:
        kind = (one.category, one.sku)
        days = windows.get(kind, ())
        age = (today - one.day).days
        place = bisect_right(days, age)
        if age >= 0 and place < len(days):
            total = sums.setdefault((kind, days[place - 1] if place else 0), [0, 0, 0])
            total[0] += one.orders
            total[1] += one.quantity
            total[2] += one.spend_fen
    return tuple(
        Purchase(
            day=today - timedelta(days=age), category=category, sku=sku, orders=orders, quantity=quantity, spend_fen=fen
        )
        for ((category, sku), age), (orders, quantity, fen) in sorted(
            sums.items(), key=lambda one: (one[0][0][0] or "", one[0][0][1] or "", one[0][1])
        )
    )
