"""Who may call what, written by hand: each route of the API document once, under what it asks for and what everybody is
then answered. What is answered to who asks for an object that is not theirs stands in `idor_objects`.

The policy, stated once:

- Credentials of another kind than the route's, or none, are answered 401, whatever the path names.
- The right kind without the scope or permission is answered 403, before anything is looked up: whether an object is
  there is told to nobody who may not see such objects.
- The right kind, with the permission, but the object is another's: 404, with the same code as for an object that is not
  there. Never 403, which would tell that it is.

A system key is the programme's: its scopes say what it may do, for every member. What it may not do is to reach an
object of one member under the path of another.
"""

from __future__ import annotations

from tests.attacks.idor_staff import STAFF_ROUTES

# Each heading: the kind of caller and what it must hold; then what is answered to: nobody, another member, a till, a
# key with every scope but this one, an administrator, operations, customer service, an analyst, finance, an auditor,
# and customer service of another store. "in": neither 401 nor 403.
_OTHERS = """
public - | in in in in in in in in in in in
  GET    /.well-known/card-keys.json
  POST   /api/console/v1/session
  POST   /api/console/v1/session/passkey
  POST   /api/console/v1/session/passkey/options
  GET    /api/console/v1/session/ways
  POST   /api/member/v1/sign-in
  POST   /api/member/v1/sign-in/codes
  POST   /api/member/v1/sign-in/passkey
  POST   /api/member/v1/sign-in/passkey/options
  POST   /api/member/v1/sign-in/provider
  POST   /api/member/v1/sign-in/refresh
  POST   /api/member/v1/sign-in/ticket
  POST   /api/member/v1/sign-in/visits
  GET    /api/member/v1/sign-in/ways
  GET    /api/member/v1/terms
  GET    /api/member/v1/terms/{version}
  GET    /healthz
  GET    /readyz
member - | 401 in 401 401 401 401 401 401 401 401 401
  GET    /api/member/v1/categories
  GET    /api/member/v1/me
  GET    /api/member/v1/me/attributes
  PATCH  /api/member/v1/me/attributes
  GET    /api/member/v1/me/code
  GET    /api/member/v1/me/consents
  POST   /api/member/v1/me/consents
  GET    /api/member/v1/me/consents/texts
  POST   /api/member/v1/me/consents/withdraw
  GET    /api/member/v1/me/coupon-gifts
  POST   /api/member/v1/me/coupon-gifts/take
  POST   /api/member/v1/me/coupon-gifts/{gift_id}/withdraw
  GET    /api/member/v1/me/coupon-packs
  POST   /api/member/v1/me/coupon-packs
  GET    /api/member/v1/me/coupons
  POST   /api/member/v1/me/coupons/claim
  POST   /api/member/v1/me/coupons/redeem
  POST   /api/member/v1/me/coupons/{coupon_id}/gift
  GET    /api/member/v1/me/devices
  DELETE /api/member/v1/me/devices
  DELETE /api/member/v1/me/devices/{device_id}
  GET    /api/member/v1/me/facts
  POST   /api/member/v1/me/fresh
  POST   /api/member/v1/me/fresh/codes
  POST   /api/member/v1/me/fresh/passkey
  GET    /api/member/v1/me/messages
  POST   /api/member/v1/me/messages/read
  GET    /api/member/v1/me/messages/unread
  POST   /api/member/v1/me/messages/{message_id}/read
  POST   /api/member/v1/me/one-time-code
  GET    /api/member/v1/me/orders
  GET    /api/member/v1/me/orders/open
  POST   /api/member/v1/me/orders/place
  GET    /api/member/v1/me/orders/{order_id}
  GET    /api/member/v1/me/orders/{order_id}/placed
  POST   /api/member/v1/me/orders/{order_id}/refund-requests
  POST   /api/member/v1/me/orders/{order_id}/refund-requests/{request_id}/withdrawal
  GET    /api/member/v1/me/orders/{order_id}/refunds
  GET    /api/member/v1/me/passkeys
  POST   /api/member/v1/me/passkeys
  POST   /api/member/v1/me/passkeys/options
  DELETE /api/member/v1/me/passkeys/{passkey_id}
  GET    /api/member/v1/me/points
  GET    /api/member/v1/me/points/expiring
  GET    /api/member/v1/me/points/postings
  GET    /api/member/v1/me/points/postings/export
  GET    /api/member/v1/me/points/postings/{seq}/proof
  GET    /api/member/v1/me/pool
  POST   /api/member/v1/me/pool
  POST   /api/member/v1/me/pool/contributions
  POST   /api/member/v1/me/pool/dissolve
  GET    /api/member/v1/me/pool/invitations
  POST   /api/member/v1/me/pool/invitations
  POST   /api/member/v1/me/pool/join
  POST   /api/member/v1/me/pool/leave
  PUT    /api/member/v1/me/pool/members/{person_id}/limits
  GET    /api/member/v1/me/popups
  POST   /api/member/v1/me/popups/{message_id}/dismiss
  POST   /api/member/v1/me/popups/{message_id}/show
  GET    /api/member/v1/me/profile
  PATCH  /api/member/v1/me/profile
  DELETE /api/member/v1/me/session
  GET    /api/member/v1/me/refund-requests
  GET    /api/member/v1/me/terms
  POST   /api/member/v1/me/terms/acceptance
  GET    /api/member/v1/me/tier
  GET    /api/member/v1/me/tier/offers
  GET    /api/member/v1/me/tier/upgrades
  POST   /api/member/v1/me/tier/upgrades
  GET    /api/member/v1/me/transfers
  POST   /api/member/v1/me/transfers
  GET    /api/member/v1/me/transfers/{transfer_id}
  GET    /api/member/v1/me/trials
  POST   /api/member/v1/me/trials
  GET    /api/member/v1/me/trials/offers
  GET    /api/member/v1/me/wallet
  GET    /api/member/v1/points/behaviours
  POST   /api/member/v1/prices
  POST   /api/member/v1/quotes
  POST   /api/member/v1/quotes/why
system benefits:read | 401 401 403 403 401 401 401 401 401 401 401
  GET    /api/v1/members/{member_id}/benefits
system benefits:write | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/members/{member_id}/benefits
  POST   /api/v1/members/{member_id}/benefits/{entitlement_id}/end
system books:write | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/points/books
system catalogue:read | 401 401 in 403 401 401 401 401 401 401 401
  GET    /api/v1/catalogue/skus
system catalogue:write | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/catalogue/brands/bulk
  POST   /api/v1/catalogue/categories/bulk
  POST   /api/v1/catalogue/channels/bulk
  POST   /api/v1/catalogue/prices/bulk
  POST   /api/v1/catalogue/skus/bulk
  POST   /api/v1/catalogue/stores/bulk
system coupons:read | 401 401 in 403 401 401 401 401 401 401 401
  GET    /api/v1/members/{member_id}/coupons
  GET    /api/v1/members/{member_id}/coupons/{coupon_id}/changes
system coupons:write | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/coupons/bulk
  POST   /api/v1/members/{member_id}/coupon-packs
  POST   /api/v1/members/{member_id}/coupons
  POST   /api/v1/members/{member_id}/coupons/claim
  POST   /api/v1/members/{member_id}/coupons/redeem
  POST   /api/v1/members/{member_id}/coupons/{coupon_id}/void
system finance:read | 401 401 403 403 401 401 401 401 401 401 401
  GET    /api/v1/finance/liability
  GET    /api/v1/finance/roll-forward
  GET    /api/v1/finance/trial-balance
system members:manage | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/members/{member_id}/identities
  POST   /api/v1/members/{member_id}/identities/unlink
  POST   /api/v1/members/{member_id}/merges
  POST   /api/v1/members/{member_id}/merges/{merge_id}/undo
  PATCH  /api/v1/members/{member_id}/profile
  POST   /api/v1/members/{member_id}/state
system members:read | 401 401 in 403 401 401 401 401 401 401 401
  POST   /api/v1/members/lookup
  GET    /api/v1/members/{member_id}
  GET    /api/v1/members/{member_id}/attributes
  GET    /api/v1/members/{member_id}/attribution
  GET    /api/v1/members/{member_id}/consents
  GET    /api/v1/members/{member_id}/facts
  GET    /api/v1/members/{member_id}/merges/{merge_id}
system members:tail | 401 401 in 403 401 401 401 401 401 401 401
  POST   /api/v1/members/lookup/tail
system members:write | 401 401 in 403 401 401 401 401 401 401 401
  POST   /api/v1/members
  POST   /api/v1/members/bulk
  PATCH  /api/v1/members/{member_id}/attributes
  POST   /api/v1/members/{member_id}/behaviour
  POST   /api/v1/members/{member_id}/consents/withdraw
  POST   /api/v1/members/{member_id}/one-time-code
  POST   /api/v1/members/{member_id}/touches
system orders:read | 401 401 403 403 401 401 401 401 401 401 401
  GET    /api/v1/orders/{order_id}
  GET    /api/v1/orders/{order_id}/placed
  GET    /api/v1/orders/{order_id}/refund-requests
  GET    /api/v1/orders/{order_id}/refunds
  GET    /api/v1/orders/{order_id}/payments
  GET    /api/v1/orders/{order_id}/payments/{instruction_id}
  GET    /api/v1/orders/{order_id}/refunds/{refund_id}
  GET    /api/v1/payments
  GET    /api/v1/payments/statements/{day}
system orders:write | 401 401 in 403 401 401 401 401 401 401 401
  POST   /api/v1/orders
  POST   /api/v1/orders/bulk
  POST   /api/v1/orders/place
  POST   /api/v1/orders/{order_id}/cancel
  POST   /api/v1/orders/{order_id}/complete
  POST   /api/v1/orders/{order_id}/fulfil
  POST   /api/v1/orders/{order_id}/paid
  POST   /api/v1/orders/{order_id}/payments/{instruction_id}/confirm
  POST   /api/v1/orders/{order_id}/payments/{instruction_id}/fail
  POST   /api/v1/orders/{order_id}/payments/{instruction_id}/retry
  POST   /api/v1/orders/{order_id}/refund-requests
  POST   /api/v1/orders/{order_id}/refund-requests/{request_id}/withdrawal
  POST   /api/v1/orders/{order_id}/refunds
  POST   /api/v1/payments/statements/{day}
system partners:read | 401 401 403 403 401 401 401 401 401 401 401
  GET    /api/v1/points/partners/{code}/settlements/{day}
  POST   /api/v1/points/partners/{code}/settlements/{day}/reconcile
system partners:write | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/points/partners/{code}/exchanges
  POST   /api/v1/points/partners/{code}/exchanges/{reference}/cancel
system plans:read | 401 401 403 403 401 401 401 401 401 401 401
  GET    /api/v1/members/{member_id}/plans
  GET    /api/v1/members/{member_id}/trials
system plans:write | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/members/{member_id}/plans
  POST   /api/v1/members/{member_id}/plans/{subscription_id}/end
  POST   /api/v1/members/{member_id}/trials
system points:read | 401 401 in 403 401 401 401 401 401 401 401
  GET    /api/v1/members/{member_id}/points
  GET    /api/v1/members/{member_id}/points/as-of
  GET    /api/v1/members/{member_id}/points/cash-off
  GET    /api/v1/members/{member_id}/points/holds
  GET    /api/v1/members/{member_id}/points/postings
  GET    /api/v1/members/{member_id}/points/postings/export
  GET    /api/v1/members/{member_id}/points/postings/{seq}/proof
  GET    /api/v1/members/{member_id}/transfers/{transfer_id}
  GET    /api/v1/points/books
  GET    /api/v1/points/roots
  GET    /api/v1/points/roots/{day}
system points:write | 401 401 in 403 401 401 401 401 401 401 401
  POST   /api/v1/members/{member_id}/points/behaviours
  POST   /api/v1/members/{member_id}/points/claw-backs
  POST   /api/v1/members/{member_id}/points/credits
  POST   /api/v1/members/{member_id}/points/holds
  POST   /api/v1/members/{member_id}/points/holds/{hold_id}/capture
  POST   /api/v1/members/{member_id}/points/holds/{hold_id}/release
  POST   /api/v1/members/{member_id}/points/redemptions
  POST   /api/v1/members/{member_id}/points/returns
  POST   /api/v1/members/{member_id}/points/spends
  POST   /api/v1/members/{member_id}/tier/upgrades
  POST   /api/v1/members/{member_id}/tier/upgrades/{upgrade_id}/undo
  POST   /api/v1/members/{member_id}/transfers
  POST   /api/v1/points/credits/bulk
  POST   /api/v1/points/pools/{pool_id}/tickets
  POST   /api/v1/points/pools/{pool_id}/tickets/{ticket_id}/capture
  POST   /api/v1/points/pools/{pool_id}/tickets/{ticket_id}/release
  POST   /api/v1/points/pools/{pool_id}/tickets/{ticket_id}/returns
system prices:read | 401 401 in 403 401 401 401 401 401 401 401
  POST   /api/v1/prices
system quotes:write | 401 401 in 403 401 401 401 401 401 401 401
  POST   /api/v1/quotes
  POST   /api/v1/quotes/why
system rulebook:publish | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/rulebook/{kind}/{code}/versions
  POST   /api/v1/rulebook/{kind}/{code}/versions/{version}/withdrawal
system rulebook:publish_alone | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/rulebook/{kind}/{code}/versions/alone
  POST   /api/v1/rulebook/{kind}/{code}/versions/{version}/withdrawal/alone
system rulebook:read | 401 401 403 403 401 401 401 401 401 401 401
  GET    /api/v1/rulebook/{kind}/{code}
  GET    /api/v1/rulebook/{kind}/{code}/drafts
  GET    /api/v1/rulebook/{kind}/{code}/drafts/{draft_id}
  GET    /api/v1/rulebook/{kind}/{code}/drafts/{draft_id}/difference
  GET    /api/v1/rulebook/{kind}/{code}/switches
  GET    /api/v1/rulebook/{kind}/{code}/versions
  GET    /api/v1/rulebook/{kind}/{code}/versions/{version}
system rulebook:switch | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/rulebook/{kind}/{code}/switches
system rulebook:write | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/rulebook/{kind}/{code}/check
  POST   /api/v1/rulebook/{kind}/{code}/difference
  POST   /api/v1/rulebook/{kind}/{code}/drafts
  PATCH  /api/v1/rulebook/{kind}/{code}/drafts/{draft_id}
  POST   /api/v1/rulebook/{kind}/{code}/drafts/{draft_id}/discard
system stock:read | 401 401 403 403 401 401 401 401 401 401 401
  GET    /api/v1/stock/resources
  GET    /api/v1/stock/resources/{resource_id}
  GET    /api/v1/stock/resources/{resource_id}/tickets
system stock:write | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/stock/resources/bulk
system tiers:read | 401 401 403 403 401 401 401 401 401 401 401
  GET    /api/v1/members/{member_id}/tier
system webhooks:read | 401 401 403 403 401 401 401 401 401 401 401
  GET    /api/v1/webhooks
  GET    /api/v1/webhooks/events
  GET    /api/v1/webhooks/{endpoint_id}
  GET    /api/v1/webhooks/{endpoint_id}/deliveries
  GET    /api/v1/webhooks/{endpoint_id}/deliveries/{event_id}
system webhooks:write | 401 401 403 403 401 401 401 401 401 401 401
  POST   /api/v1/webhooks
  DELETE /api/v1/webhooks/{endpoint_id}
  PATCH  /api/v1/webhooks/{endpoint_id}
  POST   /api/v1/webhooks/{endpoint_id}/pause
  POST   /api/v1/webhooks/{endpoint_id}/replay
  POST   /api/v1/webhooks/{endpoint_id}/resume
  POST   /api/v1/webhooks/{endpoint_id}/rotate
  POST   /api/v1/webhooks/{endpoint_id}/test
"""
ROUTES = _OTHERS.rstrip() + STAFF_ROUTES
