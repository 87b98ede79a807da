"""Use cases of checkout: `post` (orders priced elsewhere), `refund` (by line), `read`."""

from huixiang.checkout.service.post import Posted, post_order, post_orders
from huixiang.checkout.service.read import order, order_owner, orders_of, refunds_by_day, source_totals
from huixiang.checkout.service.refund import refund_order

__all__ = [
    "Posted",
    "order",
    "order_owner",
    "orders_of",
    "post_order",
    "post_orders",
    "refund_order",
    "refunds_by_day",
    "source_totals",
]
