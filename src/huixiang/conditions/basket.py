"""Sums over the lines of a basket that are in a scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from huixiang.conditions.facts import BasketLine
from huixiang.conditions.model import Scope


def in_scope(scope: Scope) -> Callable[[BasketLine], bool] | None:
    """Whether a line's goods are in a scope; None for a scope of all goods."""
    tests: list[Callable[[BasketLine], bool]] = []
    if scope.skus is not None:
        skus = frozenset(scope.skus)
        tests.append(lambda line: line.sku in skus)
    if scope.brands is not None:
        brands = frozenset(scope.brands)
        tests.append(lambda line: line.brand in brands)
    if scope.categories is not None:
        categories = frozenset(scope.categories)
        tests.append(lambda line: not categories.isdisjoint(line.categories))
    if scope.tags is not None:
        tags = frozenset(scope.tags)
        tests.append(lambda line: not tags.isdisjoint(line.tags))
    if len(tests) < 2:
        return tests[0] if tests else None
    return lambda line: all(test(line) for test in tests)


def basket_sum(counted: str, scope: Scope) -> Callable[[Iterable[BasketLine]], int]:
    """The sum that a basket condition counts. How the lines of a sku are split does not matter to any."""
    matches = in_scope(scope)

    def total(lines: Iterable[BasketLine]) -> int:
        inside = lines if matches is None else [line for line in lines if matches(line)]
        if counted == "skus":
            return len({line.sku for line in inside})
        return sum(getattr(line, counted) for line in inside)

    return total
