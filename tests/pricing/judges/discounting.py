"""Discounts in the solver's model: what order rules and coupons take off, what each portion bears, and the fee."""

from __future__ import annotations

from collections.abc import Sequence

from ortools.sat.python import cp_model

from huixiang.pricing.model.effects import Fee, FeeOff, Off, RateOff
from huixiang.pricing.model.rules import CouponRule, OrderRule
from tests.pricing.judges.modelled import Later, Modelled, Taken
from tests.pricing.judges.sharing import Amount


class Discounts:
    """What groups took is in the model already; fee: what delivery costs after all."""

    def __init__(self, modelled: Modelled, rules: Sequence[Later]) -> None:
        self._make = modelled.make
        self._model = modelled.model
        self._portions = modelled.portions
        self._taken = modelled.taken
        self._share_groups()
        self._after_groups = self._after_order = len(self._taken)
        for later in rules:
            if not later.is_fee:
                self._discount(later)
            if later.offer.layer == "order":
                self._after_order = len(self._taken)
        self.fee = self._deliver(modelled.drawn.basket.delivery_fen, [later for later in rules if later.is_fee])

    def _share_groups(self) -> None:
        for taken in self._taken:
            if taken.shares is not None:
                numbers = sorted(taken.portions)
                weights = [(self._portions[number].unit, self._portions[number].most) for number in numbers]
                taken.shares = dict(zip(numbers, self._make.shares(taken.total, weights), strict=True))

    def _discount(self, later: Later) -> None:
        rule = later.offer.rule
        assert isinstance(rule, OrderRule | CouponRule)
        most = sum(self._portions[number].most for number in later.portions)
        base = self._make.set_to(self._base(later, rule.base), most)
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
        left = self._make.set_to(self._sum(later, self._units(), len(self._taken)), most)
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

    def _units(self) -> list[Amount]:
        return [portion.unit for portion in self._portions]

    def _base(self, later: Later, base: str) -> Amount:
        match base:
            case "list":
                return self._sum(later, [portion.listed for portion in self._portions], 0)
            case "unit":
                return self._sum(later, self._units(), 0)
            case "group":
                return self._sum(later, self._units(), self._after_groups)
            case _:
                return self._sum(later, self._units(), self._after_order)

    def _sum(self, later: Later, amounts: Sequence[Amount], taken: int) -> Amount:
        """Over what the rule counts, after the first `taken` of all that was taken."""
        always = frozenset(number for number, truth in later.counts.items() if truth is None)
        total = sum(amounts[number] for number in always) - sum(one.within(always) for one in self._taken[:taken])
        for number, truth in later.counts.items():
            if truth is not None:
                left = amounts[number] - sum(one.within(frozenset({number})) for one in self._taken[:taken])
                # A new expression: += would change the amount of a portion that it may be.
                total = total + self._make.if_else(truth, left, self._portions[number].most)
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
            off = off + self._make.if_else(truth, base - paid, most)
        return off if effect.max_off_fen is None else self._make.lowest(off, effect.max_off_fen, most)

    def _deliver(self, whole: int, rules: Sequence[Later]) -> Amount:
        """whole: what delivery costs before any rule, fen."""
        fee: Amount = whole
        for later in rules:
            effect = later.offer.rule.effect
            assert isinstance(effect, Fee | FeeOff)
            reach = self._sum(later, self._units(), len(self._taken))
            self._model.add(reach >= effect.at).only_enforce_if(later.applied)
            off = max(0, whole - effect.fee_fen) if isinstance(effect, Fee) else effect.off_fen
            taken = self._make.if_else(later.applied, self._make.lowest(fee, off, whole), whole)
            self._model.add(taken >= 1).only_enforce_if(later.applied)
            if not later.portions:
                self._model.add(later.applied == 0)
            fee = self._make.set_to(fee - taken, whole)
        return fee
