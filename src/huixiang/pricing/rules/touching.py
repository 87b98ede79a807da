"""What of a rule set touches goods: looked up once for each profile that goods are seen by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from huixiang.pricing.model.effects import Price
from huixiang.pricing.model.priced import NotApplied
from huixiang.pricing.rules.compiled import GROUP, UNIT, Compiled, Profile

Rules = tuple[Compiled, ...]
Served = tuple[Compiled, tuple[int, ...], int, int]
"""A group rule, its slots that goods may serve, and pieces of one group: of all slots, and of the others."""
LITTLE = 50  # fen; a rate that takes nothing off this much is looked at by itself


class Touching:
    """The rules that goods of one profile are in the scope of, but for those of all goods. groups: of any slot; served:
    those with slots that the goods may serve; unserved: the others. rates and offs are the unit rules of these
    effects, the deepest first; `other` are the rest. unsure: the rules that are not simply available in every quote:
    they depend on who and when, or on a threshold. lowering: by place, of the unit rules that are always available
    and lower every line that is worth more than `lowers_above`, that they are dearer; asked: the other unit rules.
    by_price: what these rules make of the goods depends on the list price and the pieces alone, whoever asks."""

    __slots__ = (
        "above", "all", "asked", "by_price", "coupons", "groups", "lowering", "lowers_above", "offs", "on_top", "other",
        "profile", "rates", "sells", "served", "slots", "unit", "unserved", "unsure",
    )  # fmt: skip

    def __init__(self, profile: Profile, inside: Sequence[Compiled]) -> None:
        self.profile = profile
        self.coupons: dict[int, bool] = {}
        self.slots: dict[int, tuple[int, ...]] = {}
        self.sells: dict[int, bool] = {}
        self.all = tuple(inside)
        self.unit = tuple(rule for rule in inside if rule.layer == UNIT and not rule.on_top)
        self.rates, self.offs, self.other = by_effect(self.unit)
        self.on_top = tuple(rule for rule in inside if rule.on_top)
        self.by_price = profile.by_piece and all(rule.simple and rule.by_price for rule in self.unit)
        self.groups = tuple(rule for rule in inside if rule.layer == GROUP)
        self.served = tuple(self._serve(self.groups))
        self.unserved = tuple(rule for rule in self.groups if not self.slots_of(rule))
        self.above = tuple(rule for rule in inside if rule.layer > GROUP)
        self.unsure = tuple(rule for rule in inside if rule.layer > GROUP or not rule.simple)
        bounds = {rule: _lowers_above(rule, profile) for rule in (*self.unit, *self.on_top)}
        self.lowers_above = max([bound for bound in bounds.values() if bound is not None], default=0)
        self.lowering: dict[int, NotApplied] = {
            rule.place: rule.because("dearer") for rule, bound in bounds.items() if bound is not None
        }
        self.asked = tuple(rule for rule, bound in bounds.items() if bound is None)

    def has_coupon(self, coupon: Compiled) -> bool:
        """Whether a coupon rule's scope has these goods."""
        if coupon.general:
            return True
        known = self.coupons.get(coupon.index)
        if known is None:
            known = self.coupons[coupon.index] = coupon.matches(self.profile)
        return known

    def slots_of(self, group: Compiled) -> tuple[int, ...]:
        """The slots of a group rule that these goods may serve."""
        known = self.slots.get(group.index)
        if known is None:
            profile = self.profile
            known = ()
            if profile.by_piece and group.matches(profile):
                known = tuple(number for number, (matches, _) in enumerate(group.slots) if matches(profile))
            self.slots[group.index] = known
        return known

    def _serve(self, groups: Iterable[Compiled]) -> Iterable[Served]:
        for rule in groups:
            slots = self.slots_of(rule)
            if slots:
                sizes = [pieces for _, pieces in rule.slots]
                yield rule, slots, sum(sizes), sum(sizes) - sum([sizes[slot] for slot in slots])

    def is_sold(self, add_on: Compiled) -> bool:
        """Whether an add-on rule sells these goods at its price."""
        known = self.sells.get(add_on.index)
        if known is None:
            profile = self.profile
            known = self.sells[add_on.index] = bool(profile.by_piece and add_on.sold and add_on.sold(profile))
        return known


def _lowers_above(rule: Compiled, profile: Profile) -> int | None:
    """Fen of one piece, or of a whole line that is not sold by the piece, above which a unit rule certainly lowers it.
    None where that depends on more, or on when and who."""
    if not rule.simple:
        return None
    if rule.rate >= 0:
        bound = 5000 // (10_000 - rule.rate)
        return bound if bound <= LITTLE else None
    if not profile.by_piece:
        return None
    if rule.off >= 0:
        return 0
    return rule.effect.price_fen if isinstance(rule.effect, Price) else None


def by_effect(rules: Iterable[Compiled]) -> tuple[Rules, Rules, Rules]:
    """Unit rules with a rate, with an amount off, and the rest; the deepest first, of equal ones the smaller code."""
    rates: list[Compiled] = []
    offs: list[Compiled] = []
    other: list[Compiled] = []
    for rule in rules:
        (rates if rule.rate >= 0 else offs if rule.off >= 0 else other).append(rule)
    if len(rates) > 1:
        rates.sort(key=_by_rate)
    if len(offs) > 1:
        offs.sort(key=_by_off)
    return tuple(rates), tuple(offs), tuple(other)


_by_rate = attrgetter("rate", "index")


def _by_off(rule: Compiled) -> tuple[int, int]:
    return -rule.off, rule.index
