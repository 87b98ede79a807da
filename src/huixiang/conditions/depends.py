"""What a condition depends on, so that callers load no more than that, and know how long an answer holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from huixiang.conditions.model import Anniversary, BasketSum, Bought, Condition, Elapsed, OfAttribute, OfTime, walk
from huixiang.conditions.registry import Registry

Dependency = Literal["member", "context", "goods", "basket", "time"]


class History(msgspec.Struct, frozen=True):
    """Purchases that are asked for: of a category, of a sku or of anything, in so many days. quantity: whether it is
    wanted beside orders and spending; otherwise it may be left at 0, which costs less."""

    category: str | None
    sku: str | None
    days: int
    quantity: bool = True


def scope_of(condition: Condition, registry: Registry) -> frozenset[Dependency]:
    """What its truth may change with. What a member bought is `member`, and `time`, as its days pass."""
    return frozenset(one for _, _, node in walk(condition) for one in depends_on(node, registry))


def depends_on(node: Condition, registry: Registry) -> Iterator[Dependency]:
    """The same of one node, without those below it."""
    if isinstance(node, OfAttribute) and (attribute := registry.find(node.attribute)) is not None:
        yield attribute.scope
    if isinstance(node, Bought):
        yield "member"
    if isinstance(node, BasketSum):
        yield "basket"
    if isinstance(node, OfTime | Elapsed | Anniversary | Bought):
        yield "time"


def attributes_of(conditions: Iterable[Condition]) -> frozenset[str]:
    """Codes of all attributes that they ask for."""
    return frozenset(
        node.attribute for condition in conditions for _, _, node in walk(condition) if isinstance(node, OfAttribute)
    )


def histories_of(conditions: Iterable[Condition]) -> frozenset[History]:
    """The purchases that they ask for, of each kind once, as far back as any asks."""
    found: dict[tuple[str | None, str | None], tuple[int, bool]] = {}
    for condition in conditions:
        for _, _, node in walk(condition):
            if isinstance(node, Bought):
                kind = (node.category, node.sku)
                days, quantity = found.get(kind, (0, False))
                found[kind] = (max(node.days, days), quantity or node.count == "quantity")
    return frozenset(History(*kind, days, quantity) for kind, (days, quantity) in found.items())
