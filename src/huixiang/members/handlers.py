"""What members do when something happened: what staff asked for runs once it is approved."""

from __future__ import annotations

from huixiang.members.service import exports, identity_requests, master_key, personal_change
from huixiang.platform.outbox import Subscription
from huixiang.staff.events import ApprovalGranted

SUBSCRIPTIONS = (
    Subscription("members.personal_changes", (ApprovalGranted,), personal_change.run_approved),
    Subscription("members.identity_requests", (ApprovalGranted,), identity_requests.run_approved),
    Subscription("members.master_key", (ApprovalGranted,), master_key.run_approved),
    Subscription("members.exports", (ApprovalGranted,), exports.run_approved),
)
