"""What conditions may ask of a member's orders, and of the occasion of one."""

from __future__ import annotations

from huixiang.conditions.registry import Attribute, Source
from huixiang.kernel.text import Text

VIEW = "checkout.checkout_members_facts"
PURCHASES = "checkout.checkout_purchases_facts"

ATTRIBUTES = (
    Attribute(
        code="first_order_on",
        name=Text(zh="首单日期", en="Day of the first order"),
        type="date",
        scope="member",
        source=Source(VIEW, "first_order_on"),
    ),
    Attribute(
        code="last_order_on",
        name=Text(zh="最近下单日期", en="Day of the last order"),
        type="date",
        scope="member",
        source=Source(VIEW, "last_order_on"),
    ),
    Attribute(
        code="orders",
        name=Text(zh="订单数", en="Orders"),
        type="integer",
        scope="member",
        source=Source(VIEW, "orders"),
    ),
    Attribute(code="payment_method", name=Text(zh="支付方式", en="Payment method"), type="text", scope="context"),
    Attribute(code="tenders", name=Text(zh="已用支付种类", en="Kinds of tender"), type="texts", scope="context"),
)
