"""One basket before anything is chosen: merged lines, the rules that touch them, and which of those are available."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from itertools import chain
from operator import attrgetter

from huixiang.conditions.facts import Basket as FactsBasket
from huixiang.conditions.facts import BasketLine, Facts
from huixiang.pricing.model.basket import Basket, HeldCoupon, Room, Situation
from huixiang.pricing.model.priced import Reason
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.compiled import COUPON, ORDER, Compiled
from huixiang.pricing.rules.merge import Merged, merge
from huixiang.pricing.rules.stock import Stock
from huixiang.pricing.rules.upper import Upper

_order = attrgetter("order")
Why = tuple[Compiled, Reason, str | None]


class Quote:
    """reasons: of touched rules that are not available. orders, coupons and deliveries are available and within reach
    of the basket; uppers: all of these, and add-on rules that find nothing to sell; beyond: available, but even all
    goods at list price do not reach their threshold. add_ons: order rules among `orders`."""

    def __init__(self, rule_set: RuleSet, basket: Basket, situation: Situation) -> None:
        self.rule_set = rule_set
        self.basket = basket
        self.situation = situation
        self.lines = lines = merge(basket.lines, rule_set)
        self.stock = Stock(lines, rule_set.general_groups)
        self.list_fen = 0
        for line in lines:
            self.list_fen += line.amount
        self.fee = basket.delivery_fen
        self.packaging = basket.packaging_fen + rule_set.packaging_fen
        self.facts = self._facts() if rule_set.asks_basket else situation.facts
        self._answers: dict[int, bool] = {}
        self.unwanted = bool(situation.killed or situation.left_out)
        self.ok = bytearray(rule_set.always)
        self.reasons: list[Why] = []
        self.beyond: list[tuple[Compiled, str | None]] = []
        self.orders: list[Upper] = []
        self.coupons: list[Upper] = []
        self.deliveries: list[Upper] = []
        self.drop: dict[str, int] = {}
        self._coupon_rules = 0
        self.uppers = self._stand_up(self._look())
        self.flat = True
        self.rounds = False
        if self.uppers:
            self._mark()
        self.add_ons = [upper for upper in self.orders if upper.add_on] if self.orders else []
        if self.add_ons:
            self._without_idle()

    def _without_idle(self) -> None:
        """Add-on rules that find nothing to sell are not searched; why they are not applied is told all the same."""
        idle = [upper for upper in self.add_ons if not any(line.touching.is_sold(upper.rule) for line in self.lines)]
        if idle:
            self.add_ons = [upper for upper in self.add_ons if upper not in idle]
            self.orders = [upper for upper in self.orders if upper not in idle]

    def _facts(self) -> Facts:
        facts = self.situation.facts
        lines = [
            BasketLine(
                sku=line.first.sku,
                categories=line.first.categories,
                brand=line.first.brand,
                tags=line.first.tags,
                pieces=line.quantity if line.by_piece else 0,
                grams=line.quantity if line.first.measure == "gram" else 0,
                list_fen=line.amount,
            )
            for line in self.lines
        ]
        return Facts(
            now=facts.now,
            calendar=facts.calendar,
            member=facts.member,
            context=facts.context,
            basket=FactsBasket(lines),
            purchases=facts.purchases,
        )

    def _look(self) -> list[Compiled]:
        """Ask of every rule that touches the basket whether it is available; the available ones above the groups. Those
        that always are need no asking, unless the quote is to do without some."""
        rule_set, facts = self.rule_set, self.facts
        self.unit = rule_set.general_unit.find(facts)
        self._general = [
            *self.unit, *rule_set.general_above.find(facts), *rule_set.general_groups, *rule_set.general_on_top
        ]  # fmt: skip
        if self.unwanted:
            asked: Iterable[Compiled] = self.touching
        else:
            some: dict[Compiled, None] = {}
            for line in self.lines:
                if line.touching.unsure:
                    some.update(dict.fromkeys(line.touching.unsure))
            asked = [*self._general, *some] if some else self._general
        ok, wanted = self.ok, not self.unwanted
        above = []
        for rule in asked:
            if not (wanted and rule.simple):
                reason = self.unavailable(rule)
                ok[rule.index] = reason is None
                if reason is not None:
                    self.reasons.append((rule, reason, None))
                    continue
            if rule.layer >= ORDER:
                above.append(rule)
        return above

    @cached_property
    def touching(self) -> list[Compiled]:
        """Every rule that touches the basket, each once; of coupons none."""
        # In one order everywhere: what is looked at first may be what is counted and told first.
        return [*self._general, *dict.fromkeys(chain.from_iterable([line.touching.all for line in self.lines]))]

    @property
    def visited(self) -> int:
        """How many rules were met: no more for a rule that does not touch the basket."""
        return len(self.touching) + self._coupon_rules

    def unavailable(self, rule: Compiled) -> Reason | None:
        """Why a rule cannot be used at all, whatever the basket comes to."""
        situation = self.situation
        if self.unwanted:
            if rule.code in situation.killed:
                return "killed"
            if rule.code in situation.left_out:
                return "left_out"
        if rule.simple:
            return None
        now = self.facts.now
        if (rule.starts is not None and now < rule.starts) or (rule.ends is not None and now >= rule.ends):
            return "not_now"
        if rule.methods and situation.payment_method not in rule.methods:
            return "payment_method"
        if rule.predicate is not None and not self._holds(rule.predicate):
            return "not_met"
        if rule.full_room is not None:
            room = self.room(rule)
            if 0 in (room.fen, room.uses, room.pieces):
                return "used_up"
        return None

    def _holds(self, predicate: int) -> bool:
        answer = self._answers.get(predicate)
        if answer is None:
            answer = self._answers[predicate] = self.rule_set.predicates[predicate](self.facts)
        return answer

    def room(self, rule: Compiled) -> Room:
        """What is left of a rule's caps; all of them where nothing is said of it."""
        full = rule.full_room or Room()
        return self.situation.room.get(rule.code, full)

    def _stand_up(self, above: Sequence[Compiled]) -> list[Upper]:
        """Order rules, coupons and delivery rules that are within reach, in the order in which they are taken."""
        found: list[Upper] = []
        for rule in above:
            self._add(found, rule, None, None)
        if self.situation.coupons or self.situation.codes:
            self._add_copies(found)
        if len(found) > 1:
            found.sort(key=_order)
        for upper in found:
            layer = upper.rule.layer
            (self.orders if layer == ORDER else self.coupons if layer == COUPON else self.deliveries).append(upper)
        return found

    def _add(self, found: list[Upper], rule: Compiled, coupon_id: str | None, expires_at: datetime | None) -> None:
        """Where all goods in its scope, at list price, would reach its threshold."""
        if rule.fee and not self.fee:
            self.reasons.append((rule, "saves_nothing", coupon_id))
            return
        most = self.list_fen if rule.general and not rule.counts_pieces else self._most(rule)
        if most < rule.lowest:
            self.beyond.append((rule, coupon_id))
        else:
            room = None if rule.full_room is None else self.room(rule).fen
            found.append(Upper(rule, room, coupon_id, expires_at))

    def _most(self, rule: Compiled) -> int:
        lines = [line for line in self.lines if self.touches(rule, line)]
        if rule.counts_pieces:
            return sum([line.units for line in lines if line.by_piece])
        return sum([line.amount for line in lines])

    def _add_copies(self, found: list[Upper]) -> None:
        """The coupons that are at hand: copies held, and public codes shown."""
        rule_set = self.rule_set
        seen: dict[int, Reason | None] = {}
        for copy in self._copies():
            coupon = rule_set.by_code.get(copy.rule)
            if coupon is None or coupon.layer != COUPON:
                continue
            if coupon.index not in seen:
                self._coupon_rules += 1
                seen[coupon.index] = self.unavailable(coupon)
            reason = seen[coupon.index] or self._copy_unavailable(copy, coupon)
            if reason is not None:
                self.reasons.append((coupon, reason, copy.coupon_id))
            else:
                self._add(found, coupon, copy.coupon_id, copy.expires_at)

    def _copies(self) -> Sequence[HeldCoupon]:
        situation = self.situation
        if not situation.codes:
            return situation.coupons
        held = [*situation.coupons]
        for code in dict.fromkeys(situation.codes):
            rule = self.rule_set.public_codes.get(code)
            if rule is not None:
                held.append(HeldCoupon(code, rule.code))
        return held

    def _copy_unavailable(self, copy: HeldCoupon, coupon: Compiled) -> Reason | None:
        if self.unwanted and copy.coupon_id in self.situation.left_out:
            return "left_out"
        if copy.expires_at is not None and copy.expires_at <= self.facts.now:
            return "not_now"
        if not coupon.general and not any(line.touching.has_coupon(coupon) for line in self.lines):
            return "no_goods"
        return None

    def counts(self, upper: Upper, line: Merged) -> bool:
        """Whether a line's goods are in the scope of a rule above the groups."""
        return self.touches(upper.rule, line)

    def touches(self, rule: Compiled, line: Merged) -> bool:
        if rule.general:
            return True
        return line.touching.has_coupon(rule) if rule.layer == COUPON else rule in line.touching.above

    def _mark(self) -> None:
        """Give each of them its bit, in the masks of lines and in what excludes what."""
        everywhere = 0
        somewhere: list[Upper] = []
        exchanges = False
        for number, upper in enumerate(self.uppers):
            upper.bit = 1 << number
            if upper.exchange:
                exchanges = True
            if upper.covers:
                everywhere |= upper.bit
            else:
                somewhere.append(upper)
        self.flat = not somewhere
        if somewhere:
            for line in self.lines:
                line.mask = everywhere
                for upper in somewhere:
                    if self.counts(upper, line):
                        line.mask |= upper.bit
        self.rounds = exchanges or (bool(somewhere) and self._rounds())
        stacking = self.rule_set.stacking
        if stacking.on_line or stacking.on_order:
            self._exclude(stacking.on_line, stacking.on_order)

    def _rounds(self) -> bool:
        """Whether a rule counts part of what an earlier one takes from, so that the rounding of shares can matter."""
        stacking = self.rule_set.stacking
        if stacking.on_line:
            return True
        masks = [line.mask for line in self.lines]
        for at, later in enumerate(self.uppers):
            for earlier in self.uppers[:at]:
                both = earlier.bit | later.bit
                if any(mask & both == both for mask in masks) and any(mask & both == earlier.bit for mask in masks):
                    return True
        return False

    def _exclude(self, on_line: dict[str, frozenset[str]], on_order: dict[str, frozenset[str]]) -> None:
        for at, upper in enumerate(self.uppers):
            mine = upper.rule.stacking
            if mine is None:
                continue
            for earlier in self.uppers[:at]:
                theirs = earlier.rule.stacking
                if theirs in on_line.get(mine, ()):
                    upper.excludes |= earlier.bit
                if theirs in on_order.get(mine, ()):
                    upper.against |= earlier.bit
                    earlier.against |= upper.bit
            for other in on_line.get(mine, ()):
                self.drop[other] = self.drop.get(other, 0) | upper.bit
