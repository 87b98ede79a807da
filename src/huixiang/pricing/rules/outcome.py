"""The rules above the groups, chosen for lines that are priced: the coupons and delivery rules that cost least."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import combinations

from huixiang.pricing.rules.above import Goods, Taken, take_coupons, take_fees, take_orders, whole_goods
from huixiang.pricing.rules.compiled import COUPON, DELIVERY, Compiled
from huixiang.pricing.rules.part import Part
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.upper import Upper

_NEVER = datetime.max.replace(tzinfo=UTC)
NO_LIMIT = 1_000
Key = tuple[int, int, bool, list[datetime], int, list[str]]
Option = tuple[tuple[Upper, ...], int]
"""Coupons of one class, and what they save at most together."""


class Outcome:
    """One whole answer: parts and what each rule takes. `key` orders answers: the least is the best (law P9)."""

    __slots__ = ("_key", "coupons", "delivery", "fees", "goods", "orders", "parts", "payable")

    def __init__(
        self,
        parts: Sequence[Part],
        orders: Sequence[Taken],
        coupons: Sequence[Taken],
        fees: Sequence[Taken],
        amounts: tuple[int, int, int],
    ) -> None:
        self.parts = parts
        self.orders = orders
        self.coupons = coupons
        self.fees = fees
        self.goods, self.delivery, self.payable = amounts
        self._key: Key | None = None

    @property
    def used(self) -> list[Taken]:
        return [*self.orders, *self.coupons, *self.fees]

    def rules(self) -> set[Compiled]:
        """Every rule that is applied."""
        found: set[Compiled] = set()
        for taken in self.used:
            found.add(taken.upper.rule)
        for part in self.parts:
            for rule in part.unit:
                found.add(rule)
            if part.group is not None:
                found.add(part.group)
            if part.add_on is not None:
                found.add(part.add_on)
        return found

    @property
    def coupon_count(self) -> int:
        return sum([taken.upper.coupon_id is not None for taken in self.used])

    @property
    def gift_fen(self) -> int:
        """What gifts are declared to be worth."""
        return sum([taken.upper.rule.gift.value_fen for taken in self.used if taken.upper.rule.gift is not None])

    @property
    def key(self) -> Key:
        if self._key is None:
            coupons = [taken.upper for taken in self.used if taken.upper.coupon_id is not None]
            self._key = (
                self.payable,
                len(coupons),
                any(part.quota for part in self.parts),
                sorted(upper.expires_at or _NEVER for upper in coupons),
                -self.gift_fen,
                sorted(rule.code for rule in self.rules()),
            )
        return self._key

    def better_than(self, other: Outcome | None) -> bool:
        if other is None or self.payable != other.payable:
            return other is None or self.payable < other.payable
        return self.key < other.key


class Chooser:
    """Chooses coupons and delivery rules. `allowed`: bits of the rules that may be used at all. coupons: of copies that
    differ only in when they expire the earlier ones, as many as may be used."""

    def __init__(self, quote: Quote, allowed: int = -1) -> None:
        self._quote = quote
        self._limits = quote.rule_set.stacking
        self._most_coupons = self._limits.of_layer.get(COUPON, NO_LIMIT)
        self._most_deliveries = self._limits.of_layer.get(DELIVERY, NO_LIMIT)
        self.coupons = self._useful([upper for upper in quote.coupons if upper.bit & allowed])
        self.deliveries = [upper for upper in quote.deliveries if upper.bit & allowed]
        self._bound_by_line = any(upper.excludes for upper in self.coupons)
        self._best: Outcome | None = None
        self._checks = bool(self._limits.on_order or self._limits.of_class or self._limits.of_layer)

    def best(self, parts: Sequence[Part], orders: Sequence[Upper], than: Outcome | None) -> Outcome | None:
        """The best answer with these parts and just these order rules; None where there is none better."""
        goods = whole_goods(self._quote.lines, parts)
        taken = take_orders(goods, orders)
        if taken is None:
            return None
        after = goods.copy()
        worths = [(upper, self._worth(after, upper)) for upper in self.coupons]
        candidates = [(upper, worth) for upper, worth in worths if worth > 0]
        self._best = than
        for chosen in self._sets(candidates, sum(after.left)):
            found = self._close(parts, taken, after, chosen)
            if found is not None and found.better_than(self._best):
                self._best = found
        return None if self._best is than else self._best

    def close(self, parts: Sequence[Part], orders: Sequence[Upper], coupons: Sequence[Upper]) -> Outcome:
        """The answer with just these order rules and coupons, on a basket where every rule counts every line."""
        goods = whole_goods(self._quote.lines, parts, flat=True)
        taken = take_orders(goods, orders) if orders else []
        assert taken is not None  # noqa: S101 - they were found to give something
        if coupons:
            goods = goods.copy() if orders else goods
        found = self._close(parts, taken, goods, coupons)
        assert found is not None  # noqa: S101 - the same
        return found

    def _worth(self, goods: Goods, upper: Upper) -> int:
        """At most what a coupon can save."""
        places = goods.places(upper)
        if not places:
            return 0
        if upper.fee:
            return upper.fee_off(self._quote.fee)
        if self._bound_by_line and upper.exchange:
            return sum([goods.left[at] for at in places])
        return goods.worth(upper, places)

    def _sets(self, candidates: Sequence[tuple[Upper, int]], left: int) -> Iterator[Sequence[Upper]]:
        """Sets of coupons that may stand together and may cost no more than the best known: what saves most first."""
        classes: dict[object, list[tuple[Upper, int]]] = {}
        for upper, worth in candidates:
            # Coupons of no class do not keep each other out: each is a class by itself.
            name = upper.rule.stacking
            classes.setdefault(upper if name is None else name, []).append((upper, worth))
        options = [self._of_class(members) for members in classes.values()]
        fee = self._quote.fee - sum([upper.fee_off(self._quote.fee) for upper in self.deliveries])
        least = left + max(0, fee) + self._quote.packaging
        yield from self._combine(options, self._potential(options), least, ())

    def _potential(self, options: Sequence[Sequence[Option]]) -> list[list[int]]:
        """From each class on, by how many more coupons may be used: what they save at most."""
        most = min(self._most_coupons, len(options))
        found = []
        for first in range(len(options) + 1):
            highest = sorted([one[0][1] for one in options[first:]], reverse=True)
            sums = [0]
            for at in range(most):
                sums.append(sums[-1] + (highest[at] if at < len(highest) else 0))
            found.append(sums)
        return found

    def _limit(self, upper: Upper) -> int:
        """How many coupons of its class may be used."""
        name = upper.rule.stacking
        most = self._most_coupons
        return most if name is None else min(most, self._limits.of_class.get(name, 1))

    def _useful(self, coupons: Sequence[Upper]) -> list[Upper]:
        found: dict[Compiled, int] = {}
        kept = []
        for one in sorted(coupons, key=lambda one: (one.expires_at or _NEVER, one.order)):
            rule = one.rule
            found[rule] = found.get(rule, 0) + 1
            if found[rule] <= self._limit(one):
                kept.append(one)
        return sorted(kept, key=lambda one: one.order)

    def _of_class(self, members: Sequence[tuple[Upper, int]]) -> list[Option]:
        """Each way to use coupons of one class and what it saves at most, the most first; none is the last."""
        limit = min(self._limit(members[0][0]), len(members))
        found = [
            (tuple([upper for upper, _ in chosen]), sum([worth for _, worth in chosen]))
            for count in range(limit + 1)
            for chosen in combinations(members, count)
        ]
        return sorted(found, key=lambda option: -option[1])

    def _combine(
        self,
        options: Sequence[Sequence[Option]],
        potential: Sequence[Sequence[int]],
        least: int,
        chosen: tuple[Upper, ...],
    ) -> Iterator[Sequence[Upper]]:
        """`least`: what the chosen ones leave to pay at least; `potential`: what those to come save at most."""
        room = self._most_coupons - len(chosen)
        if not options or room <= 0:
            yield sorted(chosen, key=lambda upper: upper.order)
            return
        to_come = potential[1]
        for uppers, worth in options[0]:
            left = room - len(uppers)
            if left < 0:
                continue
            saved = worth + to_come[min(left, len(to_come) - 1)]
            if self._best is None or least - saved <= self._best.payable:
                yield from self._combine(options[1:], potential[1:], least - worth, chosen + uppers)

    def _close(
        self, parts: Sequence[Part], orders: Sequence[Taken], after: Goods, chosen: Sequence[Upper]
    ) -> Outcome | None:
        goods = after.copy() if chosen else after
        coupons = take_coupons(goods, chosen)
        if coupons is None:
            return None
        best: Outcome | None = None
        by_fee = [upper for upper in chosen if upper.fee]
        if not self._checks:
            fees = take_fees(goods, by_fee, self.deliveries, self._quote.fee, all_=False)
            return None if fees is None else self._outcome(parts, orders, coupons, fees, goods)
        for fees in self._fee_sets(goods, by_fee):
            found = self._outcome(parts, orders, coupons, fees, goods)
            if self._may_stand(found) and found.better_than(best):
                best = found
        return best

    def _fee_sets(self, goods: Goods, by_fee: Sequence[Upper]) -> Iterator[list[Taken]]:
        for count in range(min(len(self.deliveries), self._most_deliveries), -1, -1):
            for chosen in combinations(self.deliveries, count):
                fees = take_fees(goods, by_fee, chosen, self._quote.fee, all_=True)
                if fees is not None:
                    yield fees

    def _outcome(
        self,
        parts: Sequence[Part],
        orders: Sequence[Taken],
        coupons: Sequence[Taken],
        fees: Sequence[Taken],
        goods: Goods,
    ) -> Outcome:
        left = sum(goods.left)
        fee = self._quote.fee - sum([taken.off for taken in fees])
        return Outcome(parts, orders, coupons, fees, (left, fee, left + fee + self._quote.packaging))

    def _may_stand(self, outcome: Outcome) -> bool:
        """Exclusions in one order, and maxima."""
        if not self._checks:
            return True
        copies: list[Compiled] = [taken.upper.rule for taken in outcome.used if taken.upper.coupon_id is not None]
        rules = [*copies, *[rule for rule in outcome.rules() if rule.layer != COUPON]]
        by_class: dict[str, int] = {}
        by_layer: dict[int, int] = {}
        for rule in rules:
            by_layer[rule.layer] = by_layer.get(rule.layer, 0) + 1
            if rule.stacking is not None:
                by_class[rule.stacking] = by_class.get(rule.stacking, 0) + 1
        limits = self._limits
        for name, count in by_class.items():
            if count > limits.of_class.get(name, count):
                return False
            for other in limits.on_order.get(name, ()):
                if other in by_class and (other != name or count > 1):
                    return False
        return all(count <= limits.of_layer.get(layer, count) for layer, count in by_layer.items())
