"""A second judge: the page's meaning as a model of integer constraints, solved by OR-Tools CP-SAT.

Decided by the solver: the prices of each line, the pieces of each group, which order rules, coupons and delivery rules
are applied. All that follows from it is constraints, the sharing of discounts by largest remainder included: floors,
remainders, and the order of the remainders (`sharing.py`). It is for larger baskets than can be tried one by one, 12
lines and 12 rules, and finds the payable alone.

Left out, and not drawn by `larger_instance`: add-ons, gifts, exchange coupons, groups on base `unit`, groups of more
than one slot that take the cheapest pieces, and the ties of section 8. What is available, and what a line costs by
itself (availability.py, unit_prices.py), is shared with the other judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from huixiang.pricing.model.effects import Fee, FeeOff, GroupOff, GroupPrice, GroupRate, Off, RateOff
from huixiang.pricing.model.rules import CouponRule, GroupRule, OrderRule, UnitRule
from tests.pricing.judges.arithmetic import rate_of
from tests.pricing.judges.availability import Merged, Offer, in_scope, layer_of, merge, offers
from tests.pricing.judges.instances import Instance
from tests.pricing.judges.sharing import Amount, Maker
from tests.pricing.judges.unit_prices import Part, line_prices


@dataclass(slots=True)
class Piece:
    """A portion that may be there. holding: rules of the unit layer, each with the truth that it holds the portion."""

    line: int
    pieces: Amount
    listed: Amount
    unit: Amount
    most: int
    holding: list[tuple[str, cp_model.IntVar]] = field(default_factory=list)
    group: str | None = None


@dataclass(slots=True)
class Taken:
    """What a rule takes off: in all, and of each portion where anything later asks for that."""

    code: str
    total: Amount
    portions: frozenset[int]
    shares: dict[int, Amount] | None = None

    def within(self, portions: frozenset[int]) -> Amount:
        if self.shares is not None:
            return sum(share for number, share in self.shares.items() if number in portions)
        if self.portions <= portions:
            return self.total
        assert not self.portions & portions, "a share that was not asked for"
        return 0


@dataclass(slots=True)
class Later:
    """An order rule, a coupon or a delivery rule in the model. counts: by portion, None where it always counts."""

    offer: Offer
    applied: cp_model.IntVar
    portions: frozenset[int]
    counts: dict[int, cp_model.IntVar | None] = field(default_factory=dict)
    shared: bool = False

    @property
    def varies(self) -> bool:
        return any(truth is not None for truth in self.counts.values())


def solve(drawn: Instance, effort: float = 0.2) -> int | None:
    """The lowest payable; None where the solver did not prove it with so much effort, the same on any machine."""
    return Basketful(drawn).solve(effort)


class Basketful:
    def __init__(self, drawn: Instance) -> None:
        self._drawn = drawn
        self._lines = merge(drawn.basket)
        self._offers = offers(drawn.promotions, self._lines, drawn.situation)
        self._stacking = {rule.code: rule.stacking for rule in drawn.promotions.rules}
        self._make = Maker()
        self._model = self._make.model
        self._portions: list[Piece] = []
        self._applied: list[tuple[str, cp_model.IntVar]] = []
        self._taken: list[Taken] = []
        self._groups()
        self._prices()
        self._in_model = [self._later(offer) for layer in ("order", "coupon", "delivery") for offer in self._of(layer)]
        self._fee = self._settle()
        self._stack()

    def _of(self, layer: str) -> list[Offer]:
        return [offer for offer in self._offers if offer.layer == layer]

    # ------------------------------------------------------------------------------------------- groups and unit prices
    def _groups(self) -> None:
        self._pieces = [[self._make.number(0, 0)] for _ in self._lines]
        self._groups_of: list[tuple[Offer, cp_model.IntVar, Amount]] = []
        for offer in self._of("group"):
            rule = offer.rule
            assert isinstance(rule, GroupRule)
            most = sum(line.pieces for line in self._lines) // sum(slot.pieces for slot in rule.slots)
            groups = self._make.number(0, most if rule.times is None else min(most, rule.times))
            held: dict[int, list[cp_model.IntVar]] = {}
            for slot in rule.slots:
                scoped = [
                    number
                    for number, line in enumerate(self._lines)
                    if line.pieces and number in offer.lines and in_scope(slot.goods, line.line)
                ]
                taken = [self._make.number(0, self._lines[number].pieces) for number in scoped]
                self._model.add(sum(taken) == groups * slot.pieces)
                for number, pieces in zip(scoped, taken, strict=True):
                    held.setdefault(number, []).append(pieces)
            self._group(offer, groups, {number: sum(pieces) for number, pieces in held.items()})

    def _group(self, offer: Offer, groups: cp_model.IntVar, held: dict[int, Amount]) -> None:
        first = len(self._portions)
        applied = self._make.truth()
        self._model.add(groups >= 1).only_enforce_if(applied)
        self._model.add(groups == 0).only_enforce_if(~applied)
        for number, pieces in sorted(held.items()):
            line = self._lines[number]
            amount = pieces * line.line.list_price_fen
            self._portions.append(Piece(number, pieces, amount, amount, line.list_fen, group=offer.rule.code))
            self._pieces[number].append(pieces)
        most = sum(self._lines[number].list_fen for number in held)
        off = self._make.number(0, most)
        self._model.add(off == self._group_off(offer, groups, held, most))
        self._model.add(off >= 1).only_enforce_if(applied)
        self._applied.append((offer.rule.code, applied))
        self._taken.append(Taken(offer.rule.code, off, frozenset(range(first, len(self._portions)))))

    def _group_off(self, offer: Offer, groups: cp_model.IntVar, held: dict[int, Amount], most: int) -> Amount:
        rule = offer.rule
        whole = sum(pieces * self._lines[number].line.list_price_fen for number, pieces in held.items())
        match rule.effect:
            case GroupPrice(price):
                return self._make.highest(0, whole - groups * price, most)
            case GroupOff(off):
                return self._make.lowest(whole, groups * off, most)
            case GroupRate(rate, cheapest):
                assert isinstance(rule, GroupRule)
                values = {number: self._lines[number].line.list_price_fen for number in held}
                saved = {number: value - rate_of(value, rate) for number, value in values.items()}
                if cheapest is None:
                    return sum(pieces * saved[number] for number, pieces in held.items())
                assert len(rule.slots) == 1
                return self._cheapest(rule.slots[0].pieces, cheapest, held, saved)
        raise AssertionError(rule)

    def _cheapest(self, size: int, cheapest: int, held: dict[int, Amount], saved: dict[int, int]) -> Amount:
        """Piece by piece in rank: it is among the cheapest if its place in its group is one of the last."""
        ranked = sorted(
            held, key=lambda number: (-self._lines[number].line.list_price_fen, self._lines[number].line_id)
        )
        off: Amount = 0
        before: Amount = 0
        for number in ranked:
            for piece in range(self._lines[number].pieces):
                taken = self._make.truth()
                self._model.add(held[number] >= piece + 1).only_enforce_if(taken)
                self._model.add(held[number] <= piece).only_enforce_if(~taken)
                place = self._make.number(0, size - 1)
                self._model.add_modulo_equality(place, before + piece, size)
                last = self._make.truth()
                self._model.add(place >= size - cheapest).only_enforce_if(last)
                self._model.add(place < size - cheapest).only_enforce_if(~last)
                off += saved[number] * self._make.both(taken, last)
            before += held[number]
        return off

    def _prices(self) -> None:
        units = [offer for offer in self._offers if isinstance(offer.rule, UnitRule)]
        holding: dict[str, list[cp_model.IntVar]] = {}
        quotas: dict[str, list[Amount]] = {}
        for number, line in enumerate(self._lines):
            scoped = [offer for offer in units if number in offer.lines]
            prices = [offer for offer in scoped if isinstance(offer.rule, UnitRule) and not offer.rule.on_top]
            tops = [offer for offer in scoped if isinstance(offer.rule, UnitRule) and offer.rule.on_top]
            grouped = len(self._pieces[number]) > 1
            lefts = range(line.pieces + 1) if grouped else [line.pieces or 1]
            ways = [(left, way) for left in lefts for way in line_prices(line, left, (), prices, tops)]
            chosen = [self._make.truth() for _ in ways]
            self._model.add_exactly_one(chosen)
            if line.pieces:
                left = sum(truth * left for truth, (left, _) in zip(chosen, ways, strict=True))
                self._model.add(left + sum(self._pieces[number]) == line.pieces)
            for truth, (_, way) in zip(chosen, ways, strict=True):
                for code in way.rules:
                    holding.setdefault(code, []).append(truth)
                for code, pieces in way.used:
                    quotas.setdefault(code, []).append(truth * pieces)
            self._portion(number, line, [(truth, way.quota) for truth, (_, way) in zip(chosen, ways, strict=True)])
            self._portion(number, line, [(truth, way.rest) for truth, (_, way) in zip(chosen, ways, strict=True)])
        for code, truths in holding.items():
            self._applied.append((code, self._make.any_of(truths)))
        for offer in units:
            if offer.quota is not None and offer.rule.code in quotas:
                self._model.add(sum(quotas[offer.rule.code]) <= offer.quota)

    def _portion(self, number: int, line: Merged, parts: Sequence[tuple[cp_model.IntVar, Part | None]]) -> None:
        there = [(truth, part) for truth, part in parts if part is not None]
        if not there:
            return
        holders = {code for _, part in there for code in part.holders}
        self._portions.append(
            Piece(
                number,
                sum(truth * part.pieces for truth, part in there) if line.pieces else 0,
                sum(truth * part.list_fen for truth, part in there),
                sum(truth * part.unit_fen for truth, part in there),
                max(part.list_fen for _, part in there),
                [
                    (code, self._make.any_of([truth for truth, part in there if code in part.holders]))
                    for code in sorted(holders)
                ],
            )
        )

    # ---------------------------------------------------------------------------------------- the order, the coupons
    def _later(self, offer: Offer) -> Later:
        portions = frozenset(n for n, portion in enumerate(self._portions) if portion.line in offer.lines)
        applied = self._make.truth()
        self._applied.append((offer.rule.code, applied))
        return Later(offer, applied, portions)

    def _settle(self) -> Amount:
        self._count()
        self._ask_for_shares()
        groups = list(self._taken)
        for taken in groups:
            if taken.shares is not None:
                numbers = sorted(taken.portions)
                weights = [(self._portions[number].unit, self._portions[number].most) for number in numbers]
                taken.shares = dict(zip(numbers, self._make.shares(taken.total, weights), strict=True))
        orders = 0
        for later in self._in_model:
            if later.offer.layer == "order":
                self._discount(later, len(groups))
                orders = len(self._taken)
            elif later.offer.layer == "coupon" and not is_fee(later):
                self._discount(later, max(orders, len(groups)))
        return self._deliver()

    def _barred(self, code: str) -> set[str]:
        own = self._stacking[code]
        pairs = [{one.first, one.second} for one in self._drawn.promotions.exclusions if one.on == "line"]
        return {other for other, its in self._stacking.items() if own and its and {own, its} in pairs}

    def _count(self) -> None:
        """A portion is not counted where an earlier rule holds it that is excluded on the line."""
        for place, later in enumerate(self._in_model):
            barred = self._barred(later.offer.rule.code)
            for number in later.portions:
                portion = self._portions[number]
                held = [truth for code, truth in portion.holding if code in barred]
                if portion.group in barred:
                    later.counts[number] = self._make.constant(value=False)
                    continue
                for earlier in self._in_model[:place]:
                    if earlier.offer.layer == "delivery" or earlier.offer.rule.code not in barred:
                        continue
                    if number in earlier.portions:
                        counted = earlier.counts[number]
                        held.append(earlier.applied if counted is None else self._make.both(earlier.applied, counted))
                later.counts[number] = self._make.none_of(held) if held else None

    def _ask_for_shares(self) -> None:
        """From the last to the first: shares are wanted where something later counts a part of the portions."""
        after = [later for later in self._in_model if is_fee(later)]
        for later in reversed(self._in_model):
            if not is_fee(later):
                later.shared = splits(later.portions, after)
                after.append(later)
        for taken in self._taken:
            if splits(taken.portions, after):
                taken.shares = {}

    def _discount(self, later: Later, before: int) -> None:
        """before: how many of what was taken the base of a coupon sees."""
        rule = later.offer.rule
        assert isinstance(rule, OrderRule | CouponRule)
        most = sum(self._portions[number].most for number in later.portions)
        base = self._make.set_to(self._base(later, rule.base, before), most)
        reach = self._make.set_to(self._counted_pieces(later), 1000) if rule.count == "pieces" else base
        match rule.effect:
            case Off() as effect:
                off = self._stepped(effect, reach)
            case RateOff() as effect:
                off = self._rated(effect, reach, base, most)
            case _:
                raise AssertionError(rule)
        if later.offer.room_fen is not None:
            off = self._make.lowest(off, later.offer.room_fen, later.offer.room_fen)
        left = self._make.set_to(self._sum(later, self._group_amounts(), len(self._taken)), most)
        taken = self._make.if_else(later.applied, self._make.lowest(off, left, most), most)
        self._model.add(taken >= 1).only_enforce_if(later.applied)
        shares = self._shares(later, taken) if later.shared else None
        self._taken.append(Taken(rule.code, taken, later.portions, shares))

    def _shares(self, later: Later, taken: Amount) -> dict[int, Amount]:
        numbers = sorted(later.portions, key=self._place)
        weights = []
        for number in numbers:
            portion = self._portions[number]
            left = portion.unit - sum(one.within(frozenset({number})) for one in self._taken)
            truth = later.counts[number]
            weights.append((left if truth is None else self._make.if_else(truth, left, portion.most), portion.most))
        return dict(zip(numbers, self._make.shares(taken, weights), strict=True))

    def _place(self, number: int) -> tuple[int, bool, str, int]:
        """Portions by line; of a line groups by rule code, quota, rest."""
        portion = self._portions[number]
        return portion.line, portion.group is None, portion.group or "", number

    def _group_amounts(self) -> list[Amount]:
        return [portion.unit for portion in self._portions]

    def _base(self, later: Later, base: str, before: int) -> Amount:
        match base:
            case "list":
                return self._sum(later, [portion.listed for portion in self._portions], 0)
            case "unit":
                return self._sum(later, self._group_amounts(), 0)
            case "group":
                return self._sum(later, self._group_amounts(), len(self._of("group")))
            case _:
                return self._sum(later, self._group_amounts(), before)

    def _sum(self, later: Later, amounts: Sequence[Amount], taken: int) -> Amount:
        """Over what the rule counts, after the first `taken` of all that was taken."""
        always = frozenset(number for number, truth in later.counts.items() if truth is None)
        total = sum(amounts[number] for number in always) - sum(one.within(always) for one in self._taken[:taken])
        for number, truth in later.counts.items():
            if truth is not None:
                left = amounts[number] - sum(one.within(frozenset({number})) for one in self._taken[:taken])
                total += self._make.if_else(truth, left, self._portions[number].most)
        return total

    def _counted_pieces(self, later: Later) -> Amount:
        return sum(
            self._portions[number].pieces
            if truth is None
            else self._make.if_else(truth, self._portions[number].pieces, 1000)
            for number, truth in later.counts.items()
        )

    def _stepped(self, effect: Off, reach: cp_model.IntVar) -> Amount:
        if effect.repeat:
            (step,) = effect.steps
            times = self._make.divided(reach, step.at)
            return step.off_fen * (times if effect.times is None else self._make.lowest(times, effect.times, 10**6))
        reached = self._make.reached(reach, [step.at for step in effect.steps])
        return sum(truth * step.off_fen for truth, step in zip(reached, effect.steps, strict=True))

    def _rated(self, effect: RateOff, reach: cp_model.IntVar, base: cp_model.IntVar, most: int) -> Amount:
        reached = self._make.reached(reach, [step.at for step in effect.steps])
        off: Amount = 0
        for truth, step in zip(reached, effect.steps, strict=True):
            paid = self._make.divided(2 * base * step.rate_bp + 10_000, 20_000)
            off += self._make.if_else(truth, base - paid, most)
        return off if effect.max_off_fen is None else self._make.lowest(off, effect.max_off_fen, most)

    # ---------------------------------------------------------------------------------------------- fee and stacking
    def _deliver(self) -> Amount:
        whole = self._drawn.basket.delivery_fen
        fee: Amount = whole
        for later in self._in_model:
            if not is_fee(later):
                continue
            effect = later.offer.rule.effect
            assert isinstance(effect, Fee | FeeOff)
            reach = self._sum(later, self._group_amounts(), len(self._taken))
            self._model.add(reach >= effect.at).only_enforce_if(later.applied)
            off = max(0, whole - effect.fee_fen) if isinstance(effect, Fee) else effect.off_fen
            taken = self._make.if_else(later.applied, self._make.lowest(fee, off, whole), whole)
            self._model.add(taken >= 1).only_enforce_if(later.applied)
            if not later.portions:
                self._model.add(later.applied == 0)
            fee = self._make.set_to(fee - taken, whole)
        return fee

    def _stack(self) -> None:
        promotions = self._drawn.promotions
        classes = {rule.stacking for rule in promotions.rules if isinstance(rule, CouponRule) and rule.stacking}
        maxima = {("class", one): 1 for one in classes} | {(one.by, one.of): one.at_most for one in promotions.maxima}
        layers = {rule.code: layer_of(rule) for rule in promotions.rules}
        for (by, of), at_most in maxima.items():
            named = [
                truth for code, truth in self._applied if of == (self._stacking if by == "class" else layers)[code]
            ]
            self._model.add(sum(named) <= at_most)
        for one in promotions.exclusions:
            if one.on != "order":
                continue
            first, second = (
                [t for code, t in self._applied if self._stacking[code] == of] for of in (one.first, one.second)
            )
            if one.first == one.second:
                self._model.add(sum(first) <= 1)
                continue
            for truth in first:
                for other in second:
                    self._model.add_bool_or([~truth, ~other])

    def solve(self, effort: float) -> int | None:
        goods = sum(portion.unit for portion in self._portions) - sum(one.total for one in self._taken)
        self._model.minimize(goods + self._fee)
        packaging = self._drawn.promotions.packaging_fen + self._drawn.basket.packaging_fen
        found = self._make.solve(effort)
        return None if found is None else found + packaging


def is_fee(later: Later) -> bool:
    return isinstance(later.offer.rule.effect, Fee | FeeOff)


def splits(portions: frozenset[int], after: Sequence[Later]) -> bool:
    """Whether what is taken off these portions has to be known apart for something that comes later."""
    return any(
        later.varies or later.shared or not portions <= later.portions for later in after if portions & later.portions
    )
