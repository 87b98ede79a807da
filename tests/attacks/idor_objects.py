"""Objects of somebody, asked for by somebody else. The policy stands in `idor_table`."""

from __future__ import annotations

# Somebody whose it is not, the request, what they are answered, and what is answered to somebody whose it is.
# "member": a neighbour; "key", "clerk": a key that may do everything, or customer service, under another member, pool
# or partner; "store": customer service of another store; "operations": neither who made it nor who may decide it.
OBJECTS = """
member     DELETE /api/member/v1/me/devices/{device_id}                                204                        204
member     POST   /api/member/v1/me/messages/{message_id}/read                         404/message_unknown        200
member     POST   /api/member/v1/me/popups/{message_id}/show                           404/message_unknown        200
member     POST   /api/member/v1/me/popups/{message_id}/dismiss                        404/message_unknown        200
member     GET    /api/member/v1/me/orders/{order_id}                                  404/order_unknown          200
member     GET    /api/member/v1/me/orders/{order_id}/placed                           404/placed_unknown         404
member     GET    /api/member/v1/me/orders/{order_id}/refunds                          404/order_unknown          200
member     POST   /api/member/v1/me/orders/{order_id}/refund-requests                     404/order_unknown         201
member     POST   /api/member/v1/me/orders/{order_id}/refund-requests/{request_id}/withdrawal 404/order_unknown 201
member     DELETE /api/member/v1/me/passkeys/{passkey_id}                              403/fresh_sign_in_required 403
member     PUT    /api/member/v1/me/pool/members/{person_id}/limits                    409/pool_not_invited       200
member     POST   /api/member/v1/me/pool/join                                          404/pool_unknown           409
member     POST   /api/member/v1/me/pool/dissolve                                      404/pool_unknown           409
member     POST   /api/member/v1/me/coupon-gifts/{gift_id}/withdraw                    404/coupon_gift_unknown    200
member     POST   /api/member/v1/me/coupons/{coupon_id}/gift                           404/coupon_unknown         409
member     GET    /api/member/v1/me/transfers/{transfer_id}                            404/transfer_unknown       200
key        GET    /api/v1/members/{member_id}/merges/{merge_id}                        404/merge_unknown          200
key        POST   /api/v1/members/{member_id}/merges/{merge_id}/undo                   404/merge_unknown          202
key        POST   /api/v1/members/{member_id}/benefits/{entitlement_id}/end            404/entitlement_unknown    200
key        GET    /api/v1/members/{member_id}/coupons/{coupon_id}/changes              404/coupon_unknown         200
key        POST   /api/v1/members/{member_id}/coupons/{coupon_id}/void                 404/coupon_unknown         200
key        POST   /api/v1/members/{member_id}/plans/{subscription_id}/end              404/subscription_unknown   200
key        POST   /api/v1/members/{member_id}/points/holds/{hold_id}/capture           404/hold_unknown           201
key        POST   /api/v1/members/{member_id}/points/holds/{hold_id}/release           404/hold_unknown           409
key        POST   /api/v1/members/{member_id}/tier/upgrades/{upgrade_id}/undo          404/tier_upgrade_unknown   201
key        GET    /api/v1/members/{member_id}/transfers/{transfer_id}                  404/transfer_unknown       200
key        GET    /api/v1/orders/{order_id}/refunds/{refund_id}                        404/refund_unknown         200
key        GET    /api/v1/orders/{order_id}/payments/{instruction_id}                  404/instruction_unknown    200
key        POST   /api/v1/orders/{order_id}/payments/{instruction_id}/fail             404/instruction_unknown    200
key        POST   /api/v1/orders/{order_id}/payments/{instruction_id}/retry            404/instruction_unknown    200
key        POST   /api/v1/orders/{order_id}/payments/{instruction_id}/confirm          404/instruction_unknown    200
key        POST   /api/v1/orders/{order_id}/refund-requests/{request_id}/withdrawal       404/refund_request_unknown 409
key        POST   /api/v1/points/partners/{code}/exchanges/{reference}/cancel          404/exchange_unknown       201
key        POST   /api/v1/points/pools/{pool_id}/tickets/{ticket_id}/capture           404/pool_ticket_unknown    201
key        POST   /api/v1/points/pools/{pool_id}/tickets/{ticket_id}/release           404/pool_ticket_unknown    409
key        POST   /api/v1/points/pools/{pool_id}/tickets/{ticket_id}/returns           404/pool_ticket_unknown    201
key        GET    /api/v1/rulebook/{kind}/{code}/drafts/{draft_id}                     404/rule_draft_unknown     200
key        PATCH  /api/v1/rulebook/{kind}/{code}/drafts/{draft_id}                     404/rule_draft_unknown     200
key        GET    /api/v1/rulebook/{kind}/{code}/drafts/{draft_id}/difference          404/rule_draft_unknown     200
key        POST   /api/v1/rulebook/{kind}/{code}/drafts/{draft_id}/discard             404/rule_draft_unknown     200
store      GET    /api/console/v1/orders/{order_id}                                    404/order_unknown          200
store      GET    /api/console/v1/orders/{order_id}/placed                             404/placed_unknown         404
store      GET    /api/console/v1/orders/{order_id}/refunds                            404/order_unknown          200
store      GET    /api/console/v1/orders/{order_id}/whole                              404/order_unknown          200
store      POST   /api/console/v1/orders/{order_id}/cancel                             404/order_unknown          404
store      POST   /api/console/v1/orders/{order_id}/complete                           404/order_unknown          404
store      GET    /api/console/v1/orders/{order_id}/payments                           404/order_unknown          200
clerk      GET    /api/console/v1/members/{member_id}/coupons/{coupon_id}/changes      404/coupon_unknown         200
clerk      POST   /api/console/v1/members/{member_id}/coupons/{coupon_id}/void         404/coupon_unknown         409
store      POST   /api/console/v1/orders/{order_id}/refund-requests                       404/order_unknown         201
store      GET    /api/console/v1/orders/{order_id}/refund-requests/{request_id}          404/order_unknown         200
store      POST   /api/console/v1/orders/{order_id}/refund-requests/{request_id}/decision 404/order_unknown         409
store      POST   /api/console/v1/orders/{order_id}/refund-requests/{request_id}/goods    404/order_unknown         409
clerk      POST   /api/console/v1/members/{member_id}/merges/{merge_id}/undo           404/merge_unknown          409
clerk      POST   /api/console/v1/members/{member_id}/tier/manual/{upgrade_id}/end     404/tier_upgrade_unknown   404
clerk      GET    /api/console/v1/members/exports/{export_id}/file                     404/export_unknown         404
clerk      DELETE /api/console/v1/me/sessions/{session_id}                             404/session_unknown        404
clerk      DELETE /api/console/v1/me/passkeys/{passkey_id}                             204                        204
clerk      PATCH  /api/console/v1/me/passkeys/{passkey_id}                             404/staff_passkey_unknown  404
operations GET    /api/console/v1/approvals/{approval_id}                              404/approval_unknown       200
operations POST   /api/console/v1/approvals/{approval_id}/withdrawal                   404/approval_unknown       403
operations POST   /api/console/v1/approvals/{approval_id}/decision                     404/approval_unknown       200
"""

# Of the programme: who holds the scope or permission reaches them all, and nobody else any.
PROGRAMMES = """
GET    /api/console/v1/accounts/{staff_id}
POST   /api/console/v1/accounts/{staff_id}/disable
POST   /api/console/v1/accounts/{staff_id}/enable
GET    /api/console/v1/accounts/{staff_id}/sessions
POST   /api/console/v1/accounts/{staff_id}/sessions/end
POST   /api/console/v1/accounts/{staff_id}/totp/reset
POST   /api/console/v1/accounts/{staff_id}/totp/show
GET    /api/console/v1/audit/{audit_id}
GET    /api/console/v1/coupons/batches/{batch_id}
POST   /api/console/v1/coupons/batches/{batch_id}/codes
POST   /api/console/v1/coupons/batches/{batch_id}/void
GET    /api/console/v1/coupons/published/{template}
POST   /api/console/v1/orders/{order_id}/payments/{instruction_id}/retry
GET    /api/console/v1/grants/{grant_id}
GET    /api/console/v1/grants/{grant_id}/members
GET    /api/console/v1/grants/{grant_id}/members/export
POST   /api/console/v1/grants/{grant_id}/pause
GET    /api/console/v1/grants/{grant_id}/refused-rows
POST   /api/console/v1/grants/{grant_id}/request
POST   /api/console/v1/grants/{grant_id}/resume
POST   /api/console/v1/grants/{grant_id}/stop
POST   /api/console/v1/grants/{grant_id}/undo
GET    /api/console/v1/keys/{key_id}
PATCH  /api/console/v1/keys/{key_id}
POST   /api/console/v1/keys/{key_id}/revoke
POST   /api/console/v1/keys/{key_id}/rotate
POST   /api/console/v1/keys/{key_id}/rotation/finish
GET    /api/console/v1/messages/{message_id}
GET    /api/console/v1/points/pauses/{pause_id}/credits
POST   /api/console/v1/points/pauses/{pause_id}/credits/decision
POST   /api/console/v1/points/pauses/{pause_id}/end
GET    /api/console/v1/rulebook/{kind}/{code}/drafts/{draft_id}
PATCH  /api/console/v1/rulebook/{kind}/{code}/drafts/{draft_id}
GET    /api/console/v1/rulebook/{kind}/{code}/drafts/{draft_id}/difference
POST   /api/console/v1/rulebook/{kind}/{code}/drafts/{draft_id}/discard
GET    /api/console/v1/stock/resources/{resource_id}
GET    /api/console/v1/stock/resources/{resource_id}/tickets
GET    /api/v1/orders/{order_id}
GET    /api/v1/orders/{order_id}/placed
POST   /api/v1/orders/{order_id}/cancel
POST   /api/v1/orders/{order_id}/complete
POST   /api/v1/orders/{order_id}/fulfil
POST   /api/v1/orders/{order_id}/paid
GET    /api/v1/orders/{order_id}/payments
GET    /api/v1/orders/{order_id}/refund-requests
POST   /api/v1/orders/{order_id}/refund-requests
GET    /api/v1/orders/{order_id}/refunds
POST   /api/v1/orders/{order_id}/refunds
POST   /api/v1/points/pools/{pool_id}/tickets
GET    /api/v1/stock/resources/{resource_id}
GET    /api/v1/stock/resources/{resource_id}/tickets
GET    /api/console/v1/webhooks/{endpoint_id}
GET    /api/console/v1/webhooks/{endpoint_id}/deliveries
GET    /api/console/v1/webhooks/{endpoint_id}/deliveries/{event_id}
POST   /api/console/v1/webhooks/{endpoint_id}/pause
POST   /api/console/v1/webhooks/{endpoint_id}/replay
POST   /api/console/v1/webhooks/{endpoint_id}/resume
POST   /api/console/v1/webhooks/{endpoint_id}/test
DELETE /api/v1/webhooks/{endpoint_id}
GET    /api/v1/webhooks/{endpoint_id}
PATCH  /api/v1/webhooks/{endpoint_id}
GET    /api/v1/webhooks/{endpoint_id}/deliveries
GET    /api/v1/webhooks/{endpoint_id}/deliveries/{event_id}
POST   /api/v1/webhooks/{endpoint_id}/pause
POST   /api/v1/webhooks/{endpoint_id}/replay
POST   /api/v1/webhooks/{endpoint_id}/resume
POST   /api/v1/webhooks/{endpoint_id}/rotate
POST   /api/v1/webhooks/{endpoint_id}/test
"""
