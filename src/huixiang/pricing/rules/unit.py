"""Unit prices: what one rule makes of a line or of some of its units, and all ways to price a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from huixiang.pricing.model.effects import ListedPrice, Markdown, Price, PriceOff, PriceRate
from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.merge import Merged

Prices = tuple[Compiled, ...]
"""The rules of a price: the candidate first, then what is on top of it. Empty: the list price."""


def candidate(rule: Compiled, line: Merged, units: int) -> int:
    """Fen of some units of a line (pieces; or 1, the whole of another line) under a unit rule that is not on top; their
    list amount where it gives no lower one."""
    full = line.list_of(units)
    found = _candidate(rule, line, units, full)
    return full if found is None or found > full else found


def lowered(rule: Compiled, line: Merged) -> int | None:
    """Fen of a whole line under one rule alone, on top or not; None where the line has not what the rule needs."""
    return (
        _on_top(rule, line, line.units, line.amount) if rule.on_top else _candidate(rule, line, line.units, line.amount)
    )


def _candidate(rule: Compiled, line: Merged, units: int, full: int) -> int | None:
    effect = rule.effect
    if isinstance(effect, PriceRate):
        return (full * effect.rate_bp + 5000) // 10000
    if isinstance(effect, PriceOff):
        return _at(line, units, max(0, line.price - effect.off_fen))
    if isinstance(effect, Price | ListedPrice):
        price = effect.price_fen if isinstance(effect, Price) else line.first.prices.get(effect.price_list)
        return None if price is None or line.first.measure == "amount" else _at(line, units, price)
    assert isinstance(effect, Markdown)  # noqa: S101 - the last of the unit effects
    return _markdown(effect, line, units, full)


def _at(line: Merged, units: int, price: int) -> int:
    return units * price if line.by_piece else line.at(price)


def _markdown(effect: Markdown, line: Merged, units: int, full: int) -> int | None:
    left = line.first.hours_left
    steps = [] if left is None else [step for step in effect.steps if left <= step.hours_left]
    if not steps:
        return None
    step = min(steps, key=lambda one: one.hours_left)
    marked = (full * step.rate_bp + 5000) // 10000
    cost = line.first.cost_fen
    if cost is None or line.first.measure == "amount":
        return marked
    return max(marked, (_at(line, units, cost) * (10_000 + effect.least_margin_bp) + 5000) // 10_000)


def priced(prices: Prices, line: Merged, units: int) -> tuple[int, Prices]:
    """Fen of some units under a candidate (or none) and what is on top, with the rules that took something off."""
    amount = line.list_of(units)
    used = []
    for rule in prices:
        lower = _on_top(rule, line, units, amount) if rule.on_top else candidate(rule, line, units)
        if lower < amount:
            amount = lower
            used.append(rule)
    return amount, tuple(used)


def _on_top(rule: Compiled, line: Merged, units: int, amount: int) -> int:
    effect = rule.effect
    if isinstance(effect, PriceRate):
        return (amount * effect.rate_bp + 5000) // 10000
    assert isinstance(effect, PriceOff)  # noqa: S101 - nothing else can be on top
    off = units * effect.off_fen if line.by_piece else line.at(effect.off_fen)
    if line.first.measure == "amount":
        off = effect.off_fen
    return max(0, amount - off)


def on_top_sets(rules: Sequence[Compiled]) -> Iterator[Prices]:
    """Every subset of what can be on top, in the order in which they are taken; none first."""
    ordered = sorted(rules, key=lambda rule: rule.place)
    for count in range(len(ordered) + 1):
        yield from combinations(ordered, count)
