"""Use cases of checkout: `post` (orders priced elsewhere), `refund` (by line), `upload` (both together), `read`."""

from huixiang.checkout.service.post import Posted, order_buyer, post_order, post_orders
from huixiang.checkout.service.read import order, order_owner, orders_of, refunds_by_day, source_totals
from huixiang.checkout.service.refund import refund_order
from huixiang.checkout.service.upload import RowDone, post_rows

__all__ = [
    "Posted",
    "RowDone",
    "order",
    "order_buyer",
    "order_owner",
    "orders_of",
    "post_order",
    "post_orders",
    "post_rows",
    "refund_order",
    "refunds_by_day",
    "source_totals",
]
