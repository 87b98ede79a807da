"""Section 4 of docs/domain/pricing.md and its add-ons: every way to take pieces into groups or sell them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from huixiang.pricing.model.effects import AddOn, GroupOff, GroupPrice, GroupRate
from huixiang.pricing.model.rules import GroupRule, OrderRule
from tests.pricing.judges.arithmetic import rate_of, shares
from tests.pricing.judges.availability import Merged, Offer, in_scope

Counts = tuple[int, ...]  # pieces of each line


@dataclass(frozen=True)
class Held:
    """The pieces that one rule takes. slots: of each slot, the pieces of each line; an add-on has one."""

    offer: Offer
    groups: int
    slots: tuple[Counts, ...]

    @cached_property
    def counts(self) -> Counts:
        return tuple(map(sum, zip(*self.slots, strict=True)))


def spread(total: int, room: Sequence[int]) -> Iterator[Counts]:
    """Every way to take `total` pieces of lines that have so much room."""
    if not room:
        if total == 0:
            yield ()
        return
    for first in range(min(total, room[0]) + 1):
        for rest in spread(total - first, room[1:]):
            yield (first, *rest)


def held_by_group(offer: Offer, lines: Sequence[Merged], room: Counts) -> Iterator[Held]:
    rule = offer.rule
    assert isinstance(rule, GroupRule)
    scopes = [
        [
            number in offer.lines and bool(line.pieces) and in_scope(slot.goods, line.line)
            for number, line in enumerate(lines)
        ]
        for slot in rule.slots
    ]
    groups = 0
    while rule.times is None or groups < rule.times:
        groups += 1
        found = False
        for slots in slots_filled([slot.pieces * groups for slot in rule.slots], scopes, room):
            found = True
            yield Held(offer, groups, slots)
        if not found:
            return


def slots_filled(needed: list[int], scopes: list[list[bool]], room: Counts) -> Iterator[tuple[Counts, ...]]:
    if not needed:
        yield ()
        return
    here = [left if scoped else 0 for left, scoped in zip(room, scopes[0], strict=True)]
    for first in spread(needed[0], here):
        left = tuple(had - taken for had, taken in zip(room, first, strict=True))
        for rest in slots_filled(needed[1:], scopes[1:], left):
            yield (first, *rest)


def sold_by_add_on(offer: Offer, lines: Sequence[Merged], room: Counts) -> Iterator[Held]:
    effect = offer.rule.effect
    assert isinstance(effect, AddOn)
    here = [
        left if line.pieces and in_scope(effect.goods, line.line) and effect.price_fen < line.line.list_price_fen else 0
        for line, left in zip(lines, room, strict=True)
    ]
    for pieces in range(1, effect.pieces + 1):
        for counts in spread(pieces, here):
            yield Held(offer, pieces, (counts,))


def holdings(offers: Sequence[Offer], lines: Sequence[Merged], room: Counts) -> Iterator[tuple[Held, ...]]:
    """Every way for group rules and add-on rules to share the pieces out, none of them included."""
    if not offers:
        yield ()
        return
    yield from holdings(offers[1:], lines, room)
    first = offers[0]
    ways = sold_by_add_on if isinstance(first.rule, OrderRule) else held_by_group
    for held in ways(first, lines, room):
        left = tuple(had - taken for had, taken in zip(room, held.counts, strict=True))
        for rest in holdings(offers[1:], lines, left):
            yield (held, *rest)


def group_off(held: Held, lines: Sequence[Merged], worth: Sequence[int]) -> int:
    """What a group rule takes off, before it is bounded by its portions. worth: v of a piece of each line."""
    effect = held.offer.rule.effect
    whole = sum(worth[number] * count for number, count in enumerate(held.counts))
    match effect:
        case GroupPrice(price):
            return max(0, whole - held.groups * price)
        case GroupOff(off):
            return min(whole, held.groups * off)
        case GroupRate(rate, cheapest):
            pieces = [
                worth[number]
                for group in ranked(held, lines)
                for number in (group if cheapest is None else group[-cheapest:])
            ]
            return sum(value - rate_of(value, rate) for value in pieces)
    raise AssertionError(effect)


def ranked(held: Held, lines: Sequence[Merged]) -> list[list[int]]:
    """The line numbers of the pieces of each group, the highest in rank first."""

    def rank(piece: tuple[int, int]) -> tuple[int, str, int]:
        number, slot = piece
        return -lines[number].line.list_price_fen, lines[number].line_id, slot

    groups: list[list[tuple[int, int]]] = [[] for _ in range(held.groups)]
    for slot, counts in enumerate(held.slots):
        pieces = sorted(((number, slot) for number, count in enumerate(counts) for _ in range(count)), key=rank)
        size = len(pieces) // held.groups
        for group in range(held.groups):
            groups[group] += pieces[group * size : (group + 1) * size]
    return [[number for number, _ in sorted(group, key=rank)] for group in groups]


def shared_out(off: int, unit_fen: Sequence[int]) -> list[int]:
    """What each portion of a group loses; portions by line id."""
    return shares(min(off, sum(unit_fen)), unit_fen)
