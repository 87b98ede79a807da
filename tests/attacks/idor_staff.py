"""Who may call what at the console. What the headings say, and the policy, stand in `idor_table`."""

from __future__ import annotations

STAFF_ROUTES = """
staff - | 401 401 401 401 in in in in in in in
  GET    /api/console/v1/me/passkeys
  POST   /api/console/v1/me/passkeys
  POST   /api/console/v1/me/passkeys/options
  DELETE /api/console/v1/me/passkeys/{passkey_id}
  PATCH  /api/console/v1/me/passkeys/{passkey_id}
  POST   /api/console/v1/me/password
  POST   /api/console/v1/me/proof
  GET    /api/console/v1/me/sessions
  DELETE /api/console/v1/me/sessions
  DELETE /api/console/v1/me/sessions/{session_id}
  GET    /api/console/v1/session
  DELETE /api/console/v1/session
staff approvals:decide | 401 401 401 401 in in in 403 in 403 403
  POST   /api/console/v1/approvals/{approval_id}/decision
staff approvals:read | 401 401 401 401 in in in 403 in in in
  GET    /api/console/v1/approvals
  GET    /api/console/v1/approvals/waiting
  GET    /api/console/v1/approvals/{approval_id}
  POST   /api/console/v1/approvals/{approval_id}/withdrawal
staff audit:read | 401 401 401 401 in 403 403 403 403 in 403
  GET    /api/console/v1/audit
  GET    /api/console/v1/audit/roots
  GET    /api/console/v1/audit/{audit_id}
staff finance:read | 401 401 401 401 in 403 403 403 in in 403
  GET    /api/console/v1/finance/liability
  GET    /api/console/v1/finance/liability.csv
  GET    /api/console/v1/finance/roll-forward
  GET    /api/console/v1/finance/roll-forward.csv
  GET    /api/console/v1/finance/trial-balance
  GET    /api/console/v1/finance/trial-balance.csv
  GET    /api/console/v1/payments
  GET    /api/console/v1/payments/days
  GET    /api/console/v1/payments/statements/{day}
staff coupons:read | 401 401 401 401 in in in 403 in in in
  GET    /api/console/v1/coupons/published
  GET    /api/console/v1/coupons/published/{template}
  GET    /api/console/v1/members/{member_id}/coupons
  GET    /api/console/v1/members/{member_id}/coupons/{coupon_id}/changes
staff coupons:give | 401 401 401 401 403 403 in 403 403 403 in
  POST   /api/console/v1/members/{member_id}/coupons
  POST   /api/console/v1/members/{member_id}/coupons/{coupon_id}/void
staff coupons:batches | 401 401 401 401 403 in 403 403 403 403 403
  GET    /api/console/v1/coupons/batches
  POST   /api/console/v1/coupons/batches
  GET    /api/console/v1/coupons/batches/{batch_id}
  POST   /api/console/v1/coupons/batches/{batch_id}/codes
  POST   /api/console/v1/coupons/batches/{batch_id}/void
staff grants:read | 401 401 401 401 in in in 403 in in 403
  GET    /api/console/v1/grants
  GET    /api/console/v1/grants/{grant_id}
  GET    /api/console/v1/grants/{grant_id}/members
  GET    /api/console/v1/grants/{grant_id}/members/export
  GET    /api/console/v1/grants/{grant_id}/refused-rows
staff grants:write | 401 401 401 401 403 in 403 403 403 403 403
  POST   /api/console/v1/grants
  POST   /api/console/v1/grants/{grant_id}/pause
  POST   /api/console/v1/grants/{grant_id}/request
  POST   /api/console/v1/grants/{grant_id}/resume
  POST   /api/console/v1/grants/{grant_id}/stop
  POST   /api/console/v1/grants/{grant_id}/undo
staff insight:read | 401 401 401 401 in in 403 in in in 403
  GET    /api/console/v1/attribution
  GET    /api/console/v1/coupons/lift
  GET    /api/console/v1/coupons/sums
  GET    /api/console/v1/import
  GET    /api/console/v1/overview
staff keys:read | 401 401 401 401 in 403 403 403 403 in 403
  GET    /api/console/v1/keys
  GET    /api/console/v1/keys/scopes
  GET    /api/console/v1/keys/{key_id}
staff keys:write | 401 401 401 401 in 403 403 403 403 403 403
  POST   /api/console/v1/keys
  POST   /api/console/v1/keys/master/rotate
  PATCH  /api/console/v1/keys/{key_id}
  POST   /api/console/v1/keys/{key_id}/revoke
  POST   /api/console/v1/keys/{key_id}/rotate
  POST   /api/console/v1/keys/{key_id}/rotation/finish
staff members:export | 401 401 401 401 403 in in 403 403 403 403
  GET    /api/console/v1/members/exports
  POST   /api/console/v1/members/exports
  GET    /api/console/v1/members/exports/{export_id}/file
staff members:manage | 401 401 401 401 403 403 in 403 403 403 403
  PATCH  /api/console/v1/members/{member_id}/attributes
  POST   /api/console/v1/members/{member_id}/consents/withdraw
  POST   /api/console/v1/members/{member_id}/identities
  POST   /api/console/v1/members/{member_id}/identities/unlink
  POST   /api/console/v1/members/{member_id}/merges
  POST   /api/console/v1/members/{member_id}/merges/{merge_id}/undo
  POST   /api/console/v1/members/{member_id}/personal
  POST   /api/console/v1/members/{member_id}/state
  POST   /api/console/v1/members/{member_id}/trials
staff members:read | 401 401 401 401 in in in 403 403 in in
  GET    /api/console/v1/attributes
  POST   /api/console/v1/members/search
  GET    /api/console/v1/members/{member_id}
  GET    /api/console/v1/members/{member_id}/attributes
  GET    /api/console/v1/members/{member_id}/attribution
  GET    /api/console/v1/members/{member_id}/consents
  GET    /api/console/v1/members/{member_id}/facts
  GET    /api/console/v1/members/{member_id}/merges
  GET    /api/console/v1/members/{member_id}/merges/preview
  GET    /api/console/v1/members/{member_id}/profile
  GET    /api/console/v1/members/{member_id}/states
  GET    /api/console/v1/members/{member_id}/states/choices
  GET    /api/console/v1/members/{member_id}/tier
  GET    /api/console/v1/members/{member_id}/tier/upgrades
  GET    /api/console/v1/members/{member_id}/trials
staff members:reveal | 401 401 401 401 403 403 in 403 403 403 in
  POST   /api/console/v1/members/{member_id}/reveal
staff messages:read | 401 401 401 401 in in in 403 403 in 403
  GET    /api/console/v1/messages
  GET    /api/console/v1/messages/{message_id}
staff messages:sink | 401 401 401 401 in in 403 403 403 403 403
  GET    /api/console/v1/messages/sink
staff orders:read | 401 401 401 401 in in in 403 in in in
  GET    /api/console/v1/members/{member_id}/orders
  GET    /api/console/v1/members/{member_id}/orders/open
  GET    /api/console/v1/orders/open
  GET    /api/console/v1/orders/{order_id}
  GET    /api/console/v1/orders/{order_id}/placed
  GET    /api/console/v1/orders/{order_id}/payments
  GET    /api/console/v1/orders/{order_id}/refund-requests/{request_id}
  GET    /api/console/v1/orders/{order_id}/refunds
  GET    /api/console/v1/orders/{order_id}/whole
  GET    /api/console/v1/refund-requests
staff orders:settle | 401 401 401 401 403 in in 403 403 403 in
  POST   /api/console/v1/orders/{order_id}/cancel
  POST   /api/console/v1/orders/{order_id}/complete
staff payments:settle | 401 401 401 401 in 403 403 403 in 403 403
  POST   /api/console/v1/orders/{order_id}/payments/{instruction_id}/retry
  POST   /api/console/v1/payments/statements/{day}
staff points:adjust | 401 401 401 401 403 403 in 403 403 403 in
  POST   /api/console/v1/members/{member_id}/points/adjustments
staff points:export | 401 401 401 401 in 403 in 403 in in 403
  GET    /api/console/v1/members/{member_id}/points/postings/export
staff points:pause | 401 401 401 401 in in 403 403 403 403 403
  POST   /api/console/v1/points/pauses
  POST   /api/console/v1/points/pauses/{pause_id}/credits/decision
  POST   /api/console/v1/points/pauses/{pause_id}/end
staff points:read | 401 401 401 401 in in in 403 in in in
  GET    /api/console/v1/members/{member_id}/points
  GET    /api/console/v1/members/{member_id}/points/postings
  GET    /api/console/v1/members/{member_id}/transfers
  GET    /api/console/v1/points/adjustments
  GET    /api/console/v1/points/holds
  GET    /api/console/v1/points/pauses
  GET    /api/console/v1/points/pauses/{pause_id}/credits
staff refunds:ask | 401 401 401 401 403 403 in 403 403 403 in
  POST   /api/console/v1/orders/{order_id}/refund-requests
staff refunds:decide | 401 401 401 401 403 in in 403 403 403 in
  POST   /api/console/v1/orders/{order_id}/refund-requests/{request_id}/decision
  POST   /api/console/v1/orders/{order_id}/refund-requests/{request_id}/goods
staff rulebook:publish | 401 401 401 401 403 in 403 403 403 403 403
  POST   /api/console/v1/attributes
  POST   /api/console/v1/attributes/{code}/retirement
  POST   /api/console/v1/rulebook/{kind}/{code}/versions
  POST   /api/console/v1/rulebook/{kind}/{code}/versions/{version}/withdrawal
staff rulebook:read | 401 401 401 401 in in in in in in in
  POST   /api/console/v1/message-templates/preview
  GET    /api/console/v1/rulebook/{kind}/{code}
  GET    /api/console/v1/rulebook/{kind}/{code}/drafts
  GET    /api/console/v1/rulebook/{kind}/{code}/drafts/{draft_id}
  GET    /api/console/v1/rulebook/{kind}/{code}/drafts/{draft_id}/difference
  GET    /api/console/v1/rulebook/{kind}/{code}/switches
  GET    /api/console/v1/rulebook/{kind}/{code}/versions
  GET    /api/console/v1/rulebook/{kind}/{code}/versions/{version}
  GET    /api/console/v1/terms
staff rulebook:switch | 401 401 401 401 in in 403 403 403 403 403
  POST   /api/console/v1/rulebook/{kind}/{code}/switches
staff rulebook:write | 401 401 401 401 403 in 403 403 403 403 403
  POST   /api/console/v1/rulebook/{kind}/{code}/check
  POST   /api/console/v1/rulebook/{kind}/{code}/difference
  POST   /api/console/v1/rulebook/{kind}/{code}/drafts
  PATCH  /api/console/v1/rulebook/{kind}/{code}/drafts/{draft_id}
  POST   /api/console/v1/rulebook/{kind}/{code}/drafts/{draft_id}/discard
staff staff:read | 401 401 401 401 in 403 403 403 403 in 403
  GET    /api/console/v1/accounts
  GET    /api/console/v1/accounts/{staff_id}
  GET    /api/console/v1/accounts/{staff_id}/sessions
staff staff:write | 401 401 401 401 in 403 403 403 403 403 403
  POST   /api/console/v1/accounts/{staff_id}/disable
  POST   /api/console/v1/accounts/{staff_id}/enable
  POST   /api/console/v1/accounts/{staff_id}/sessions/end
  POST   /api/console/v1/accounts/{staff_id}/totp/reset
  POST   /api/console/v1/accounts/{staff_id}/totp/show
staff stock:read | 401 401 401 401 in in in in in in 403
  GET    /api/console/v1/stock/resources
  GET    /api/console/v1/stock/resources/{resource_id}
  GET    /api/console/v1/stock/resources/{resource_id}/tickets
staff tiers:set | 401 401 401 401 403 403 in 403 403 403 403
  POST   /api/console/v1/members/{member_id}/tier/manual
  POST   /api/console/v1/members/{member_id}/tier/manual/{upgrade_id}/end
staff tills:read | 401 401 401 401 in in in in 403 in in
  GET    /api/console/v1/tills/alarms
  GET    /api/console/v1/tills/delays
staff webhooks:read | 401 401 401 401 in in 403 403 403 in 403
  GET    /api/console/v1/webhooks
  GET    /api/console/v1/webhooks/{endpoint_id}
  GET    /api/console/v1/webhooks/{endpoint_id}/deliveries
  GET    /api/console/v1/webhooks/{endpoint_id}/deliveries/{event_id}
staff webhooks:write | 401 401 401 401 in in 403 403 403 403 403
  POST   /api/console/v1/webhooks/{endpoint_id}/pause
  POST   /api/console/v1/webhooks/{endpoint_id}/replay
  POST   /api/console/v1/webhooks/{endpoint_id}/resume
  POST   /api/console/v1/webhooks/{endpoint_id}/test
"""
