"""What conditions may ask of habits (MEM-07). In memory and in SQL it is the same row that answers."""

from __future__ import annotations

from typing import Literal

from huixiang.conditions.registry import Attribute, Source, Type
from huixiang.habits.model import Stage
from huixiang.kernel.text import Text

VIEW = "habits.habits_facts"
SEEN = "habits.habits_seen_facts"
DERIVED = "members.members_derived_facts"


def _of(
    code: str,
    zh: str,
    en: str,
    kind: Type = "integer",
    *,
    view: str = VIEW,
    unit: Literal["fen"] | None = None,
    choices: tuple[str, ...] = (),
) -> Attribute:
    source = Source(view, code)
    return Attribute(
        code=code, name=Text(zh=zh, en=en), type=kind, scope="member", source=source, unit=unit, choices=choices
    )


ATTRIBUTES = (
    _of("orders_30d", "近 30 天订单数", "Orders in 30 days"),
    _of("orders_90d", "近 90 天订单数", "Orders in 90 days"),
    _of("orders_365d", "近 365 天订单数", "Orders in 365 days"),
    _of("spend_30d", "近 30 天消费", "Spent in 30 days", unit="fen"),
    _of("spend_90d", "近 90 天消费", "Spent in 90 days", unit="fen"),
    _of("spend_365d", "近 365 天消费", "Spent in 365 days", unit="fen"),
    _of("favourite_categories", "偏好品类", "Favourite categories", "texts"),
    _of("home_store", "常去门店", "Home store", "text"),
    _of("home_city", "常住城市", "Home city", "text"),
    _of("lifecycle", "生命周期阶段", "Stage of the life cycle", "text", choices=tuple(Stage)),
    _of("age_band", "年龄段", "Age band", "text", view=DERIVED),
    Attribute(
        code="last_seen_on",
        name=Text(zh="最近活跃日期", en="Day last seen"),
        type="date",
        scope="member",
        source=Source(SEEN, "last_seen_at", "instant"),
    ),
    _of("last_viewed_category", "最近浏览品类", "Category last viewed", "text", view=SEEN),
)
