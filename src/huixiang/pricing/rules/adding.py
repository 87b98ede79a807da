"""Goods that would bring a rule to its next threshold: how much of them, and a line that stands for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from huixiang.pricing.model.basket import Basket, Line
from huixiang.pricing.model.effects import Off
from huixiang.pricing.rules.compiled import GROUP, Compiled, Profile
from huixiang.pricing.rules.ending import Ending
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.outcome import Outcome
from huixiang.pricing.rules.quote import Quote


class Adding(NamedTuple):
    """So many fen, or `pieces` of the sku of `of`, for one rule."""

    rule: Compiled
    fen: int
    pieces: int = 0
    of: Line | None = None

    def line(self, basket: Basket, fen: int | None = None) -> Line | None:
        """What is added, as a line; `fen` is another sum. None where no goods that cost it are in the rule's scope."""
        line_id = "+"
        taken = {line.line_id for line in basket.lines}
        while line_id in taken:
            line_id += "+"
        if self.of is not None:
            return msgspec.structs.replace(self.of, line_id=line_id, quantity=self.pieces)
        return _in_scope(self.rule, line_id, self.fen if fen is None else fen)


def _in_scope(rule: Compiled, line_id: str, fen: int) -> Line | None:
    scope = rule.rule.scope
    line = Line(
        line_id=line_id,
        sku=scope.skus[0] if scope.skus else "+",
        measure="amount" if scope.weighed else "piece",
        quantity=1,
        list_price_fen=fen,
        categories=tuple(scope.categories[:1]) if scope.categories else (),
        brand=scope.brands[0] if scope.brands else None,
        tags=tuple(scope.tags[:1]) if scope.tags else (),
    )
    profile = Profile(line.sku, line.categories, line.brand, line.tags, line.measure == "piece")
    return line if rule.matches(profile) else None


def addings(quote: Quote, outcome: Outcome) -> list[Adding]:
    """Each rule's next threshold, the least first; none that asks for more than the basket again."""
    found = [*_above(quote, outcome), *_groups(quote)]
    near = [one for one in found if one.fen <= quote.list_fen]
    near.sort(key=lambda one: (one.fen, one.pieces, one.rule.place))
    return near


def _above(quote: Quote, outcome: Outcome) -> Iterator[Adding]:
    ending = Ending(quote, outcome)
    reach: dict[Compiled, int] = {}
    for upper in quote.uppers:
        kind = upper.rule.sees
        reach[upper.rule] = ending.reach(kind, ending.counted(upper, ending.places(upper)))
    for rule, _ in quote.beyond:
        inside = [
            at
            for at, part in enumerate(ending.parts)
            if part.add_on is None and quote.touches(rule, quote.lines[part.line])
        ]
        reach[rule] = ending.reach(rule.sees, inside)
    for rule, seen in reach.items():
        goal = _next(rule, seen)
        if goal is None:
            continue
        if rule.counts_pieces:
            lines = [line for line in quote.lines if line.by_piece and quote.touches(rule, line)]
            yield from _of_cheapest(rule, goal - seen, lines)
        else:
            yield Adding(rule, goal - seen)


def _next(rule: Compiled, seen: int) -> int | None:
    """The next threshold above what a rule sees."""
    effect = rule.effect
    if isinstance(effect, Off) and effect.repeat:
        times = seen // effect.steps[0].at + 1
        return None if effect.times is not None and times > effect.times else times * effect.steps[0].at
    return min((at for at in rule.thresholds if at > seen), default=None)


def _groups(quote: Quote) -> Iterator[Adding]:
    """Pieces for one more group of rules that take pieces of one kind."""
    stock = quote.stock
    for rule in quote.touching:
        if rule.layer == GROUP and quote.ok[rule.index] and len(rule.slots) == 1:
            size = rule.slots[0][1]
            lines = [line for line in quote.lines if line.by_piece and line.touching.slots_of(rule)]
            have = sum([line.units for line in lines])
            missing = stock.missing.get(rule) or size - have % size
            yield from _of_cheapest(rule, missing, lines)


def _of_cheapest(rule: Compiled, pieces: int, lines: Sequence[Merged]) -> Iterator[Adding]:
    if lines:
        line = min(lines, key=lambda line: (line.price, line.line_id))
        yield Adding(rule, pieces * line.price, pieces, line.first)
