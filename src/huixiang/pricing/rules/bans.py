"""Which unit and group rules are to be left out, where rules of one order exclude each other or are limited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from huixiang.pricing.rules.compiled import GROUP, Compiled
from huixiang.pricing.rules.quote import Quote

NONE: frozenset[int] = frozenset()


class Ban(NamedTuple):
    """rules: indices of unit and group rules that are not used. allowed: bits of the rules above that may be."""

    rules: frozenset[int]
    allowed: int


def bans(quote: Quote) -> Iterator[Ban]:
    """Every way to leave out rules so that what is left may stand in one order. What is between rules above the groups
    only is not looked at: it is seen to where those are chosen."""
    ways = [Ban(NONE, -1)]
    stacking = quote.rule_set.stacking
    if stacking.on_order or stacking.of_class or stacking.of_layer:
        for options in _conflicts(quote):
            ways = [Ban(way.rules | other.rules, way.allowed & other.allowed) for way in ways for other in options]
    yield from dict.fromkeys(ways)


def _conflicts(quote: Quote) -> Iterator[list[Ban]]:
    """For each exclusion and maximum that concerns rules below: the ways to keep it."""
    stacking = quote.rule_set.stacking
    below = [rule for rule in dict.fromkeys(quote.touching) if rule.layer <= GROUP and quote.ok[rule.index]]
    by_class: dict[str, list[Compiled]] = {}
    for rule in below:
        if rule.stacking is not None:
            by_class.setdefault(rule.stacking, []).append(rule)
    yield from _exclusions(quote, by_class)
    for name, limit in stacking.of_class.items():
        if name in by_class:
            yield _only(by_class[name], limit, -1)
    for layer, limit in stacking.of_layer.items():
        inside = [rule for rule in below if rule.layer == layer]
        if len(inside) > limit:
            yield _only(inside, limit, -1)


def _exclusions(quote: Quote, by_class: dict[str, list[Compiled]]) -> Iterator[list[Ban]]:
    on_order = quote.rule_set.stacking.on_order
    for name, others in on_order.items():
        mine = by_class.get(name, [])
        for other in sorted(others):
            if other == name and mine:
                yield _only(mine, 1, _without(quote, name))
            elif name < other and (mine or other in by_class):
                yield [
                    Ban(_indices(mine), _without(quote, name)),
                    Ban(_indices(by_class.get(other, [])), _without(quote, other)),
                ]


def _only(rules: Sequence[Compiled], limit: int, allowed: int) -> list[Ban]:
    """At most so many of some rules: none of them, or some with what is `allowed` beside them."""
    ways = [Ban(_indices(rules), -1)]
    for count in range(1, min(limit, len(rules)) + 1):
        ways += [
            Ban(_indices([rule for rule in rules if rule not in kept]), allowed) for kept in combinations(rules, count)
        ]
    return ways


def _without(quote: Quote, name: str) -> int:
    bits = 0
    for upper in quote.uppers:
        if upper.rule.stacking == name:
            bits |= upper.bit
    return ~bits


def _indices(rules: Sequence[Compiled]) -> frozenset[int]:
    return frozenset(rule.index for rule in rules)
