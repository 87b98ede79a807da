"""What members are told of their coupons; what it says is a message template."""

from __future__ import annotations

from huixiang.messaging.model import Channel
from huixiang.messaging.model.templates import Said

# coupons: what they are called; count: how many; day: the last on which they can be used.
END_NEAR = Said(
    name="coupons_end_soon",
    variables={"coupons": "text", "count": "number", "day": "day"},
    optional=frozenset({"count"}),
    channels=(Channel.INBOX,),
)
GIFT_ARRIVED = Said(name="coupon_gift_arrived", variables={"coupon": "text", "day": "day"}, channels=(Channel.INBOX,))
GIFT_BACK = Said(name="coupon_gift_returned", variables={"coupon": "text", "day": "day"}, channels=(Channel.INBOX,))
SAID = (END_NEAR, GIFT_ARRIVED, GIFT_BACK)
