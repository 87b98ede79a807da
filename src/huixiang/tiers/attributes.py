"""What conditions may ask of tiers. A member has none before their first growth."""

from __future__ import annotations

from huixiang.conditions.registry import Attribute, Source
from huixiang.kernel.text import Text

VIEW = "tiers.tiers_facts"

ATTRIBUTES = (
    Attribute(code="tier", name=Text(zh="等级", en="Tier"), type="text", scope="member", source=Source(VIEW, "tier")),
    Attribute(
        code="tier_since",
        name=Text(zh="等级起始日", en="In the tier since"),
        type="date",
        scope="member",
        source=Source(VIEW, "since", "instant"),
    ),
)
