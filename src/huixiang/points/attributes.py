"""What conditions may ask of the ledger. Who never had a posting in a book has no balance of it."""

from __future__ import annotations

from huixiang.conditions.registry import Attribute, Source
from huixiang.kernel.text import Text
from huixiang.points.model import GROWTH, POINTS

VIEW = "points.points_facts"

ATTRIBUTES = (
    Attribute(
        code="points",
        name=Text(zh="可用积分", en="Points that can be spent"),
        type="integer",
        scope="member",
        source=Source(VIEW, "available", rows=("book", POINTS.code)),
    ),
    Attribute(
        code="points_pending",
        name=Text(zh="待生效积分", en="Points pending"),
        type="integer",
        scope="member",
        source=Source(VIEW, "pending", rows=("book", POINTS.code)),
    ),
    Attribute(
        code="growth",
        name=Text(zh="累计成长值", en="Growth in all"),
        type="integer",
        scope="member",
        unit="fen",
        source=Source(VIEW, "balance", rows=("book", GROWTH.code)),
    ),
)
