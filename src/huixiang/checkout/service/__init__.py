"""Use cases of checkout: `post` (orders priced elsewhere), `refund` (by line), `read`."""

from huixiang.checkout.service.post import Posted, post_order, post_orders
from huixiang.checkout.service.read import order, order_owner, orders_of, source_totals
from huixiang.checkout.service.refund import refund_order

__all__ = ["Posted", "order", "order_owner", "orders_of", "post_order", "post_orders", "refund_order", "source_totals"]
