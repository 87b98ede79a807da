"""SQL of checkout: `placing` takes orders in, `facts` reads what their earning depends on, `reading` gives them out,
`refunds` notes what came back, `reversals` what that undid."""

from huixiang.checkout.store.facts import UNKNOWN_GOODS, Facts, Goods, load_facts
from huixiang.checkout.store.placing import PostedOrder, claim_numbers, external_key, find_external, insert_orders
from huixiang.checkout.store.reading import (
    counted,
    find_numbered,
    load_order,
    load_orders,
    orders_of,
    owner_of_order,
    refunds_by_day,
    source_totals,
)
from huixiang.checkout.store.refunds import (
    RefundKey,
    find_refunds,
    insert_refunds,
    load_refund,
    refunds_of,
    save_refunded,
)
from huixiang.checkout.store.reversals import finish_effect, insert_effects

__all__ = [
    "UNKNOWN_GOODS",
    "Facts",
    "Goods",
    "PostedOrder",
    "RefundKey",
    "claim_numbers",
    "counted",
    "external_key",
    "find_external",
    "find_numbered",
    "find_refunds",
    "finish_effect",
    "insert_effects",
    "insert_orders",
    "insert_refunds",
    "load_facts",
    "load_order",
    "load_orders",
    "load_refund",
    "orders_of",
    "owner_of_order",
    "refunds_by_day",
    "refunds_of",
    "save_refunded",
    "source_totals",
]
