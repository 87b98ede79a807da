"""From the best outcome to a priced basket: every fen on its line, under the rule that took it."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from huixiang.pricing.model.priced import Adjustment, Applied, Portion, PricedLine
from huixiang.pricing.model.rules import LAYERS
from huixiang.pricing.rules.above import Taken
from huixiang.pricing.rules.compiled import UNIT, Compiled
from huixiang.pricing.rules.merge import Merged, list_amount
from huixiang.pricing.rules.outcome import Outcome
from huixiang.pricing.rules.part import Part
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.share import share
from huixiang.pricing.rules.unit import priced


def answer_of(quote: Quote, outcome: Outcome) -> tuple[tuple[PricedLine, ...], tuple[Applied, ...]]:
    """The lines in the order in which they were sent, and the rules that were applied in the order in which they are
    taken."""
    takings = Takings(quote.lines, outcome)
    return _lines(quote, outcome, takings.by_line), _applied(outcome, takings)


class Takings:
    """by_line: what was taken off each merged line, in the order in which it was; saved: what each unit or group rule
    took in all; pieces: that a price with a quota, or an add-on, was given for."""

    __slots__ = ("_lines", "by_line", "pieces", "saved")

    def __init__(self, lines: Sequence[Merged], outcome: Outcome) -> None:
        self._lines = lines
        self.by_line: list[tuple[Adjustment, ...]] = [()] * len(lines)
        self.saved: dict[Compiled, int] = {}
        self.pieces: dict[Compiled, int] = {}
        parts = outcome.parts
        self._add_parts(parts)
        # Where no line is cut, a portion's place is its line's.
        whose = [part.line for part in parts] if len(parts) > len(lines) else None
        for taken in outcome.orders:
            self._add_shares(taken, whose)
        for taken in outcome.coupons:
            self._add_shares(taken, whose)

    def _add_parts(self, parts: Sequence[Part]) -> None:
        by_line, saved = self.by_line, self.saved
        for part in parts:
            if part.group is not None or part.add_on is not None or len(part.unit) > 1:
                self._add_part(part)
            elif part.unit:
                rule = part.unit[0]
                off = part.list_fen - part.unit_fen
                by_line[part.line] += (Adjustment(rule.code, "unit", off),)
                saved[rule] = saved.get(rule, 0) + off
                if rule.quota:
                    self.pieces[rule] = self.pieces.get(rule, 0) + part.units

    def _add_part(self, part: Part) -> None:
        saved, mine = self.saved, []
        for rule, off in _unit_takings(self._lines[part.line], part):
            mine.append(Adjustment(rule.code, LAYERS[rule.layer], off))
            saved[rule] = saved.get(rule, 0) + off
            if rule.quota or part.add_on is not None:
                self.pieces[rule] = self.pieces.get(rule, 0) + part.units
        group = part.group
        if group is not None:
            off = part.unit_fen - part.groups_fen
            saved[group] = saved.get(group, 0) + off
            if off:
                mine.append(Adjustment(group.code, "group", off))
        self.by_line[part.line] += tuple(mine)

    def _add_shares(self, taken: Taken, whose: Sequence[int] | None) -> None:
        """whose: the lines of the portions, where they are not just one each."""
        by_line = self.by_line
        rule, coupon = taken.upper.rule, taken.upper.coupon_id
        code, layer = rule.code, LAYERS[rule.layer]
        for at, off in zip(taken.places, taken.shares, strict=True):
            if off:
                by_line[at if whose is None else whose[at]] += (Adjustment(code, layer, off, coupon),)


def _unit_takings(line: Merged, part: Part) -> Sequence[tuple[Compiled, int]]:
    off = part.list_fen - part.unit_fen
    if not off:
        return ()
    if part.add_on is not None:
        return ((part.add_on, off),)
    if len(part.unit) == 1:
        return ((part.unit[0], off),)
    found: list[tuple[Compiled, int]] = []
    before = part.list_fen
    for count in range(1, len(part.unit) + 1):
        after = priced(part.unit[:count], line, part.units)[0]
        found.append((part.unit[count - 1], before - after))
        before = after
    return found


def _lines(quote: Quote, outcome: Outcome, takings: Sequence[tuple[Adjustment, ...]]) -> tuple[PricedLine, ...]:
    cut = _cut_lines(quote, outcome) if len(outcome.parts) > len(quote.lines) else None
    found: dict[str, PricedLine] = {}
    for line, mine in zip(quote.lines, takings, strict=True):
        portions = cut.get(line.number, ()) if cut else ()
        adjustments = _joined(mine) if portions else mine
        if len(line.parts) > 1:
            _split(line, adjustments, portions, found)
            continue
        line_id, full = line.line_id, line.amount
        paid = full
        for one in adjustments:
            paid -= one.amount_fen
        found[line_id] = PricedLine(line_id, line.first.sku, line.quantity, full, paid, adjustments, portions)
    if len(found) == 1:
        return tuple(found.values())
    return tuple([found[line.line_id] for line in quote.basket.lines])


def _cut_lines(quote: Quote, outcome: Outcome) -> dict[int, tuple[Portion, ...]]:
    """The portions of lines that have several, by the number of the line."""
    parts: dict[int, list[Part]] = {}
    for part in outcome.parts:
        parts.setdefault(part.line, []).append(part)
    return {
        number: tuple([_portion(quote.lines[number], part) for part in mine])
        for number, mine in parts.items()
        if len(mine) > 1
    }


def _portion(line: Merged, part: Part) -> Portion:
    rules = tuple([rule.code for rule in part.unit])
    group = part.add_on or part.group
    units = part.units if line.by_piece else line.quantity
    return Portion(units, part.list_fen, part.unit_fen, part.groups_fen, rules, None if group is None else group.code)


def _joined(takings: Sequence[Adjustment]) -> tuple[Adjustment, ...]:
    """What one rule took off several portions of a line, as one."""
    found: dict[tuple[str, str | None], Adjustment] = {}
    for one in takings:
        key = (one.rule, one.coupon_id)
        before = found.get(key)
        off = one.amount_fen if before is None else one.amount_fen + before.amount_fen
        found[key] = Adjustment(one.rule, one.layer, off, one.coupon_id)
    return tuple(found.values())


def _split(
    line: Merged, takings: Sequence[Adjustment], portions: tuple[Portion, ...], found: dict[str, PricedLine]
) -> None:
    """What a merged line pays and what each rule took, back to its lines."""
    weights = [list_amount(part) for part in line.parts]
    if not any(weights):
        weights = [part.quantity for part in line.parts]
    full = share(line.amount, weights)
    paid = share(line.amount - sum([one.amount_fen for one in takings]), weights)
    shares = _level([share(one.amount_fen, weights) for one in takings], full, paid)
    for at, part in enumerate(line.parts):
        adjustments = tuple(
            [
                Adjustment(one.rule, one.layer, offs[at], one.coupon_id)
                for one, offs in zip(takings, shares, strict=True)
                if offs[at]
            ]
        )
        found[part.line_id] = PricedLine(
            part.line_id, part.sku, part.quantity, full[at], paid[at], adjustments, portions
        )


def _level(takings: list[list[int]], full: Sequence[int], paid: Sequence[int]) -> list[list[int]]:
    """What rules took of each line, so that it comes to its list amount less what it pays. Rounded rule by rule it may
    come to some fen too much for one line and too little for another: the last rules give and take them."""
    spare = [full[at] - paid[at] - sum([offs[at] for offs in takings]) for at in range(len(full))]
    for at in range(len(full)):
        while spare[at] < 0:
            to = spare.index(max(spare))
            offs = [offs for offs in takings if offs[at] > 0][-1]
            offs[at] -= 1
            offs[to] += 1
            spare[at] += 1
            spare[to] -= 1
    return takings


def _applied(outcome: Outcome, takings: Takings) -> tuple[Applied, ...]:
    pieces, saved = takings.pieces, takings.saved
    found: list[Applied] = []
    for rule in sorted(saved, key=_place):
        if rule.layer == UNIT:
            found.append(Applied(rule.code, "unit", rule.rule.name, saved[rule], 0, None, 1, pieces.get(rule)))
        elif not rule.sold:
            times = _groups(rule, outcome.parts)
            found.append(Applied(rule.code, "group", rule.rule.name, saved[rule], 0, None, times))
    for taken in sorted(outcome.used, key=_order):
        upper = taken.upper
        rule, coupon = upper.rule, upper.coupon_id
        off = saved[rule] if upper.add_on else taken.off
        code, name, of_it = rule.code, rule.rule.name, pieces.get(rule)
        found.append(Applied(code, LAYERS[rule.layer], name, off, taken.cut, coupon, taken.times, of_it, rule.gift))
    return tuple(found)


_place = attrgetter("place")
_order = attrgetter("upper.order")


def _groups(rule: Compiled, parts: Sequence[Part]) -> int:
    """How many groups of a rule there are."""
    return sum([part.units for part in parts if part.group is rule]) // sum([size for _, size in rule.slots])
