"""What the rulebook does when something happened: it publishes and withdraws what a second person approved."""

from __future__ import annotations

from huixiang.platform.outbox import Subscription
from huixiang.rulebook import service
from huixiang.staff.events import ApprovalGranted

SUBSCRIPTIONS = (Subscription("rulebook.approvals", (ApprovalGranted,), service.run_approved),)
