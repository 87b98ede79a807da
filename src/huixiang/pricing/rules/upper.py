"""A rule above the groups as it stands in one quote: an order rule, a coupon, a delivery rule."""

from __future__ import annotations

from datetime import datetime

from huixiang.pricing.model.effects import Fee, FeeOff
from huixiang.pricing.rules.compiled import Compiled


class Upper:
    """bit: its own in the masks of parts. order: by (layer, priority, code, coupon), as rules are taken. room: fen that
    its caps leave. covers: it counts every line. excludes: bits of rules that keep it from counting a part once they
    hold it, all earlier ones; against: bits of rules that do not stand in one order with it."""

    __slots__ = (
        "add_on", "against", "base", "bit", "coupon_id", "covers", "exchange", "excludes", "expires_at", "fee",
        "order", "room", "rule",
    )  # fmt: skip

    def __init__(
        self, rule: Compiled, room: int | None, coupon_id: str | None = None, expires_at: datetime | None = None
    ) -> None:
        self.rule = rule
        self.room = room
        self.coupon_id = coupon_id
        self.expires_at = expires_at
        self.order = (rule.place, coupon_id or "")
        self.base = rule.base
        self.fee = rule.fee
        self.exchange = rule.exchange
        self.add_on = rule.sold is not None
        self.covers = rule.general
        self.bit = 0
        self.excludes = 0
        self.against = 0

    def discount(self, reach: int, base: int) -> int:
        """Fen off a base, as far as its caps leave room. `reach`: what its thresholds see, the base or pieces."""
        off = self.rule.take(reach, base)
        room = self.room
        return off if room is None or off < room else room

    def fee_off(self, fee: int) -> int:
        """Fen off a delivery fee."""
        effect = self.rule.effect
        if isinstance(effect, Fee):
            return max(0, fee - effect.fee_fen)
        return effect.off_fen if isinstance(effect, FeeOff) else 0
