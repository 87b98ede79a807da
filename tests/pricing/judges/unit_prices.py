"""Section 3 of docs/domain/pricing.md: every way to give one line its unit prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations

from huixiang.pricing.model.effects import ListedPrice, Markdown, Price, PriceOff, PriceRate
from tests.pricing.judges.arithmetic import rate_of, rounded
from tests.pricing.judges.availability import Merged, Offer, own_list


@dataclass(frozen=True, slots=True)
class Part:
    """So many units of a line that are priced alike; `holders`: the rules that lowered its amount."""

    pieces: int
    list_fen: int
    unit_fen: int
    holders: frozenset[str]


@dataclass(frozen=True)
class LinePrices:
    """One way to price a line: what a rule with a quota took, the rest, the pieces of each group on base `unit`, and
    what one piece of those is worth. used: pieces of each rule with a quota. rules: the unit rules that are applied."""

    quota: Part | None
    rest: Part | None
    grouped: tuple[Part, ...]
    piece_fen: int
    used: tuple[tuple[str, int], ...]
    rules: frozenset[str]

    @cached_property
    def unit_fen(self) -> int:
        return sum(part.unit_fen for part in (self.quota, self.rest, *self.grouped) if part is not None)


def list_of(line: Merged, pieces: int) -> int:
    return own_list(line.line, pieces) if line.pieces else line.list_fen


def at_price(line: Merged, pieces: int, price_fen: int) -> int | None:
    match line.line.measure:
        case "piece":
            return pieces * price_fen
        case "gram":
            return rounded(line.quantity * price_fen, 1000)
        case "amount":
            return None


def candidate(offer: Offer, line: Merged, pieces: int) -> int | None:
    """The amount of a portion under a unit rule; None where the rule has no price for it."""
    listed = list_of(line, pieces)
    match offer.rule.effect:
        case Price(price):
            return at_price(line, pieces, price)
        case ListedPrice(price_list):
            price_there = line.line.prices.get(price_list)
            return None if price_there is None else at_price(line, pieces, price_there)
        case PriceRate(rate):
            return rate_of(listed, rate)
        case PriceOff(off):
            if line.line.measure == "amount":
                return max(0, listed - off)
            return at_price(line, pieces, max(0, line.line.list_price_fen - off))
        case Markdown() as markdown:
            return marked_down(markdown, line, pieces)
    raise AssertionError(offer.rule)


def marked_down(markdown: Markdown, line: Merged, pieces: int) -> int | None:
    if line.line.hours_left is None:
        return None
    reached = [step for step in markdown.steps if step.hours_left >= line.line.hours_left]
    if not reached:
        return None
    amount = rate_of(list_of(line, pieces), min(reached, key=lambda step: step.hours_left).rate_bp)
    if line.line.cost_fen is None or line.line.measure == "amount":
        return amount
    cost = at_price(line, pieces, line.line.cost_fen)
    assert cost is not None
    return max(amount, rate_of(cost, 10_000 + markdown.least_margin_bp))


def topped(offer: Offer, line: Merged, pieces: int, amount: int) -> int:
    """The amount of a portion after one rule on top."""
    match offer.rule.effect:
        case PriceRate(rate):
            return rate_of(amount, rate)
        case PriceOff(off):
            whole = off if line.line.measure == "amount" else at_price(line, pieces, off)
            assert whole is not None
            return max(0, amount - whole)
    raise AssertionError(offer.rule)


def part_of(line: Merged, pieces: int, chosen: Offer | None, top: Sequence[Offer]) -> Part:
    listed = amount = list_of(line, pieces)
    holders = set()
    if chosen is not None:
        price = candidate(chosen, line, pieces)
        if price is not None and price < listed:
            amount = price
            holders.add(chosen.rule.code)
    for offer in top:
        lowered = topped(offer, line, pieces, amount)
        if lowered < amount:
            amount = lowered
            holders.add(offer.rule.code)
    return Part(pieces, listed, amount, frozenset(holders))


def line_prices(
    line: Merged, pieces: int, grouped: Sequence[int], prices: Sequence[Offer], tops: Sequence[Offer]
) -> list[LinePrices]:
    """Every way to price `pieces` that no group holds, and those of groups on base `unit`, one number for each."""
    if not pieces and not grouped:
        return [LinePrices(None, None, (), 0, (), frozenset())]
    subsets = list(chain.from_iterable(combinations(tops, size) for size in range(len(tops) + 1)))
    found: dict[object, LinePrices] = {}
    for taken, first, second in splits(line, pieces, prices):
        for top in subsets:
            way = one_way(line, (pieces, taken), grouped, (first, second), top)
            if way is not None:
                found.setdefault(way, way)
    return list(found)  # type: ignore[arg-type]


def splits(line: Merged, pieces: int, prices: Sequence[Offer]) -> Iterator[tuple[int, Offer | None, Offer | None]]:
    """(pieces that a rule with a quota takes, that rule, the candidate of the rest)."""
    for second in (None, *prices):
        yield 0, None, second
        for first in prices:
            if line.pieces and first.quota is not None and first is not second:
                for taken in range(1, min(first.quota, pieces) + 1):
                    yield taken, first, second


def one_way(
    line: Merged,
    pieces: tuple[int, int],
    grouped: Sequence[int],
    chosen: tuple[Offer | None, Offer | None],
    top: Sequence[Offer],
) -> LinePrices | None:
    """None where a rule that was chosen lowers nothing, or has not the quota for what it would take."""
    (whole, taken), (first, second) = pieces, chosen
    quota = part_of(line, taken, first, top) if taken else None
    rest = part_of(line, whole - taken, second, top) if whole > taken else None
    groups = tuple(part_of(line, count, second, top) for count in grouped)
    parts = [part for part in (quota, rest, *groups) if part is not None]
    if first is not None and (quota is None or first.rule.code not in quota.holders):
        return None
    others = [part for part in parts if part is not quota]
    if second is not None and not any(second.rule.code in part.holders for part in others):
        return None
    if any(not any(offer.rule.code in part.holders for part in parts) for offer in top):
        return None
    used = {}
    if first is not None:
        used[first.rule.code] = taken
    if second is not None and second.quota is not None:
        held = [part for part in others if second.rule.code in part.holders]
        used[second.rule.code] = sum(part.pieces for part in held) if line.pieces else 1
        if used[second.rule.code] > second.quota:
            return None
    piece = part_of(line, 1, second, top).unit_fen if grouped else 0
    rules = frozenset(chain.from_iterable(part.holders for part in parts))
    return LinePrices(quota, rest, groups, piece, tuple(sorted(used.items())), rules)
