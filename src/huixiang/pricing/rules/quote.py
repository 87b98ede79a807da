"""One basket before anything is chosen: merged lines, the rules that touch them, and which of those are available."""

from __future__ import annotations

from collections.abc import Iterable

from huixiang.conditions.facts import Basket as FactsBasket
from huixiang.conditions.facts import BasketLine, Facts
from huixiang.pricing.model.basket import Basket, HeldCoupon, Room, Situation
from huixiang.pricing.model.effects import AddOn
from huixiang.pricing.model.priced import Reason
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.compiled import COUPON, DELIVERY, ORDER, Compiled
from huixiang.pricing.rules.merge import Merged, merge
from huixiang.pricing.rules.upper import Upper

Why = tuple[Compiled, Reason, str | None]


class Quote:
    """reasons: of touched rules that are not available. orders, coupons and deliveries are available and within reach of
    the basket; beyond: available, but even all goods at list price do not reach their threshold. add_ons: order
    rules among `orders`."""

    def __init__(self, rule_set: RuleSet, basket: Basket, situation: Situation) -> None:
        self.rule_set = rule_set
        self.basket = basket
        self.situation = situation
        self.lines = merge(basket.lines, rule_set)
        self.fee = basket.delivery_fen
        self.packaging = basket.packaging_fen + rule_set.packaging_fen
        self.facts = self._facts()
        self._answers: dict[int, bool] = {}
        self.ok = bytearray(len(rule_set.rules))
        self.reasons: list[Why] = []
        self.visited = 0
        self._look()
        self.list_fen = sum([line.amount for line in self.lines])
        self.beyond: list[Upper] = []
        self.orders: list[Upper] = []
        self.coupons: list[Upper] = []
        self.deliveries: list[Upper] = []
        self._stand_up()
        self._mark()

    def _facts(self) -> Facts:
        facts = self.situation.facts
        if not self.rule_set.asks_basket:
            return facts
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

    def _look(self) -> None:
        """Meet every rule that touches the basket once."""
        rule_set, facts = self.rule_set, self.facts
        touching = {rule for line in self.lines for rule in line.touching.all}
        self.unit = rule_set.general_unit.find(facts)
        self.above = rule_set.general_above.find(facts)
        met = [*touching, *self.unit, *self.above, *rule_set.general_groups, *rule_set.general_on_top]
        self.visited = len(met)
        ok, reasons = self.ok, self.reasons
        for rule in met:
            reason = self.unavailable(rule)
            if reason is None:
                ok[rule.index] = 1
            else:
                reasons.append((rule, reason, None))
        self.touching = met

    def unavailable(self, rule: Compiled) -> Reason | None:
        """Why a rule cannot be used at all, whatever the basket comes to."""
        situation = self.situation
        if rule.code in situation.killed:
            return "killed"
        if rule.code in situation.left_out:
            return "left_out"
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

    def _stand_up(self) -> None:
        """Order rules, coupons and delivery rules, in the order in which they are taken."""
        ok = self.ok
        standing = [
            Upper(rule, self.room(rule).fen) for rule in self.touching if rule.layer >= ORDER and ok[rule.index]
        ]
        standing += self._copies()
        standing.sort(key=lambda upper: upper.order)
        for upper in standing:
            if not self.fee and upper.fee:
                self.reasons.append((upper.rule, "saves_nothing", upper.coupon_id))
            elif self._most(upper) < upper.rule.lowest:
                self.beyond.append(upper)
            elif upper.rule.layer == ORDER:
                self.orders.append(upper)
            elif upper.rule.layer == COUPON:
                self.coupons.append(upper)
            else:
                assert upper.rule.layer == DELIVERY  # noqa: S101 - the last of the layers
                self.deliveries.append(upper)
        self.add_ons = [upper for upper in self.orders if isinstance(upper.rule.effect, AddOn)]

    def _copies(self) -> Iterable[Upper]:
        """The coupons that are at hand: copies held, and public codes shown."""
        rule_set, situation = self.rule_set, self.situation
        held = list(situation.coupons)
        for code in dict.fromkeys(situation.codes):
            rule = rule_set.public_codes.get(code)
            if rule is not None:
                held.append(HeldCoupon(code, rule.code))
        seen: dict[int, Reason | None] = {}
        for copy in held:
            coupon = rule_set.by_code.get(copy.rule)
            if coupon is None or coupon.layer != COUPON:
                continue
            if coupon.index not in seen:
                self.visited += 1
                seen[coupon.index] = self.unavailable(coupon)
            reason = seen[coupon.index]
            if reason is None:
                reason = self._copy_unavailable(copy, coupon)
            if reason is None:
                yield Upper(coupon, self.room(coupon).fen, copy.coupon_id, copy.expires_at)
            else:
                self.reasons.append((coupon, reason, copy.coupon_id))

    def _copy_unavailable(self, copy: HeldCoupon, coupon: Compiled) -> Reason | None:
        if copy.coupon_id in self.situation.left_out:
            return "left_out"
        if copy.expires_at is not None and copy.expires_at <= self.facts.now:
            return "not_now"
        if not any(line.touching.has_coupon(coupon) for line in self.lines):
            return "no_goods"
        return None

    def counts(self, upper: Upper, line: Merged) -> bool:
        """Whether a line's goods are in the scope of a rule above the groups."""
        if upper.covers:
            return True
        if upper.coupon_id is not None:
            return line.touching.has_coupon(upper.rule)
        return upper.rule in line.touching.above

    def _most(self, upper: Upper) -> int:
        """The most that its thresholds can see: all lines in scope at list price."""
        if upper.covers and not upper.rule.counts_pieces:
            return self.list_fen
        lines = [line for line in self.lines if self.counts(upper, line)]
        if upper.rule.counts_pieces:
            return sum([line.units for line in lines if line.by_piece])
        return sum([line.amount for line in lines])

    def _mark(self) -> None:
        """Give each of them its bit, in the masks of lines and in what excludes what."""
        self.uppers = [*self.orders, *self.coupons, *self.deliveries]
        everywhere = 0
        somewhere = []
        for number, upper in enumerate(self.uppers):
            upper.bit = 1 << number
            if upper.covers:
                everywhere |= upper.bit
            else:
                somewhere.append(upper)
        self.flat = not somewhere
        for line in self.lines:
            mask = everywhere
            for upper in somewhere:
                if self.counts(upper, line):
                    mask |= upper.bit
            line.mask = mask
        self.drop: dict[str, int] = {}
        stacking = self.rule_set.stacking
        if stacking.on_line or stacking.on_order:
            self._exclude(stacking.on_line, stacking.on_order)

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
