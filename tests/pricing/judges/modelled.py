"""What a basket is in the solver's model: its portions, what is applied, what is taken off."""

from __future__ import annotations

from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from huixiang.pricing.model.effects import Fee, FeeOff
from tests.pricing.judges.availability import Offer, merge, offers
from tests.pricing.judges.instances import Instance
from tests.pricing.judges.sharing import Amount, Maker


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
    def is_fee(self) -> bool:
        return isinstance(self.offer.rule.effect, Fee | FeeOff)

    @property
    def varies(self) -> bool:
        return any(truth is not None for truth in self.counts.values())


class Modelled:
    """One basket while its model is made. applied: codes with the truth that they are. taken: in the order in which
    rules take."""

    def __init__(self, drawn: Instance) -> None:
        self.drawn = drawn
        self.lines = merge(drawn.basket)
        self.offers = offers(drawn.promotions, self.lines, drawn.situation)
        self.stacking = {rule.code: rule.stacking for rule in drawn.promotions.rules}
        self.make = Maker()
        self.model = self.make.model
        self.portions: list[Piece] = []
        self.applied: list[tuple[str, cp_model.IntVar]] = []
        self.taken: list[Taken] = []

    def of(self, layer: str) -> list[Offer]:
        return [offer for offer in self.offers if offer.layer == layer]
