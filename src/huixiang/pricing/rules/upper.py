"""A rule above the groups as it stands in one quote: an order rule, a coupon, a delivery rule."""

from __future__ import annotations

from datetime import datetime

import msgspec

from huixiang.pricing.model.effects import Fee, FeeOff
from huixiang.pricing.rules.compiled import Compiled


class Upper(msgspec.Struct, eq=False, gc=False):
    """bit: its own in the masks of parts. order: by (layer, priority, code, coupon), as rules are taken. room: fen that
    its caps leave. covers: it counts every line. excludes: bits of rules that keep it from counting a part once they
    hold it, all earlier ones; against: bits of rules that do not stand in one order with it."""

    rule: Compiled
    room: int | None
    coupon_id: str | None
    expires_at: datetime | None
    order: tuple[int, str]
    base: int
    fee: bool
    exchange: bool
    add_on: bool
    covers: bool
    bit: int = 0
    excludes: int = 0
    against: int = 0

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


def standing(
    rule: Compiled, room: int | None, coupon_id: str | None = None, expires_at: datetime | None = None
) -> Upper:
    """A rule as it stands, before it has its bit."""
    order = (rule.place, coupon_id or "")
    sells = rule.sold is not None
    return Upper(rule, room, coupon_id, expires_at, order, rule.base, rule.fee, rule.exchange, sells, rule.general)
