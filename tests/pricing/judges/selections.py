"""Every selection: the portions of all lines with their list, unit and group amounts, and the rules applied so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from huixiang.pricing.model.effects import AddOn
from huixiang.pricing.model.rules import GroupRule, UnitRule
from tests.pricing.judges.availability import Merged, Offer
from tests.pricing.judges.holdings import Held, group_off, holdings, shared_out
from tests.pricing.judges.unit_prices import LinePrices, Part, line_prices


@dataclass(frozen=True, slots=True)
class Portion:
    """pieces: 0 of what is not sold by the piece. holders: codes of the unit and group rules that hold it."""

    line: int
    pieces: int
    list_fen: int
    unit_fen: int
    group_fen: int
    holders: frozenset[str]
    add_on: bool = False


@dataclass(slots=True)
class Selection:
    """held: of group rules and add-ons; off: what each of these takes off. ways: the prices of each line."""

    held: tuple[Held, ...]
    ways: tuple[LinePrices, ...]
    off: tuple[int, ...]
    goods_fen: int
    rules: frozenset[str]
    quota_used: bool
    lines: Sequence[Merged] = field(repr=False)

    def portions(self) -> list[Portion]:
        """By line id; of a line add-ons, groups by rule code, quota, rest."""
        taken = self.group_shares()
        found: list[Portion] = []
        for number, line in enumerate(self.lines):
            found += [
                add_on_portion(held, number, line) for held in self.held if is_add_on(held) and held.counts[number]
            ]
            grouped = iter(self.ways[number].grouped)
            for held in self.held:
                if is_add_on(held) or not held.counts[number]:
                    continue
                part = next(grouped) if on_unit(held) else listed_part(held, number, line)
                code = held.offer.rule.code
                left = part.unit_fen - taken[code, number]
                found.append(Portion(number, part.pieces, part.list_fen, part.unit_fen, left, part.holders | {code}))
            for rest in (self.ways[number].quota, self.ways[number].rest):
                if rest is not None:
                    pieces = rest.pieces if line.pieces else 0
                    found.append(Portion(number, pieces, rest.list_fen, rest.unit_fen, rest.unit_fen, rest.holders))
        return found

    def group_shares(self) -> dict[tuple[str, int], int]:
        shares = {}
        for held, off in zip(self.held, self.off, strict=True):
            if not is_add_on(held):
                numbers = [number for number, count in enumerate(held.counts) if count]
                amounts = group_amounts(held, self.held, self.ways, self.lines)
                for number, share in zip(numbers, shared_out(off, amounts), strict=True):
                    shares[held.offer.rule.code, number] = share
        return shares


def is_add_on(held: Held) -> bool:
    return isinstance(held.offer.rule.effect, AddOn)


def on_unit(held: Held) -> bool:
    return isinstance(held.offer.rule, GroupRule) and held.offer.rule.base == "unit"


def listed_part(held: Held, number: int, line: Merged) -> Part:
    pieces = held.counts[number]
    listed = pieces * line.line.list_price_fen
    return Part(pieces, listed, listed, frozenset())


def add_on_portion(held: Held, number: int, line: Merged) -> Portion:
    effect = held.offer.rule.effect
    assert isinstance(effect, AddOn)
    pieces = held.counts[number]
    price = pieces * effect.price_fen
    return Portion(
        number, pieces, pieces * line.line.list_price_fen, price, price, frozenset({held.offer.rule.code}), add_on=True
    )


def group_amounts(
    held: Held, everything: Sequence[Held], ways: Sequence[LinePrices], lines: Sequence[Merged]
) -> list[int]:
    """The unit amounts of the portions of a group rule, by line."""
    amounts = []
    for number, count in enumerate(held.counts):
        if not count:
            continue
        if on_unit(held):
            place = [one for one in everything if on_unit(one) and one.counts[number]].index(held)
            amounts.append(ways[number].grouped[place].unit_fen)
        else:
            amounts.append(count * lines[number].line.list_price_fen)
    return amounts


def selections(offers: Sequence[Offer], lines: Sequence[Merged]) -> Iterator[Selection]:
    """All that the unit layer, the groups and the add-ons allow, before exclusions and maxima."""
    units = [offer for offer in offers if isinstance(offer.rule, UnitRule)]
    prices = [[one for one in units if number in one.lines and not on_top(one)] for number in range(len(lines))]
    tops = [[one for one in units if number in one.lines and on_top(one)] for number in range(len(lines))]
    takers = sorted(
        (one for one in offers if isinstance(one.rule, GroupRule) or isinstance(one.rule.effect, AddOn)),
        key=lambda one: one.rule.code,
    )
    quotas = {one.rule.code: one.quota for one in units if one.quota is not None}
    known: dict[tuple[int, int, tuple[int, ...]], list[LinePrices]] = {}
    for held in holdings(takers, lines, tuple(line.pieces for line in lines)):
        choices = []
        for number, line in enumerate(lines):
            left = line.pieces - sum(one.counts[number] for one in held) if line.pieces else 1
            grouped = tuple(one.counts[number] for one in held if on_unit(one) and one.counts[number])
            key = number, left, grouped
            if key not in known:
                known[key] = line_prices(line, left, grouped, prices[number], tops[number])
            choices.append(known[key])
        for ways in product(*choices):
            if quotas and over(ways, quotas):
                continue
            if (selection := selected(held, ways, lines)) is not None:
                yield selection


def on_top(offer: Offer) -> bool:
    return isinstance(offer.rule, UnitRule) and offer.rule.on_top


def over(ways: Sequence[LinePrices], quotas: dict[str, int]) -> bool:
    taken = dict.fromkeys(quotas, 0)
    for way in ways:
        for code, pieces in way.used:
            taken[code] += pieces
    return any(taken[code] > quota for code, quota in quotas.items())


def selected(held: tuple[Held, ...], ways: tuple[LinePrices, ...], lines: Sequence[Merged]) -> Selection | None:
    """None where a group rule takes nothing off: it is not applied then, and holds no pieces."""
    goods = sum(way.unit_fen for way in ways)
    rules = frozenset().union(*(way.rules for way in ways))
    off = []
    for one in held:
        if is_add_on(one):
            effect = one.offer.rule.effect
            assert isinstance(effect, AddOn)
            goods += sum(one.counts) * effect.price_fen
            off.append(0)
            continue
        worth = [
            way.piece_fen if on_unit(one) else line.line.list_price_fen for way, line in zip(ways, lines, strict=True)
        ]
        amounts = group_amounts(one, held, ways, lines)
        saved = min(group_off(one, lines, worth), sum(amounts))
        if saved <= 0:
            return None
        off.append(saved)
        goods += (0 if on_unit(one) else sum(amounts)) - saved
        rules |= {one.offer.rule.code}
    used = any(way.used for way in ways)
    return Selection(held, ways, tuple(off), goods, rules, used, lines)
