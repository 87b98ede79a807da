"""The one registry of what conditions may ask for, out of what each module publishes."""

from __future__ import annotations

from huixiang.benefits import attributes as benefits
from huixiang.catalogue import attributes as catalogue
from huixiang.checkout import attributes as checkout
from huixiang.conditions.registry import Family, Registry, Views
from huixiang.habits import attributes as habits
from huixiang.kernel.text import Text
from huixiang.members import attributes as members
from huixiang.members import service as member_service
from huixiang.plans import attributes as plans
from huixiang.platform.db import Transaction
from huixiang.points import attributes as points
from huixiang.tiers import attributes as tiers

EXPERIMENTS = Family(prefix="experiment.", name=Text(zh="实验分组", en="Experiment"), type="text", scope="context")

REGISTRY = Registry(
    [
        *members.ATTRIBUTES,
        *points.ATTRIBUTES,
        *tiers.ATTRIBUTES,
        *plans.ATTRIBUTES,
        *benefits.ATTRIBUTES,
        *checkout.ATTRIBUTES,
        *habits.ATTRIBUTES,
        *catalogue.ATTRIBUTES,
    ],
    [EXPERIMENTS],
    Views(members=members.VIEW, purchases=checkout.PURCHASES),
)


async def load_registry(tx: Transaction) -> Registry:
    """With the attributes that operators have defined by now."""
    return REGISTRY.extended(await member_service.defined_attributes(tx))
