"""From the best outcome to a priced basket: every fen on its line, under the rule that took it."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.model.priced import Adjustment, Applied, Portion, PricedLine
from huixiang.pricing.model.rules import LAYERS
from huixiang.pricing.rules.compiled import GROUP, ORDER, UNIT, Compiled
from huixiang.pricing.rules.merge import Merged, list_amount
from huixiang.pricing.rules.outcome import Outcome
from huixiang.pricing.rules.part import Part
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.share import share
from huixiang.pricing.rules.unit import priced

Offs = dict[tuple[Compiled, str | None], int]


def lines_of(quote: Quote, outcome: Outcome) -> tuple[PricedLine, ...]:
    """In the order in which the lines were sent."""
    offs = _offs(quote, outcome)
    portions = _portions(quote, outcome)
    found: dict[str, PricedLine] = {}
    for line in quote.lines:
        mine = offs[line.number]
        payable = line.amount - sum(mine.values())
        if len(line.parts) == 1:
            adjustments = [
                Adjustment(rule.code, LAYERS[rule.layer], off, coupon) for (rule, coupon), off in mine.items() if off
            ]
            found[line.line_id] = PricedLine(
                line.line_id,
                line.first.sku,
                line.quantity,
                line.amount,
                payable,
                tuple(adjustments),
                portions[line.number],
            )
        else:
            _split(line, mine, payable, portions[line.number], found)
    return tuple([found[line.line_id] for line in quote.basket.lines])


def _split(line: Merged, offs: Offs, payable: int, portions: tuple[Portion, ...], found: dict[str, PricedLine]) -> None:
    """What a merged line pays and what each rule took, back to its lines."""
    weights = [list_amount(part) for part in line.parts]
    if not any(weights):
        weights = [part.quantity for part in line.parts]
    paid = share(payable, weights)
    by_rule = [(rule, coupon, share(off, weights)) for (rule, coupon), off in offs.items() if off]
    for at, part in enumerate(line.parts):
        adjustments = tuple(
            [Adjustment(rule.code, LAYERS[rule.layer], offs[at], coupon) for rule, coupon, offs in by_rule if offs[at]]
        )
        full = paid[at] + sum([one.amount_fen for one in adjustments])
        found[part.line_id] = PricedLine(part.line_id, part.sku, part.quantity, full, paid[at], adjustments, portions)


def _offs(quote: Quote, outcome: Outcome) -> list[Offs]:
    """What each rule took off each merged line, in the order in which they took it."""
    offs: list[Offs] = [{} for _ in quote.lines]
    parts = outcome.parts
    for part in parts:
        mine = offs[part.line]
        if part.unit_fen != part.list_fen:
            _unit_offs(quote.lines[part.line], part, mine)
        if part.group is not None:
            _add(mine, part.group, part.unit_fen - part.groups_fen)
    for taken in (*outcome.orders, *outcome.coupons):
        upper = taken.upper
        for at, off in zip(taken.places, taken.shares, strict=True):
            if off:
                _add(offs[parts[at].line], upper.rule, off, upper.coupon_id)
    return offs


def _unit_offs(line: Merged, part: Part, offs: Offs) -> None:
    if part.add_on is not None:
        _add(offs, part.add_on, part.list_fen - part.unit_fen)
        return
    if len(part.unit) == 1:
        _add(offs, part.unit[0], part.list_fen - part.unit_fen)
        return
    before = part.list_fen
    for count in range(1, len(part.unit) + 1):
        after = priced(part.unit[:count], line, part.units)[0]
        _add(offs, part.unit[count - 1], before - after)
        before = after


def _add(offs: Offs, rule: Compiled, off: int, coupon_id: str | None = None) -> None:
    key = (rule, coupon_id)
    offs[key] = offs.get(key, 0) + off


def _portions(quote: Quote, outcome: Outcome) -> list[tuple[Portion, ...]]:
    lines: list[tuple[Portion, ...]] = [() for _ in quote.lines]
    for part in outcome.parts:
        rules = tuple([rule.code for rule in part.unit])
        group = part.add_on or part.group
        units = part.units if quote.lines[part.line].by_piece else quote.lines[part.line].quantity
        portion = Portion(
            units, part.list_fen, part.unit_fen, part.groups_fen, rules, None if group is None else group.code
        )
        lines[part.line] = (*lines[part.line], portion)
    return lines


def applied_of(quote: Quote, outcome: Outcome) -> tuple[Applied, ...]:
    """The rules that were applied, in the order in which they are taken."""
    saved: dict[Compiled, int] = {}
    pieces: dict[Compiled, int] = {}
    for part in outcome.parts:
        _below(quote.lines[part.line], part, saved, pieces)
    found = [
        (
            rule.place,
            "",
            Applied(
                rule.code, LAYERS[rule.layer], rule.rule.name, off,
                times=_times(rule, outcome.parts) if rule.layer == GROUP else 1,
                pieces=pieces.get(rule),
            ),
        )
        for rule, off in saved.items()
        if rule.layer != ORDER
    ]  # fmt: skip
    for taken in outcome.used:
        upper = taken.upper
        rule = upper.rule
        off = saved.get(rule, 0) if upper.add_on else taken.off
        one = Applied(
            rule.code, LAYERS[rule.layer], rule.rule.name, off,
            cut_fen=taken.cut, coupon_id=upper.coupon_id, times=taken.times, pieces=pieces.get(rule), gift=rule.gift,
        )  # fmt: skip
        found.append((rule.place, upper.coupon_id or "", one))
    found.sort(key=lambda one: one[:2])
    return tuple([one for _, _, one in found])


def _below(line: Merged, part: Part, saved: dict[Compiled, int], pieces: dict[Compiled, int]) -> None:
    offs: Offs = {}
    if part.unit_fen != part.list_fen:
        _unit_offs(line, part, offs)
    for (rule, _), off in offs.items():
        saved[rule] = saved.get(rule, 0) + off
        if rule.quota or rule.layer != UNIT:
            pieces[rule] = pieces.get(rule, 0) + part.units
    if part.group is not None:
        saved[part.group] = saved.get(part.group, 0) + part.unit_fen - part.groups_fen


def _times(rule: Compiled, parts: Sequence[Part]) -> int:
    """How many groups a group rule made."""
    return sum([part.units for part in parts if part.group is rule]) // sum(size for _, size in rule.slots)
