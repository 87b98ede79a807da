"""What happens beside requests: reactions to events, jobs, schedules. The worker runs them."""

from __future__ import annotations

import msgspec

from huixiang.benefits import handlers as benefits_handlers
from huixiang.benefits import jobs as benefits
from huixiang.checkout import handlers as checkout_handlers
from huixiang.checkout import jobs as checkout_jobs
from huixiang.checkout.service import placing
from huixiang.coupons import handlers as coupons
from huixiang.coupons import jobs as coupon_jobs
from huixiang.coupons.service import claims
from huixiang.entry.webhooks import TOLD
from huixiang.grants import handlers as grants_handlers
from huixiang.grants import jobs as grants
from huixiang.habits import handlers as habits_handlers
from huixiang.habits import jobs as habits
from huixiang.insight import handlers as insight
from huixiang.insight import jobs as insight_jobs
from huixiang.members import handlers as members_handlers
from huixiang.members import jobs as members
from huixiang.messaging import jobs as messaging
from huixiang.plans import handlers as plans_handlers
from huixiang.plans import jobs as plans
from huixiang.platform.db import Transaction
from huixiang.platform.idempotency import delete_expired_keys
from huixiang.platform.outbox import Subscription
from huixiang.platform.queue import JobHandler, Schedule, enqueue
from huixiang.points import handlers as points_handlers
from huixiang.points import jobs as points
from huixiang.rulebook import handlers as rulebook
from huixiang.staff import handlers as staff_handlers
from huixiang.staff import jobs as staff
from huixiang.stock.ports import Holders
from huixiang.terms import handlers as terms_handlers
from huixiang.terms import jobs as terms
from huixiang.tiers import handlers as tiers_handlers
from huixiang.tiers import jobs as tiers
from huixiang.webhooks import handlers as webhooks_handlers
from huixiang.webhooks import jobs as webhooks

FORGET_KEYS = "platform.forget_keys_chunk"


class ForgetKeys(msgspec.Struct, frozen=True):
    """Delete a chunk of the idempotency keys that have expired."""


async def forget_keys_chunk(tx: Transaction, chunk: ForgetKeys) -> None:
    if await delete_expired_keys(tx):
        await enqueue(tx, FORGET_KEYS, chunk)


async def forget_keys(tx: Transaction) -> None:
    await enqueue(tx, FORGET_KEYS, ForgetKeys(), key="scheduled")


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    *staff_handlers.SUBSCRIPTIONS,
    *members_handlers.SUBSCRIPTIONS,
    *rulebook.SUBSCRIPTIONS,
    *points_handlers.SUBSCRIPTIONS,
    *tiers_handlers.SUBSCRIPTIONS,
    *coupons.SUBSCRIPTIONS,
    *benefits_handlers.SUBSCRIPTIONS,
    *plans_handlers.SUBSCRIPTIONS,
    *grants_handlers.SUBSCRIPTIONS,
    *terms_handlers.SUBSCRIPTIONS,
    *checkout_handlers.SUBSCRIPTIONS,
    *habits_handlers.SUBSCRIPTIONS,
    *insight.SUBSCRIPTIONS,
    webhooks_handlers.subscription(TOLD),
)
JOB_HANDLERS: tuple[JobHandler, ...] = (
    *points.JOB_HANDLERS,
    *members.JOB_HANDLERS,
    *messaging.JOB_HANDLERS,
    *tiers.JOB_HANDLERS,
    *coupon_jobs.JOB_HANDLERS,
    *plans.JOB_HANDLERS,
    *benefits.JOB_HANDLERS,
    *checkout_jobs.JOB_HANDLERS,
    *habits.JOB_HANDLERS,
    *grants.JOB_HANDLERS,
    *terms.JOB_HANDLERS,
    *staff.JOB_HANDLERS,
    *webhooks.JOB_HANDLERS,
    JobHandler(FORGET_KEYS, ForgetKeys, forget_keys_chunk),
)
SCHEDULES: tuple[Schedule, ...] = (
    *points.SCHEDULES,
    *members.SCHEDULES,
    *messaging.SCHEDULES,
    *tiers.SCHEDULES,
    *coupon_jobs.SCHEDULES,
    *plans.SCHEDULES,
    *benefits.SCHEDULES,
    *terms.SCHEDULES,
    *checkout_jobs.SCHEDULES,
    *habits.SCHEDULES,
    *insight_jobs.SCHEDULES,
    *staff.SCHEDULES,
    *webhooks.SCHEDULES,
    Schedule("platform.forget_keys", "7 * * * *", forget_keys),
)
# Who answers for the holders of tickets, by their kind.
HOLDERS: dict[str, Holders] = {claims.HOLDER: claims.Copies(), placing.HOLDER: placing.Orders()}
