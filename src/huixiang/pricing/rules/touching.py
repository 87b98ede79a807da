"""What of a rule set touches goods: looked up once for each profile that goods are seen by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from huixiang.pricing.rules.compiled import GROUP, UNIT, Compiled, Profile

Rules = tuple[Compiled, ...]


class Touching:
    """The rules that goods of one profile are in the scope of, but for those of all goods. groups: of any slot; served:
    with the slots that the goods may serve, where there are any. rates and offs are the unit rules of these effects,
    the deepest first; `other` are the rest."""

    __slots__ = (
        "above",
        "all",
        "coupons",
        "groups",
        "offs",
        "on_top",
        "other",
        "profile",
        "rates",
        "sells",
        "served",
        "slots",
        "unit",
    )

    def __init__(self, profile: Profile, inside: Sequence[Compiled]) -> None:
        self.profile = profile
        self.coupons: dict[int, bool] = {}
        self.slots: dict[int, tuple[int, ...]] = {}
        self.sells: dict[int, bool] = {}
        self.all = tuple(inside)
        self.unit = tuple(rule for rule in inside if rule.layer == UNIT and not rule.on_top)
        self.rates, self.offs, self.other = by_effect(self.unit)
        self.on_top = tuple(rule for rule in inside if rule.on_top)
        self.groups = tuple(rule for rule in inside if rule.layer == GROUP)
        self.served = tuple((rule, slots) for rule in self.groups if (slots := self.slots_of(rule)))
        self.above = tuple(rule for rule in inside if rule.layer > GROUP)

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

    def is_sold(self, add_on: Compiled) -> bool:
        """Whether an add-on rule sells these goods at its price."""
        known = self.sells.get(add_on.index)
        if known is None:
            profile = self.profile
            known = self.sells[add_on.index] = bool(profile.by_piece and add_on.sold and add_on.sold(profile))
        return known


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
