"""What conditions may ask of members themselves; those that operators define are `custom.` with their code."""

from __future__ import annotations

from huixiang.conditions.registry import Attribute, Source
from huixiang.kernel.text import Text
from huixiang.members.model import State

VIEW = "members.members_facts"

ATTRIBUTES = (
    Attribute(
        code="member_state",
        name=Text(zh="会员状态", en="State of the member"),
        type="text",
        scope="member",
        source=Source(VIEW, "state"),
        choices=tuple(State),
    ),
    Attribute(
        code="joined_on",
        name=Text(zh="注册日期", en="Day of joining"),
        type="date",
        scope="member",
        source=Source(VIEW, "registered_at", "instant"),
    ),
    Attribute(
        code="joined_channel",
        name=Text(zh="注册渠道", en="Channel of joining"),
        type="text",
        scope="member",
        source=Source(VIEW, "channel"),
    ),
    Attribute(
        code="birthday",
        name=Text(zh="生日", en="Birthday"),
        type="month_day",
        scope="member",
        source=Source(VIEW, "birthday"),
    ),
)
