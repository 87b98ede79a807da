"""Request bodies shown in the API document, by operation id. A test posts each of them through its decoder."""

from __future__ import annotations

from typing import Any

ORDER: dict[str, Any] = {
    "source": "till",
    "external_id": "20260318-000431",
    "member": {"phone": "13800138000"},
    "store_id": "S001",
    "channel": "store",
    "completed_at": "2026-03-18T10:30:00+08:00",
    "lines": [
        {"line_id": "1", "sku": "FRUIT-0001", "grams": 1250, "payable_fen": 2475},
        {"line_id": "2", "sku": "DAIRY-0003", "pieces": 2, "payable_fen": 1180},
    ],
    "tenders": [{"kind": "manufacturer_coupon", "amount_fen": 200, "line_id": "2"}],
}
NEW_MEMBER: dict[str, Any] = {
    "channel": "store",
    "phone": "13800138000",
    "external_ids": [{"source": "till", "external_id": "C-1024"}],
}
REQUESTS: dict[str, Any] = {
    "post_order": ORDER,
    "post_orders": ORDER,
    "refund_order": {
        "external_id": "R-20260319-0007",
        "reason": "damaged",
        "occurred_at": "2026-03-19T09:12:00+08:00",
        "lines": [{"line_id": "2", "quantity": 1}],
    },
    "register_member": NEW_MEMBER,
    "register_members": NEW_MEMBER,
    "look_up_member": {"phone": "13800138000"},
    "search_members": {"query": "13800138000", "limit": 20},
    "reward_behaviour": {
        "behaviour": "review",
        "source_key": "20260318-000431",
        "occurred_at": "2026-03-19T20:05:00+08:00",
    },
    "redeem_points": {"purpose": "donation", "points": 200, "reference": "school-lunch"},
    "adjust_points": {"points": 300, "ground": "goodwill", "reason": "late delivery", "attachment": "TICKET-1024"},
    "decide_adjustment": {"decision": "approve", "note": "seen the ticket"},
    "pause_cause": {
        "side": "issue",
        "cause": "referral",
        "rule": "earning.default",
        "reason": "invitations by a robot",
    },
    "end_pause": {"reason": "the robot is blocked"},
    "sign_in": {"username": "maker", "password": "correct horse battery staple", "code": "123456"},
}
