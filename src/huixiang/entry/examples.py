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
PROMOTIONS: dict[str, Any] = {
    "rules": [
        {
            "layer": "order",
            "code": "stepped",
            "name": {"zh": "满 100 减 20，满 200 减 50", "en": "20 off 100, 50 off 200"},
            "effect": {"type": "off", "steps": [{"at": 10000, "off_fen": 2000}, {"at": 20000, "off_fen": 5000}]},
        }
    ]
}
NEW_VERSION = {"base": 3, "note": "for May", "body": PROMOTIONS, "valid_from": "2026-05-01T00:00:00+08:00"}
NEW_DRAFT = {"body": PROMOTIONS, "note": "for May"}
SWITCH = {"part": "stepped", "off": True, "reason": "a threshold with a slip"}
MERGE = {"into": {"number": "100000000017"}, "reason": "the same person, seen by their identity card"}
BLOCK = {"state": "blocked", "reason": "the phone was stolen"}
GRANT: dict[str, Any] = {
    "name": "sorry for the late deliveries",
    "gift": {"kind": "points", "points": 100, "budget": "service"},
    "audience": {"kind": "list", "csv": "number,amount\n100000000017,100\n"},
    "in_all": 500_000,
    "budget_points": 2_000_000,
    "reason": "deliveries of 17 May",
}
DIET: dict[str, Any] = {
    "code": "diet",
    "type": "choice",
    "choices": ["halal", "vegan"],
    "title": {"zh": "饮食", "en": "Diet"},
    "purpose": "offers that suit",
    "consent": "personalisation",
    "member": "write",
}
REQUESTS: dict[str, Any] = {
    "make_grant": GRANT,
    "publish_rule_version": NEW_VERSION,
    "publish_rule_version_alone": NEW_VERSION,
    "publish_rules": NEW_VERSION,
    "check_rules": {"body": PROMOTIONS},
    "try_rules": {"body": PROMOTIONS},
    "compare_rules": {"body": PROMOTIONS},
    "contrast_rules": {"body": PROMOTIONS},
    "create_rule_draft": NEW_DRAFT,
    "draft_rules": NEW_DRAFT,
    "replace_rule_draft": {**NEW_DRAFT, "edition": 1},
    "redraft_rules": {**NEW_DRAFT, "edition": 1},
    "switch_rule": SWITCH,
    "turn_rule": SWITCH,
    "preview_message_template": {
        "body": {
            "name": {"zh": "退款到账", "en": "Refund"},
            "message_class": "service",
            "channels": ["sms", "inbox"],
            "text": {"zh": "{amount} 已退回。", "en": "{amount} were refunded."},
            "variables": {"amount": {"example": "¥25.80"}},
        },
        "values": {"amount": "¥12.00"},
    },
    "post_order": ORDER,
    "post_orders": ORDER,
    "refund_order": {
        "external_id": "R-20260319-0007",
        "reason": "damaged",
        "occurred_at": "2026-03-19T09:12:00+08:00",
        "lines": [{"line_id": "2", "quantity": 1}],
    },
    "ask_sign_in_code": {"phone": "13800138000"},
    "sign_in_with_code": {
        "challenge": "q3dxJ0m0S0e5T0VnGz2h4A",
        "phone": "13800138000",
        "code": "428913",
        "device": {"kind": "mini_program", "name": "iPhone 17"},
    },
    "give_trial": {"reason": "a flyer at the fair"},
    "give_trial_by_staff": {"reason": "a flyer at the fair"},
    "define_attribute": {"attribute": DIET, "reason": "asked for by the vegan shelf"},
    "change_my_attributes": {
        "attributes": {"diet": "vegan"},
        "consents": [{"purpose": "personalisation", "text_version": "2026-01"}],
    },
    "change_member_attributes": {"attributes": {"diet": "vegan", "shoe_size": None}},
    "change_member_attributes_by_staff": {"attributes": {"diet": "vegan"}, "reason": "told on the phone"},
    "add_my_passkey": {
        "credential_id": "FohXoTQ1m2mBTfEMUG2pBw",
        "client_data_json": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0",
        "attestation_object": "o2NmbXRkbm9uZQ",
        "name": "iPhone 17",
    },
    "sign_in_by_passkey": {
        "credential_id": "FohXoTQ1m2mBTfEMUG2pBw",
        "client_data_json": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",
        "authenticator_data": "SZYN5YgOjGh0NBcPZHZgW4",
        "signature": "MEUCIQDd",
        "user_handle": "AZpE0000000000000000AA",
        "device": {"kind": "h5"},
    },
    "prove_fresh_code": {"challenge": "q3dxJ0m0S0e5T0VnGz2h4A", "code": "428913"},
    "prove_fresh_passkey": {
        "credential_id": "FohXoTQ1m2mBTfEMUG2pBw",
        "client_data_json": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",
        "authenticator_data": "SZYN5YgOjGh0NBcPZHZgW4",
        "signature": "MEUCIQDd",
        "user_handle": "AZpE0000000000000000AA",
    },
    "begin_provider_visit": {"provider": "wechat", "return_to": "/m/coupons"},
    "sign_in_by_provider": {
        "provider": "wechat",
        "code": "011AbcGa1xYz2B0kQwHa1DefGa1AbcGH",
        "device": {"kind": "mini_program"},
    },
    "join_by_provider": {"ticket": "q3dxJ0m0S0e5T0VnGz2h4Aq3dxJ0m0S0e5T0VnGz2h4A", "device": {"kind": "h5"}},
    "tell_touch": {"channel": "h5", "scene": "poster", "store": "S001", "campaign": "spring"},
    "look_up_by_tail": {"tail": "5678"},
    "refresh_sign_in": {"refresh_token": "AZpE..."},
    "register_member": NEW_MEMBER,
    "register_members": NEW_MEMBER,
    "look_up_member": {"phone": "13800138000"},
    "merge_member": MERGE,
    "merge_member_by_staff": MERGE,
    "change_state": BLOCK,
    "change_state_by_staff": BLOCK,
    "link_identity": {"source": "pos", "external_id": "C-1024", "reason": "shown at the desk"},
    "unlink_identity": {"source": "pos", "external_id": "C-1024", "reason": "not theirs"},
    "link_identity_by_staff": {"phone": "13900139000", "reason": "a new number, shown with the identity card"},
    "unlink_identity_by_staff": {"source": "pos", "external_id": "C-1024", "reason": "not theirs"},
    "define_resources": {
        "kind": "first",
        "key": "first_100/2026-11-25",
        "unit": "places",
        "capacity": 100,
        "version": 1,
        "per_member": 1,
        "opens_at": "2026-11-25T00:00:00+08:00",
        "closes_at": "2026-11-26T00:00:00+08:00",
    },
    "send_points_of_member": {"to": {"phone": "13900139000"}, "points": 200},
    "exchange_points": {
        "direction": "in",
        "reference": "EX-20260318-0007",
        "member": {"phone": "13800138000"},
        "partner_points": 500,
    },
    "make_code_batch": {
        "name": "leaflets of April",
        "template": "fresh_5",
        "codes": 10_000,
        "opens_at": "2026-04-01T00:00:00+08:00",
        "closes_at": "2026-05-01T00:00:00+08:00",
        "reason": "leaflets in the stores of Hangzhou",
    },
    "claim_coupon": {"template": "fresh_5"},
    "claim_my_coupon": {"template": "fresh_5"},
    "grant_coupon": {"rule": "spring", "expires_at": "2026-05-01T00:00:00+08:00"},
    "upsert_stores": {
        "version": 1,
        "store": "S001",
        "name": {"zh": "人民广场店", "en": "People's Square"},
        "city": "上海",
        "region": "华东",
        "time_zone": "Asia/Shanghai",
    },
    "search_members": {"query": "13800138000", "limit": 20},
    "reward_behaviour": {
        "behaviour": "review",
        "source_key": "20260318-000431",
        "occurred_at": "2026-03-18T10:05:00+08:00",
    },
    "redeem_points": {"purpose": "donation", "points": 200, "reference": "school-lunch"},
    "adjust_points": {"points": 300, "ground": "goodwill", "reason": "late delivery", "attachment": "TICKET-1024"},
    "reveal_member_field": {"field": "phone", "reason": "case 7"},
    "decide_approval": {"decision": "approve", "note": "seen the ticket"},
    "pause_cause": {
        "side": "issue",
        "cause": "referral",
        "rule": "earning.default",
        "reason": "invitations by a robot",
    },
    "end_pause": {"reason": "the robot is blocked"},
    "quote_basket": {
        "channel": "app",
        "store": "S001",
        "member": {"phone": "13800138000"},
        "lines": [
            {"line_id": "1", "sku": "FRUIT-0001", "grams": 800},
            {"line_id": "2", "sku": "DAIRY-0003", "pieces": 2, "hours_left": 20},
        ],
        "delivery": {"fee_fen": 600},
        "codes": ["SPRING"],
        "payment_methods": ["wallet"],
        "points": 2000,
    },
    "quote_my_basket": {"channel": "app", "lines": [{"line_id": "1", "sku": "DAIRY-0003", "pieces": 2}]},
    "price_goods": {"channel": "app", "store": "S001", "skus": ["FRUIT-0001", "DAIRY-0003"]},
    "price_my_goods": {"channel": "app", "skus": ["FRUIT-0001", "DAIRY-0003"]},
    "prove_console_user": {"password": "correct horse battery staple", "code": "123456"},
    "change_console_password": {"password": "correct horse battery staple"},
    "add_console_passkey": {
        "credential_id": "FohXoTQ1m2mBTfEMUG2pBw",
        "client_data_json": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0",
        "attestation_object": "o2NmbXRkbm9uZQ",
        "name": "security key",
    },
    "sign_in_by_console_passkey": {
        "credential_id": "FohXoTQ1m2mBTfEMUG2pBw",
        "client_data_json": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",
        "authenticator_data": "SZYN5YgOjGh0NBcPZHZgW4",
        "signature": "MEUCIQDd",
        "user_handle": "AZpE0000000000000000AA",
    },
    "export_members": {
        "member_ids": ["0198a3c0-0000-7000-8000-000000000001"],
        "columns": ["number", "name", "phone"],
        "reason": "letters of the anniversary",
    },
    "correct_member": {"name": "王小明", "phone": "13900139000", "reason": "seen by their identity card"},
    "set_member_tier": {"tier": "gold", "until": "2026-12-31", "reason": "a promise of the store's"},
    "create_webhook": {
        "name": "data hub",
        "url": "https://hub.example/huixiang",
        "events": ["checkout.order_completed.v1", "points.posted.v1"],
    },
    "change_webhook": {"events": ["checkout.order_completed.v1", "checkout.order_refunded.v1", "points.posted.v1"]},
    "replay_webhook": {"since": "2026-03-17T00:00:00+08:00", "until": "2026-03-18T00:00:00+08:00"},
    "sign_in": {"username": "maker", "password": "correct horse battery staple", "code": "123456"},
}
