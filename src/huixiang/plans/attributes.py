"""What conditions may ask of paid memberships."""

from __future__ import annotations

from huixiang.conditions.registry import Attribute, Source
from huixiang.kernel.text import Text

ATTRIBUTES = (
    Attribute(
        code="plans",
        name=Text(zh="付费会员方案", en="Plans"),
        type="texts",
        scope="member",
        source=Source("plans.plans_facts", "plans"),
    ),
)
