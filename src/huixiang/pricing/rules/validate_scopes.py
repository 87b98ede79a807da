"""What is wrong with the goods that a rule names: nothing there could ever be in them."""

from __future__ import annotations

from collections.abc import Iterator

from huixiang.conditions.model import Scope as Goods
from huixiang.pricing.model.effects import Scope
from huixiang.pricing.model.rules import GroupRule

LISTS = ("skus", "categories", "brands", "tags")
ALONE = ("skus", "brands")  # goods have one of each, so two lists without a common entry have no common goods

Wrong = tuple[str, str]


def wrong_scope(path: str, scope: Scope, within: Scope | None = None) -> Iterator[Wrong]:
    """within: the scope that it narrows."""
    yield from _wrong_lists(path, scope)
    if scope.but is not None:
        yield from _wrong_lists(f"{path}.but", scope.but)
        if all(getattr(scope.but, name) is None for name in LISTS):
            yield f"{path}.but", "expected the goods to take out, found none named, which is all"
        yield from _emptied(path, scope, scope.but)
    if within is None:
        return
    for name in ALONE:
        mine, outer = getattr(scope, name), getattr(within, name)
        if mine and outer and not set(mine) & set(outer):
            yield f"{path}.{name}", f"expected {name} of the rule's scope, found none of them"


def wrong_slots(rule: GroupRule) -> Iterator[Wrong]:
    for place, slot in enumerate(rule.slots):
        yield from wrong_scope(f".slots[{place}].goods", slot.goods, rule.scope)


def _wrong_lists(path: str, goods: Goods) -> Iterator[Wrong]:
    for name in LISTS:
        values = getattr(goods, name)
        if values is None:
            continue
        if not values:
            yield f"{path}.{name}", "expected at least one, or no list for all goods"
        if "" in values:
            yield f"{path}.{name}[{values.index('')}]", "expected a code, found an empty text"
        if len(set(values)) < len(values):
            again = next(one for place, one in enumerate(values) if one in values[:place])
            yield f"{path}.{name}", f"expected each code once, found {again} again"


def _emptied(path: str, scope: Scope, but: Goods) -> Iterator[Wrong]:
    """Where all that the scope names by one list alone is taken out again."""
    for name in LISTS:
        named, out = getattr(scope, name), getattr(but, name)
        only = out and all(getattr(but, other) is None for other in LISTS if other != name)
        if named and only and set(named) <= set(out):
            yield f"{path}.but.{name}", f"expected to leave some of the {name} in, found all of them taken out"
