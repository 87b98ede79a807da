"""From the best outcome to a priced basket: every fen on its line, under the rule that took it."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from huixiang.pricing.model.priced import Adjustment, Applied, Portion, PricedLine
from huixiang.pricing.model.rules import LAYERS
from huixiang.pricing.rules.compiled import UNIT, Compiled
from huixiang.pricing.rules.merge import Merged, list_amount
from huixiang.pricing.rules.outcome import Outcome
from huixiang.pricing.rules.part import Part
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.share import share
from huixiang.pricing.rules.unit import priced

Taking = tuple[Compiled, str | None, int]
"""What a rule, or a coupon by its id, took off a line."""


def lines_of(quote: Quote, outcome: Outcome) -> tuple[PricedLine, ...]:
    """In the order in which the lines were sent."""
    takings = _takings(quote, outcome)
    found: dict[str, PricedLine] = {}
    several = len(outcome.parts) > len(quote.lines)
    for line, mine in zip(quote.lines, takings, strict=True):
        portions: tuple[Portion, ...] = ()
        if several:
            parts = [part for part in outcome.parts if part.line == line.number]
            if len(parts) > 1:
                mine = _joined(mine)
                portions = tuple([_portion(line, part) for part in parts])
        amount = line.amount
        if len(line.parts) == 1:
            adjustments = tuple([Adjustment(rule.code, LAYERS[rule.layer], off, coupon) for rule, coupon, off in mine])
            for _, _, off in mine:
                amount -= off
            found[line.line_id] = PricedLine(
                line.line_id, line.first.sku, line.quantity, line.amount, amount, adjustments, portions
            )
        else:
            _split(line, mine, portions, found)
    return tuple([found[line.line_id] for line in quote.basket.lines])


def _portion(line: Merged, part: Part) -> Portion:
    rules = tuple([rule.code for rule in part.unit])
    group = part.add_on or part.group
    units = part.units if line.by_piece else line.quantity
    return Portion(units, part.list_fen, part.unit_fen, part.groups_fen, rules, None if group is None else group.code)


def _joined(takings: Sequence[Taking]) -> list[Taking]:
    """What one rule took off several portions of a line, as one."""
    sums: dict[tuple[Compiled, str | None], int] = {}
    for rule, coupon, off in takings:
        sums[rule, coupon] = sums.get((rule, coupon), 0) + off
    return [(rule, coupon, off) for (rule, coupon), off in sums.items()]


def _split(
    line: Merged, takings: Sequence[Taking], portions: tuple[Portion, ...], found: dict[str, PricedLine]
) -> None:
    """What a merged line pays and what each rule took, back to its lines."""
    weights = [list_amount(part) for part in line.parts]
    if not any(weights):
        weights = [part.quantity for part in line.parts]
    paid = share(line.amount - sum([off for _, _, off in takings]), weights)
    shares = [(rule, coupon, share(off, weights)) for rule, coupon, off in takings]
    for at, part in enumerate(line.parts):
        adjustments = tuple(
            [Adjustment(rule.code, LAYERS[rule.layer], offs[at], coupon) for rule, coupon, offs in shares if offs[at]]
        )
        full = paid[at] + sum([one.amount_fen for one in adjustments])
        found[part.line_id] = PricedLine(part.line_id, part.sku, part.quantity, full, paid[at], adjustments, portions)


def _takings(quote: Quote, outcome: Outcome) -> list[list[Taking]]:
    """What was taken off each merged line, in the order in which it was."""
    takings: list[list[Taking]] = [[] for _ in quote.lines]
    parts = outcome.parts
    for part in parts:
        if part.unit_fen != part.list_fen:
            takings[part.line] += _unit_takings(quote.lines[part.line], part)
        if part.group is not None and part.unit_fen != part.groups_fen:
            takings[part.line].append((part.group, None, part.unit_fen - part.groups_fen))
    for taken in (*outcome.orders, *outcome.coupons):
        rule, coupon = taken.upper.rule, taken.upper.coupon_id
        for at, off in zip(taken.places, taken.shares, strict=True):
            if off:
                takings[parts[at].line].append((rule, coupon, off))
    return takings


def _unit_takings(line: Merged, part: Part) -> list[Taking]:
    if part.add_on is not None:
        return [(part.add_on, None, part.list_fen - part.unit_fen)]
    if len(part.unit) == 1:
        return [(part.unit[0], None, part.list_fen - part.unit_fen)]
    found: list[Taking] = []
    before = part.list_fen
    for count in range(1, len(part.unit) + 1):
        after = priced(part.unit[:count], line, part.units)[0]
        found.append((part.unit[count - 1], None, before - after))
        before = after
    return found


def applied_of(quote: Quote, outcome: Outcome) -> tuple[Applied, ...]:
    """The rules that were applied, in the order in which they are taken."""
    saved: dict[Compiled, int] = {}
    pieces: dict[Compiled, int] = {}
    for part in outcome.parts:
        if part.unit_fen != part.list_fen:
            for rule, _, off in _unit_takings(quote.lines[part.line], part):
                saved[rule] = saved.get(rule, 0) + off
                if rule.quota or part.add_on is not None:
                    pieces[rule] = pieces.get(rule, 0) + part.units
        if part.group is not None:
            saved[part.group] = saved.get(part.group, 0) + part.unit_fen - part.groups_fen
    found = [
        (rule.place, "", _applied(rule, off, outcome.parts, pieces)) for rule, off in saved.items() if not rule.sold
    ]
    for taken in outcome.used:
        upper = taken.upper
        rule = upper.rule
        one = Applied(
            rule.code,
            LAYERS[rule.layer],
            rule.rule.name,
            saved[rule] if upper.add_on else taken.off,
            cut_fen=taken.cut,
            coupon_id=upper.coupon_id,
            times=taken.times,
            pieces=pieces.get(rule),
            gift=rule.gift,
        )
        found.append((rule.place, upper.coupon_id or "", one))
    found.sort(key=_place)
    return tuple([one for _, _, one in found])


_place = itemgetter(0, 1)


def _applied(rule: Compiled, off: int, parts: Sequence[Part], pieces: dict[Compiled, int]) -> Applied:
    """Of a unit or group rule; `times` of a group rule are its groups."""
    if rule.layer == UNIT:
        return Applied(rule.code, "unit", rule.rule.name, off, pieces=pieces.get(rule))
    groups = sum([part.units for part in parts if part.group is rule]) // sum([size for _, size in rule.slots])
    return Applied(rule.code, "group", rule.rule.name, off, times=groups)
