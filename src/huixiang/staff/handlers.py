"""What staff does when something happened: its own commands run once they are approved."""

from __future__ import annotations

from huixiang.platform.outbox import Subscription
from huixiang.staff.events import ApprovalGranted
from huixiang.staff.service.lifecycle import run_approved

SUBSCRIPTIONS = (Subscription("staff.approvals", (ApprovalGranted,), run_approved),)
