"""What a condition depends on, so that callers load no more than that, and know how long an answer holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from huixiang.conditions import model
from huixiang.conditions.model import Bought, Condition, attribute_of, walk
from huixiang.conditions.registry import Registry

Dependency = Literal["member", "context", "goods", "basket", "time"]
# Of nodes, whatever attribute they ask for.
_ALWAYS: dict[type[Condition], tuple[Dependency, ...]] = {
    model.Bought: ("member", "time"),
    model.BasketSum: ("basket",),
    **dict.fromkeys(
        (model.During, model.Weekdays, model.Hours, model.MonthDays, model.Yearly, model.Elapsed, model.Anniversary),
        ("time",),
    ),
}


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


def depends_on(node: Condition, registry: Registry) -> Sequence[Dependency]:
    """The same of one node, without those below it."""
    code = attribute_of(node)
    always = _ALWAYS.get(type(node), ())
    if code is None or (attribute := registry.find(code)) is None:
        return always
    return (attribute.scope, *always)


def attributes_of(conditions: Iterable[Condition]) -> frozenset[str]:
    """Codes of all attributes that they ask for."""
    return frozenset(
        code for condition in conditions for _, _, node in walk(condition) if (code := attribute_of(node)) is not None
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
