"""Group rules in the solver's model: how many groups there are of each, and which pieces they hold."""

from __future__ import annotations

from ortools.sat.python import cp_model

from huixiang.pricing.model.effects import GroupOff, GroupPrice, GroupRate
from huixiang.pricing.model.rules import GroupRule
from tests.pricing.judges.arithmetic import rate_of
from tests.pricing.judges.availability import Offer, in_scope
from tests.pricing.judges.modelled import Modelled, Piece, Taken
from tests.pricing.judges.sharing import Amount


class Grouping:
    """pieces: of each line, what each group rule holds."""

    def __init__(self, modelled: Modelled) -> None:
        self._modelled = modelled
        self._make = modelled.make
        self._model = modelled.model
        self._lines = modelled.lines
        self.pieces: list[list[Amount]] = [[] for _ in self._lines]
        for offer in modelled.of("group"):
            self._hold(offer)

    def _hold(self, offer: Offer) -> None:
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
        first = len(self._modelled.portions)
        applied = self._make.truth()
        self._model.add(groups >= 1).only_enforce_if(applied)
        self._model.add(groups == 0).only_enforce_if(~applied)
        for number, pieces in sorted(held.items()):
            line = self._lines[number]
            amount = pieces * line.line.list_price_fen
            self._modelled.portions.append(Piece(number, pieces, amount, amount, line.list_fen, group=offer.rule.code))
            self.pieces[number].append(pieces)
        most = sum(self._lines[number].list_fen for number in held)
        off = self._make.number(0, most)
        self._model.add(off == self._group_off(offer, groups, held, most))
        self._model.add(off >= 1).only_enforce_if(applied)
        self._modelled.applied.append((offer.rule.code, applied))
        self._modelled.taken.append(Taken(offer.rule.code, off, frozenset(range(first, len(self._modelled.portions)))))

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
                off = off + saved[number] * self._make.both(taken, last)
            before = before + held[number]
        return off
