"""By law, statements that break it: what a table may not come to by any hand."""

from __future__ import annotations

OUT_OF_NOTHING = (
    "INSERT INTO points.transfer VALUES ('{m}', '{n}', 'out', 'transfer', 1, '{n}', 5, 0, '{{}}', '{{}}', '{{}}',"
    " 'on_the_way', 1, '2026-03-01')"
)
UNDER_A_PAUSE = (
    "INSERT INTO points.paused_credit (member_id, book, key, pause_id, cause, points, posted_at, state, decided_at,"
    " cleared_at) VALUES ('{{s}}', 1, '{}', '{{n}}', 'gift', {}, '2026-03-01', '{}', {})"
)
UNPAID = (
    "UPDATE checkout.instruction SET state = 'sent', settled_at = NULL, reference = NULL, paid_at = NULL,"
    " paid_on = NULL WHERE order_id = '{o[0]}' AND key = 'due'"
)
# Beside the claw-back of ten points, which is the saver's ninth posting.
ADJUSTMENT = (
    "WITH asked AS (INSERT INTO points.adjustment VALUES"
    " ('{{s}}', '{{n}}', {}, 'correction', 'why', NULL, '{{m}}', '2026-03-01', '2026-03-01', 1)),"
    " decided AS (INSERT INTO points.adjustment_decision VALUES"
    " ('{{s}}', '{{n}}', '{}', {}, NULL, '2026-03-01', {}) RETURNING seq)"
)
KEYED = " UPDATE points.posting SET key = 'adjustment:{n}' WHERE member_id = '{s}' AND kind = 'claw_back'"
ANNOUNCED_OTHERWISE = (
    "INSERT INTO checkout.reversal_effect SELECT member_id, refund_id, effect_no, 'pending', kind, cause, 7, '{n}',"
    " NULL, NULL, recorded_at FROM checkout.reversal_effect WHERE refund_id = '{r[0]}'"
)
LONG_PENDING = (
    "INSERT INTO checkout.reversal_effect VALUES ('{m}', '{r[0]}', 9, 'pending', 'points_taken', 'referral', 1,"
    " '{n}', NULL, NULL, '2026-03-01')"
)
UNPICKED = (
    "UPDATE checkout.placed SET fulfilled = NULL, fulfilled_at = NULL, cash_fen = due_fen WHERE order_id = '{p[1]}'"
)
STEPPED_BACK = (
    "WITH o AS (DELETE FROM platform.outbox_aside WHERE member_id = '{m}' AND seq = 5 RETURNING *)"
    " INSERT INTO platform.outbox SELECT * FROM o"
)
MERGED = (
    "INSERT INTO members.merge VALUES ('{m}', '{n}', '{n}', 'done', ARRAY[]::text[], ARRAY[]::uuid[], 'active',"
    " 'active', 'active', 'x', 'x', NULL, '2026-03-01', '2026-03-01', NULL)"
)
WITH_A_COUPON = (
    f"WITH merge AS ({MERGED} RETURNING 1),"  # noqa: S608 - constants
    " alias AS (UPDATE members.member SET merged_into = '{n}' WHERE member_id = '{m}' RETURNING 1)"
    " INSERT INTO coupons.coupon VALUES ('{m}', '{n}', 'ten-off', 'issued', '2026-03-01', NULL, '2026-03-01')"
)
BULK = (
    "INSERT INTO grants.bulk (grant_id, name, gift, audience, reason, preview, state, made_by, made_at, listed,"
    " granted, given, kept)"
    " VALUES ('{{n}}', 'g', '{{{{\"kind\": \"points\"}}}}', '{{{{}}}}', 'why', '{{{{}}}}', 'running', '{{n}}',"
    " '2026-03-01', 1, {}, {}, {})"
)
GRANTED = "WITH bulk AS ({}) INSERT INTO grants.recipient VALUES ('{{n}}', '{{m}}', 5, 'granted', NULL, 5)"
KEPT = (
    "WITH bulk AS ({}), resource AS (INSERT INTO stock.resource VALUES ('{{n}}', 'coupon_template', 'k', 'pieces', 5,"
    " 1, NULL, NULL, NULL, 1, 'test', '2026-03-01')) INSERT INTO stock.ticket VALUES"
    " ('{{n}}', '{{n}}', 'grant', '{{m}}', 3, 3, 'confirmed', '2026-03-01', '2026-03-01')"
)
RESOURCE = (
    "WITH resource AS (INSERT INTO stock.resource VALUES"
    " ('{{n}}', 'slot', 'k', 'pieces', 5, 1, {}, NULL, NULL, 1, 'test', '2026-03-01')),"
    " definition AS (INSERT INTO stock.definition VALUES ('{{n}}', 1, {}, 'test', '2026-03-01')),"
    " counter AS (INSERT INTO stock.counter VALUES ('{{n}}', 0, {})) "
)
TICKET = "INSERT INTO stock.ticket VALUES ('{{n}}', '{{n}}', 'order', '{{m}}', 2, {}, '{}', '2026-03-01', '{}')"
LOGGED = "INSERT INTO stock.ticket_change VALUES ('{{n}}', '{{n}}', '{}', '{}', {}, 'why', '2026-03-01')"
OF_A_PACK = (
    "WITH copy AS (INSERT INTO coupons.coupon (member_id, coupon_id, rule, state, issued_at, recorded_at, pack)"
    " VALUES ('{{m}}', '{{n}}', 'ten', 'issued', '2026-03-01', '2026-03-01', 'welcome'))"
)
COPY = (
    "WITH copy AS (INSERT INTO coupons.coupon (member_id, coupon_id, rule, state, issued_at, recorded_at, changes,"
    " order_id, template, template_version)"
    " VALUES ('{{m}}', '{{n}}', 'ten', '{}', '2026-03-01', '2026-03-01', {}, {}, {}))"
)
CHANGE = " INSERT INTO coupons.coupon_change VALUES ('{{m}}', '{{n}}', {}, '{}', '{}', {}, NULL, 'test', '2026-03-01')"
BARE = "NULL, NULL"
GIVEN_ON = (
    " INSERT INTO coupons.gift VALUES ('{{m}}', '{{s}}', '{{n}}', 'ten', '', '{}', {}, {}, '2026-03-01', '2026-03-04',"
    " {}, {})"
)
TWIN = ", ('{m}', '{m}', '{n}', 'ten', '', 'open', NULL, NULL, '2026-03-01', '2026-03-04', NULL, NULL)"
BY_GIFT = (
    "WITH copy AS (INSERT INTO coupons.coupon_change"
    " VALUES ('{n}', '{s}', 1, 'issued', 'issued', NULL, NULL, 'gift', '2026-03-01'))"
)
NOT_STANDING = "WITH claim AS (INSERT INTO coupons.claim VALUES ('{n}', false, '2026-03-01'))"
EXPOSED = "INSERT INTO coupons.exposure VALUES ('00000000-0000-0000-0000-000000000001', 'fresh_5', 1, "  # place 4736
LIMITED = (
    ", limited AS (INSERT INTO rulebook.document (kind, code, version, body, hash, valid_from, recorded_at)"
    " VALUES ('coupon_template', 'ten', 1, '{{{{\"per_member\": 0}}}}', '', '2026-03-01', '2026-03-01'))"
)
ASKED = (
    "WITH asked AS (INSERT INTO checkout.refund_request (member_id, request_id, order_id, state, ground, worth_fen,"
    " asked_by, asked_by_id, asked_at, why_not, policy_version, changes) VALUES ('{{m}}', '{{n}}', '{{o[0]}}', 'asked',"
    " 'other', 1, 'member', '{{m}}', '2026-03-01', '{{{{audience}}}}', 1, {})),"
    " lined AS (INSERT INTO checkout.refund_request_line VALUES ('{{m}}', '{{n}}', 1, 1))"
)
ASKED_CHANGE = (
    " INSERT INTO checkout.refund_request_change VALUES"
    " ('{{m}}', '{{n}}', 1, '{}', 'member', '{{m}}', NULL, '2026-03-01')"
)
REFUNDED_FOR = (
    "WITH asked AS (INSERT INTO checkout.refund_request (member_id, request_id, order_id, state, ground, worth_fen,"
    " asked_by, asked_by_id, asked_at, why_not, policy_version, changes, refund_id, decided_by, decided_by_id,"
    " decided_at, decided_on) SELECT '{m}', '{n}', order_id, 'refunded', 'other', 1, 'member', '{m}', '2026-03-01',"
    " '{{audience}}', 1, 1, refund_id, 'staff', '{n}', '2026-03-01', '2026-03-01' FROM checkout.refund"
    " WHERE refund_id = '{r[0]}')"
)
UNDER_ITS_KEY = " UPDATE checkout.refund SET external_id = 'request {n}' WHERE refund_id = '{r[0]}'"
# Done as the database's master; the letters are those of `grocer.damaged`.
DAMAGES: dict[str, list[str]] = {
    "checkout_refund_requests": [
        REFUNDED_FOR + " SELECT 1",
        REFUNDED_FOR + UNDER_ITS_KEY,
        UNDER_ITS_KEY,
        ASKED.format(1).replace("o[0]", "o[1]") + UNDER_ITS_KEY,
    ],
    "checkout_refund_request_log": [
        ASKED.format(1) + " SELECT 1",
        ASKED.format(2) + ASKED_CHANGE.format("asked"),
        ASKED.format(1) + ASKED_CHANGE.format("refused"),
        ASKED_CHANGE.format("asked").format(m="{m}", n="{n}"),
    ],
    "points_account_postings": [
        "UPDATE points.posting SET points = points + 1 WHERE member_id = '{m}' AND book = 1 AND seq = 2",
        "UPDATE points.posting SET pending_delta = 1 WHERE member_id = '{m}' AND book = 1 AND seq = 1",
        "DELETE FROM points.posting WHERE member_id = '{m}' AND book = 2 AND seq = 3",
        "DELETE FROM points.account WHERE member_id = '{m}' AND book = 2",
        "UPDATE points.account SET balance = balance + 1 WHERE member_id = '{m}' AND book = 2",
        "UPDATE points.account SET seq = seq + 1 WHERE member_id = '{m}' AND book = 1",
        "UPDATE points.account SET recorded_at = recorded_at + interval '1 s' WHERE member_id = '{m}' AND book = 1",
        "INSERT INTO points.account VALUES ('{n}', 1, 5, 0, 0, 0, 0, 0, '', '{{}}', '1970-01-01', '9999-01-01', 0)",
    ],
    "grants_rows": [
        GRANTED.format(BULK.format(0, 0, "NULL")),
        BULK.format(0, 0, "NULL"),
    ],
    "grants_kept": [
        BULK.format(1, 5, 4),
        KEPT.format(BULK.format(0, 0, 5)),
    ],
    "grants_postings": [
        GRANTED.format(BULK.format(1, 5, "NULL")),
        "UPDATE points.posting SET key = 'grant:{n}' WHERE member_id = '{m}' AND book = 1 AND seq = 1",
    ],
    "points_account_lots": [
        "UPDATE points.lot SET remaining = remaining - 1 WHERE member_id = '{m}' AND lot_no = 1",
        "UPDATE points.lot SET matures_at = '2030-01-01' WHERE member_id = '{m}' AND lot_no = 1",
        "DELETE FROM points.lot WHERE member_id = '{m}' AND lot_no = 3",
        "UPDATE points.lot SET held = held + 1 WHERE member_id = '{s}' AND lot_no = 1",
        "INSERT INTO points.lot VALUES ('{m}', 2, '9999-01-01', 1, 5, 5, 0, 0, NULL, 1, NULL)",
    ],
    "points_account_holds": [
        "INSERT INTO points.hold VALUES ('{m}', '{m}', 1, 7, '{{}}', '2030-01-01', NULL)",
        "UPDATE points.hold SET points = points + 1 WHERE member_id = '{s}'",
        "DELETE FROM points.hold WHERE member_id = '{s}'",
        "UPDATE points.account SET held = 1 WHERE member_id = '{m}' AND book = 1",
    ],
    "points_account_signs": [
        "UPDATE points.account SET balance = held - 1 WHERE member_id = '{s}'",
        "UPDATE points.account SET held = -1 WHERE member_id = '{m}' AND book = 1",
        "UPDATE points.account SET debt = 1 WHERE member_id = '{m}' AND book = 2",
        "UPDATE points.lot SET remaining = held - 1 WHERE member_id = '{s}' AND lot_no = 1",
        "UPDATE points.lot SET held = -1 WHERE member_id = '{m}' AND lot_no = 1",
    ],
    "points_account_mark": [
        "UPDATE points.account SET open_from = open_from + 1 WHERE member_id = '{s}'",
        "UPDATE points.account SET open_lot = 99 WHERE member_id = '{m}' AND book = 1",
        "UPDATE points.account SET last_lot = last_lot + 1 WHERE member_id = '{s}'",
        "UPDATE points.account SET last_lot = last_lot - 1 WHERE member_id = '{m}' AND book = 1",
    ],
    "points_hold_postings": [
        "DELETE FROM points.hold WHERE member_id = '{s}'",
        "UPDATE points.hold SET points = points - 1 WHERE member_id = '{s}'",
        "UPDATE points.hold SET hold_id = member_id WHERE member_id = '{s}'",
        "DELETE FROM points.posting WHERE member_id = '{s}' AND kind = 'release'",
        "INSERT INTO points.hold SELECT member_id, member_id, 1, 30, '{{}}', NULL FROM points.hold",
    ],
    "points_lot_holds": [
        "UPDATE points.hold SET alloc[2] = alloc[2] - 1 WHERE member_id = '{s}'",
        "UPDATE points.hold SET alloc[1] = 77 WHERE member_id = '{s}'",
        "UPDATE points.lot SET held = held + 1 WHERE member_id = '{s}' AND lot_no = 1",
    ],
    "points_account_head": [
        "UPDATE points.account SET head = sha256(head) WHERE member_id = '{m}' AND book = 1",
        "UPDATE points.posting SET hash = sha256(hash) WHERE member_id = '{m}' AND book = 2 AND seq = 7",
    ],
    "points_lot_postings": [
        "UPDATE points.lot SET remaining = remaining - 1 WHERE member_id = '{m}' AND lot_no = 1",
        "UPDATE points.lot SET original = original + 1 WHERE member_id = '{m}' AND lot_no = 1",
        "UPDATE points.lot SET origin_posting = 2 WHERE member_id = '{m}' AND lot_no = 1",
        "UPDATE points.lot SET held = held + 1 WHERE member_id = '{s}' AND lot_no = 1",
        "UPDATE points.lot SET lapsed = 1 WHERE member_id = '{s}' AND lot_no = 1",
        "UPDATE points.lot SET expires_on = expires_on + 1 WHERE member_id = '{s}' AND lot_no = 1",
        "UPDATE points.lot SET origin_lot = NULL WHERE member_id = '{s}' AND lot_no = 3",
        "UPDATE points.lot SET matures_at = '2030-01-01' WHERE member_id = '{m}' AND lot_no = 1",
        "UPDATE points.posting SET opened[1] = 99 WHERE member_id = '{m}' AND book = 1 AND seq = 1",
        "UPDATE points.posting SET alloc[1] = 99 WHERE member_id = '{s}' AND kind = 'spend'",
        "DELETE FROM points.lot WHERE member_id = '{m}' AND lot_no = 3",
        "DELETE FROM points.posting WHERE member_id = '{s}' AND kind = 'claw_back'",
    ],
    "points_posting_lots": [
        "UPDATE points.posting SET alloc[2] = alloc[2] + 1 WHERE member_id = '{s}' AND kind = 'spend'",
        "UPDATE points.posting SET opened[2] = opened[2] + 1 WHERE member_id = '{s}' AND seq = 1",
        "UPDATE points.posting SET held_delta = held_delta + 1 WHERE member_id = '{s}' AND kind = 'hold'",
        "UPDATE points.posting SET points = points + 1 WHERE member_id = '{m}' AND book = 1 AND seq = 2",
        "UPDATE points.posting SET requested = 0 WHERE member_id = '{s}' AND kind = 'spend'",
    ],
    "points_posting_order": [
        "UPDATE points.posting SET recorded_at = recorded_at + interval '1 year' WHERE member_id = '{m}' AND seq = 1",
    ],
    "points_posting_reversals": [
        "UPDATE points.posting SET requested = requested + 100 WHERE member_id = '{s}' AND kind = 'return'",
        "UPDATE points.posting SET origin_key = 'nothing' WHERE member_id = '{s}' AND kind = 'claw_back'",
        "UPDATE points.posting SET origin_key = 'a' WHERE member_id = '{s}' AND kind = 'return'",
        "DELETE FROM points.posting WHERE member_id = '{s}' AND kind = 'spend'",
    ],
    "points_transfer": [
        OUT_OF_NOTHING,
        "UPDATE points.posting SET counter_account = 'in_transit', key = 'transfer:{n}:out' WHERE kind = 'spend'",
    ],
    "points_paused_credits": [
        "UPDATE points.lot SET matures_at = '9998-01-01+00' WHERE member_id = '{s}' AND lot_no = 1",
        UNDER_A_PAUSE.format("a", 100, "waiting", "NULL, NULL"),
        UNDER_A_PAUSE.format("a", 100, "released", "'2026-03-01', NULL"),
        UNDER_A_PAUSE.format("a", 99, "released", "'2026-03-01', '2026-03-01'"),
        UNDER_A_PAUSE.format("a", 100, "voided", "'2026-03-01', NULL"),
        UNDER_A_PAUSE.format("nothing", 100, "voided", "'2026-03-01', NULL"),
        UNDER_A_PAUSE.format("spend", -60, "released", "'2026-03-01', '2026-03-01'"),
    ],
    "points_adjustments": [
        "UPDATE points.posting SET key = 'adjustment:{n}' WHERE member_id = '{s}' AND kind = 'claw_back'",
        ADJUSTMENT.format(-10, "posted", "NULL", 1) + " SELECT FROM decided",
        ADJUSTMENT.format(-10, "posted", "NULL", 8) + KEYED,
        ADJUSTMENT.format(-11, "posted", "NULL", 9) + KEYED,
        ADJUSTMENT.format(-10, "posted", "'{m}'", 9) + KEYED,
        ADJUSTMENT.format(-10, "refused", "'{n}'", "NULL") + KEYED,
    ],
    "checkout_order_lines": [
        "UPDATE checkout.order_line SET payable_fen = payable_fen + 1 WHERE order_id = '{o[0]}' AND line_no = 1",
        "UPDATE checkout.order_line SET paid_fen = paid_fen + 1 WHERE order_id = '{o[0]}' AND line_no = 1",
        "UPDATE checkout.orders SET points = points + 1 WHERE order_id = '{o[0]}'",
        "UPDATE checkout.orders SET growth = growth + 1 WHERE order_id = '{o[0]}'",
        "UPDATE checkout.orders SET refunded_fen = refunded_fen + 1 WHERE order_id = '{o[1]}'",
        "UPDATE checkout.orders SET refunded_points = refunded_points - 1 WHERE order_id = '{o[1]}'",
        "UPDATE checkout.orders SET refunded_growth = refunded_growth - 1 WHERE order_id = '{o[1]}'",
        "DELETE FROM checkout.order_line WHERE order_id = '{o[0]}'",
        "DELETE FROM checkout.orders WHERE order_id = '{o[0]}'",
    ],
    "checkout_order_tenders": [
        "UPDATE checkout.order_tender SET amount_fen = amount_fen + 1 WHERE order_id = '{o[0]}'",
        "DELETE FROM checkout.order_tender WHERE order_id = '{o[0]}'",
        "DELETE FROM checkout.orders WHERE order_id = '{o[0]}'",
    ],
    "checkout_order_earned": [
        "UPDATE checkout.orders SET points = points + 1 WHERE order_id = '{o[0]}'",
        "UPDATE checkout.orders SET growth = 0 WHERE order_id = '{o[0]}'",
        "UPDATE checkout.orders SET points_cut = 1 WHERE order_id = '{o[0]}'",
        "DELETE FROM points.posting WHERE order_ref = '{o[0]}' AND book = 2",
        "UPDATE points.posting SET order_ref = '{o[2]}' WHERE order_ref = '{o[0]}'",
        "DELETE FROM checkout.orders WHERE order_id = '{o[0]}'",
    ],
    "checkout_order_refunds": [
        "UPDATE checkout.order_line SET refunded_quantity = 2 WHERE order_id = '{o[1]}' AND line_no = 1",
        "UPDATE checkout.order_line SET refunded_points = 0 WHERE order_id = '{o[1]}' AND line_no = 1",
        "UPDATE checkout.refund SET refund_fen = refund_fen + 1 WHERE refund_id = '{r[0]}'",
        "UPDATE checkout.refund SET cash_refund_fen = refund_fen - 1 WHERE refund_id = '{r[0]}'",
        "UPDATE checkout.order_line SET paid_fen = refunded_fen - 1 WHERE order_id = '{o[1]}' AND line_no = 1",
        "UPDATE checkout.orders SET cash_refunded_fen = cash_refunded_fen - 1 WHERE order_id = '{o[1]}'",
        "UPDATE checkout.orders SET points_short = 1 WHERE order_id = '{o[1]}'",
        "UPDATE checkout.orders SET gifts_held_fen = 1, cash_refunded_fen = 0 WHERE order_id = '{o[1]}'",
        "UPDATE checkout.refund SET fees_fen = 1 WHERE refund_id = '{r[0]}'",
        "DELETE FROM checkout.refund_line WHERE refund_id = '{r[0]}'",
        "DELETE FROM checkout.refund WHERE refund_id = '{r[0]}'",
    ],
    "checkout_reversal_effects": [
        "UPDATE checkout.refund SET points = points + 1 WHERE refund_id = '{r[0]}'",
        "UPDATE checkout.refund SET points_before = 1 WHERE refund_id = '{r[0]}'",
        "UPDATE checkout.refund SET growth_before = 1 WHERE refund_id = '{r[0]}'",
        "UPDATE checkout.refund SET points_returned = 1 WHERE refund_id = '{r[0]}'",
        "UPDATE checkout.refund SET gifts_fen = 1, cash_refund_fen = cash_refund_fen - 1 WHERE refund_id = '{r[0]}'",
        "UPDATE checkout.refund SET gifts_held_fen = 1, cash_refund_fen = 0 WHERE refund_id = '{r[0]}'",
        "UPDATE checkout.reversal_effect SET amount = amount + 1 WHERE refund_id = '{r[0]}' AND effect_no = 1",
        "UPDATE checkout.reversal_effect SET kind = 'points_let_go' WHERE refund_id = '{r[0]}' AND effect_no = 1",
        "DELETE FROM checkout.reversal_effect WHERE refund_id = '{r[0]}' AND effect_no = 1",
        "DELETE FROM checkout.refund WHERE refund_id = '{r[0]}'",
        ANNOUNCED_OTHERWISE,
    ],
    "checkout_reversal_postings": [
        "DELETE FROM points.posting WHERE key = 'refund:{r[1]}' AND book = 2",
        "UPDATE points.posting SET points = points - 1 WHERE key = 'refund:{r[1]}' AND book = 1",
        "UPDATE points.posting SET order_ref = '{n}' WHERE key = 'refund:{r[1]}' AND book = 1",
        "UPDATE checkout.reversal_effect SET seq = seq + 1 WHERE refund_id = '{r[0]}' AND effect_no = 1",
        "UPDATE checkout.reversal_effect SET kind = 'points_owed' WHERE refund_id = '{r[0]}' AND effect_no = 1",
        "DELETE FROM checkout.reversal_effect WHERE refund_id = '{r[1]}'",
    ],
    "checkout_reversal_open": [
        LONG_PENDING,
    ],
    "checkout_order_state": [
        "UPDATE checkout.orders SET state = 'refunded' WHERE order_id = '{o[1]}'",
        "UPDATE checkout.orders SET state = 'completed' WHERE order_id = '{o[4]}'",
    ],
    "checkout_instruction_last_change": [
        UNPAID,
        "UPDATE checkout.instruction SET reference = 'another' WHERE order_id = '{o[0]}' AND key = 'due'",
        "UPDATE checkout.instruction SET tries = 3 WHERE order_id = '{o[0]}' AND key = 'due'",
        "UPDATE checkout.instruction SET changes = changes + 1 WHERE order_id = '{o[0]}' AND key = 'due'",
        "DELETE FROM checkout.instruction_change WHERE member_id = '{m}' AND seq = 1",
        "DELETE FROM checkout.instruction WHERE order_id = '{o[0]}' AND key = 'due'",
    ],
    "checkout_payment_versions": [
        "UPDATE checkout.payment SET fen = fen - 1",
        "UPDATE checkout.payment SET instruction_id = NULL",
        "UPDATE checkout.payment SET version = 3",
        "DELETE FROM checkout.payment_version WHERE version = 1",
        "DELETE FROM checkout.payment",
    ],
    "checkout_instruction_sums": [
        "UPDATE checkout.instruction SET fen = 1000000 WHERE order_id = '{o[1]}' AND key = 'back'",
        "UPDATE checkout.instruction SET fen = 51 WHERE order_id = '{o[0]}' AND key = 'more:back'",
        "UPDATE checkout.instruction SET fen = 5000 WHERE order_id = '{o[0]}' AND key = 'more:back'",
        "UPDATE checkout.instruction SET undone_by = NULL WHERE order_id = '{o[0]}' AND key = 'more'",
        "UPDATE checkout.instruction SET undone_by = instruction_id WHERE order_id = '{o[0]}' AND key = 'due'",
    ],
    "checkout_placed_completed": [
        "UPDATE checkout.orders SET kind = 'till' WHERE order_id = '{p[1]}'",
        "UPDATE checkout.orders SET payable_fen = payable_fen + 1 WHERE order_id = '{p[1]}'",
        UNPICKED,
        "UPDATE checkout.placed SET state = 'completed', settled_at = placed_at WHERE order_id = '{p[0]}'",
    ],
    "checkout_placed_points": [
        "UPDATE points.hold SET points = points - 1 WHERE hold_id = '{p[0]}'",
        "DELETE FROM points.hold WHERE hold_id = '{p[0]}'",
        "UPDATE points.hold SET hold_id = '{p[2]}' WHERE hold_id = '{p[0]}'",
        "UPDATE checkout.placed SET state = 'placed', settled_at = NULL WHERE order_id = '{p[2]}'",
    ],
    "checkout_placed_coupons": [
        "UPDATE coupons.coupon SET state = 'used' WHERE order_id = '{p[0]}'",
        "UPDATE coupons.coupon SET order_id = '{p[2]}' WHERE order_id = '{p[0]}'",
        "UPDATE checkout.placed SET coupons = '{{}}' WHERE order_id = '{p[0]}'",
        "UPDATE checkout.placed SET coupons = '{{}}' WHERE order_id = '{p[1]}'",
    ],
    "checkout_placed_uses": [
        "UPDATE pricing.member_use SET uses = uses + 1",
        "DELETE FROM pricing.member_use",
        "UPDATE checkout.placed SET state = 'cancelled', settled_at = placed_at WHERE order_id = '{p[0]}'",
        "UPDATE checkout.placed SET uses = '[]' WHERE order_id = '{p[1]}'",
    ],
    "checkout_placed_benefits": [
        "DELETE FROM benefits.entitlement_use WHERE order_id = '{p[0]}'",
        "UPDATE benefits.entitlement_use SET state = 'used', used_at = held_at WHERE order_id = '{p[0]}'",
        "UPDATE benefits.entitlement_use SET state = 'held', returned_at = NULL WHERE order_id = '{p[2]}'",
        "UPDATE checkout.placed SET benefits = '{{}}' WHERE order_id = '{p[1]}'",
    ],
    "benefits_used": [
        "UPDATE benefits.entitlement SET used = 1 WHERE used = 2",
        "UPDATE benefits.entitlement SET used = 0",
    ],
    "checkout_order_directory": [
        "DELETE FROM platform.directory WHERE kind = 'order' AND object_id = '{p[0]}'",
        "DELETE FROM checkout.placed WHERE order_id = '{p[2]}'",
        "DELETE FROM platform.directory WHERE kind = 'order' AND object_id = '{o[0]}'",
        "UPDATE platform.directory SET member_id = '{n}' WHERE kind = 'order_external' AND object_id = '{o[0]}'",
        "UPDATE checkout.orders SET external_id = 'another' WHERE order_id = '{o[0]}'",
        "DELETE FROM checkout.orders WHERE order_id = '{o[0]}'",
    ],
    "tiers_standing": [
        "UPDATE tiers.standing SET tier = 'diamond' WHERE member_id = '{m}'",
        "UPDATE tiers.standing SET since = '2020-01-01' WHERE member_id = '{m}'",
        "UPDATE tiers.standing SET changes = changes + 1 WHERE member_id = '{m}'",
        "DELETE FROM tiers.change WHERE member_id = '{m}' AND seq = 1",
        "UPDATE tiers.change SET from_tier = 'gold' WHERE member_id = '{m}' AND seq = 1",
        "DELETE FROM tiers.standing WHERE member_id = '{m}'",
        "INSERT INTO tiers.standing VALUES ('{n}', 'gold', '2026-01-01', 1, 1)",
    ],
    "platform_outbox": [
        "UPDATE platform.outbox_head SET seq = seq - 1 WHERE member_id = '{m}'",
        "UPDATE platform.outbox_head SET seq = seq + 1 WHERE member_id = '{m}'",
        "DELETE FROM platform.outbox_head WHERE member_id = '{m}'",
        "UPDATE platform.outbox_head SET recorded_at = '2020-01-01' WHERE member_id = '{m}'",
        "DELETE FROM platform.outbox_aside WHERE member_id = '{m}' AND seq = 5",
        "DELETE FROM platform.outbox_aside WHERE member_id = '{m}'",
        "UPDATE platform.outbox_aside SET recorded_at = '2020-01-01' WHERE member_id = '{m}' AND seq = 5",
        STEPPED_BACK,
        "DELETE FROM platform.outbox_parked WHERE member_id = '{m}'",
        "INSERT INTO platform.outbox_delivery VALUES ('{n}', 3, 'takes')",
    ],
    "coupons_last_change": [
        COPY.format("issued", 1, "NULL", BARE) + " SELECT 1",
        CHANGE.format(1, "issued", "issued", "NULL"),
        COPY.format("voided", 1, "NULL", BARE) + CHANGE.format(1, "issued", "issued", "NULL"),
        COPY.format("issued", 2, "NULL", BARE) + CHANGE.format(1, "issued", "issued", "NULL"),
        COPY.format("held", 1, "'{s}'", BARE) + CHANGE.format(1, "held", "held", "'{m}'"),
    ],
    "coupons_steps": [
        CHANGE.format(1, "held", "held", "'{m}'"),
        CHANGE.format(1, "issued", "used", "NULL"),
        CHANGE.format(2, "issued", "issued", "NULL"),
        CHANGE.format(1, "issued", "issued", "NULL")
        + ", ('{m}', '{n}', 2, 'used', 'used', '{m}', NULL, 'x', '2026-03-01')",
        CHANGE.format(1, "issued", "issued", "NULL")
        + ", ('{m}', '{n}', 2, 'withdrawn', 'issued', NULL, NULL, 'x', '2026-03-01')",
        CHANGE.format(1, "held", "held", "'{m}'")
        + ", ('{m}', '{n}', 2, 'used', 'used', '{s}', NULL, 'x', '2026-03-01')",
    ],
    "coupons_issued": [
        COPY.format("issued", 1, "NULL", "'ten', 1") + " SELECT 1",
        "INSERT INTO coupons.member_issued VALUES ('{m}', 'ten', 1)",
    ],
    "coupons_limits": [COPY.format("issued", 1, "NULL", "'ten', 1") + LIMITED.format() + " SELECT 1"],
    "coupons_tickets": [
        "INSERT INTO coupons.claim VALUES ('{n}', true, '2026-03-01')",
        NOT_STANDING + CHANGE.format(1, "issued", "issued", "NULL"),
    ],
    "coupons_holdout": [
        EXPOSED + "4736, NULL, 'claim', '2026-03-01')",
        EXPOSED + "4736, '{n}', 'claim', '2026-03-01')",
        EXPOSED + "4737, '{n}', 'claim', '2026-03-01')",
    ],
    "coupons_packs": [
        "INSERT INTO coupons.pack_issued VALUES ('{m}', 'new_member', 1, 5, 18800, '2026-03-01')",
        OF_A_PACK.format() + CHANGE.format(1, "issued", "issued", "NULL"),
    ],
    "coupons_gifts": [
        COPY.format("given", 1, "NULL", BARE) + " SELECT 1",
        GIVEN_ON.format("open", "NULL", "NULL", "NULL", "NULL"),
        COPY.format("given", 1, "NULL", BARE) + GIVEN_ON.format("open", "NULL", "NULL", "NULL", "NULL") + TWIN,
        COPY.format("given", 1, "NULL", BARE)
        + GIVEN_ON.format("received", "'{s}'", "NULL", "'2026-03-02'", "'2026-03-02'"),
        BY_GIFT + GIVEN_ON.format("returned", "NULL", "'withdrawn'", "NULL", "'2026-03-02'"),
        BY_GIFT + " SELECT 1",
    ],
    "coupons_codes": [
        "INSERT INTO coupons.code VALUES ('\\x00', '{n}', 1, '{m}', '{n}', '2026-03-01', NULL)",
        """INSERT INTO coupons.code_batch VALUES ('{n}', 'leaflets', 'ten', 5, NULL, NULL, 'handing', 1, 2, '{m}',
                                                   '2026-03-01', '{m}', NULL, NULL, NULL, '{n}')""",
    ],
    "stock_resource_sums": [
        RESOURCE.format("NULL", 5, 4) + "SELECT 1",
        RESOURCE.format("NULL", 5, 5) + TICKET.format(2, "confirmed", "2026-03-01"),
        "INSERT INTO stock.counter VALUES ('{n}', 0, 5)",
        TICKET.format(2, "confirmed", "2026-03-01"),
    ],
    "stock_ticket_log": [
        RESOURCE.format("NULL", 5, 3) + TICKET.format(2, "confirmed", "2026-03-01"),
        RESOURCE.format("NULL", 5, 5) + LOGGED.format("reserved", "", 2),
        RESOURCE.format("NULL", 5, 3)
        + f", log AS ({LOGGED.format('reserved', '', 2)}) "
        + TICKET.format(2, "confirmed", "2026-03-01"),
        RESOURCE.format("NULL", 5, 4)
        + f", log AS ({LOGGED.format('reserved', '', 2)}), back AS ({LOGGED.format('given_back', 'k', 1)}) "
        + TICKET.format(1, "reserved", "2030-01-01"),
    ],
    "stock_ticket_times": [
        RESOURCE.format("NULL", 5, 3) + TICKET.format(2, "reserved", "2026-03-01"),
    ],
    "stock_shares": [
        RESOURCE.format(2, 5, 3) + TICKET.format(2, "confirmed", "2026-03-01"),
        "INSERT INTO stock.share VALUES ('{n}', '{m}', 1)",
    ],
    "stock_definition": [
        RESOURCE.format("NULL", 4, 5) + "SELECT 1",
        "INSERT INTO stock.definition VALUES ('{n}', 1, 5, 'test', '2026-03-01')",
    ],
    "tiers_upgrade_paid": [
        "INSERT INTO tiers.upgrade VALUES ('{n}', '{n}', 'gold', 9, 1, NULL, '2026-03-01', '2026-03-01', '2027-01-01')",
        "UPDATE points.posting SET key = 'tier_upgrade:{n}' WHERE member_id = '{s}' AND kind = 'spend'",
    ],
    "members_owners": [
        "DELETE FROM members.member WHERE member_id = '{m}'",
        "INSERT INTO tiers.standing VALUES ('00000000-0000-0000-0000-000000000001', 'gold', '2026-01-01', 1, 1)",
    ],
    "members_merged": [
        "UPDATE members.member SET merged_into = '{n}' WHERE member_id = '{m}'",
        MERGED,
        WITH_A_COUPON,
    ],
}
