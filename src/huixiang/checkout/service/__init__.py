"""Use cases of checkout: `post` (orders priced elsewhere), `refund` (by line), `taking_back` (what a refund does in the
ledger), `upload` (orders and refunds together), `read`."""

from huixiang.checkout.service.post import Posted, is_posted, order_buyer, post_order, post_orders
from huixiang.checkout.service.read import (
    counted,
    finish_effect,
    order,
    order_owner,
    orders_of,
    refund_of,
    refunds_by_day,
    refunds_of,
    source_totals,
)
from huixiang.checkout.service.refund import refund_order, refund_orders
from huixiang.checkout.service.upload import RowDone, post_rows

__all__ = [
    "Posted",
    "RowDone",
    "counted",
    "finish_effect",
    "is_posted",
    "order",
    "order_buyer",
    "order_owner",
    "orders_of",
    "post_order",
    "post_orders",
    "post_rows",
    "refund_of",
    "refund_order",
    "refund_orders",
    "refunds_by_day",
    "refunds_of",
    "source_totals",
]
