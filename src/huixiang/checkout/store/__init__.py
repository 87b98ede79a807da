"""SQL of checkout: `placing` takes orders in, `reading` gives them out, `refunds` notes what came back."""

from huixiang.checkout.store.placing import PostedOrder, claim_numbers, find_external, insert_orders, load_facts
from huixiang.checkout.store.reading import load_order, orders_of, owner_of_order, refunds_by_day, source_totals
from huixiang.checkout.store.refunds import find_refund, insert_refund, save_refunded

__all__ = [
    "PostedOrder",
    "claim_numbers",
    "find_external",
    "find_refund",
    "insert_orders",
    "insert_refund",
    "load_facts",
    "load_order",
    "orders_of",
    "owner_of_order",
    "refunds_by_day",
    "save_refunded",
    "source_totals",
]
