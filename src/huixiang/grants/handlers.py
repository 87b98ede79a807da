"""What grants do when something happened: they begin what a second person approved."""

from __future__ import annotations

from huixiang.grants import service
from huixiang.platform.outbox import Subscription
from huixiang.staff.events import ApprovalGranted, ApprovalRefused

SUBSCRIPTIONS = (Subscription("grants.approvals", (ApprovalGranted, ApprovalRefused), service.settle_requests),)
