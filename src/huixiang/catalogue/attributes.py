"""What conditions may ask of the place of an occasion, and of the goods of one line."""

from __future__ import annotations

from huixiang.conditions.registry import Attribute
from huixiang.kernel.text import Text

ATTRIBUTES = (
    Attribute(code="channel", name=Text(zh="渠道", en="Channel"), type="text", scope="context"),
    Attribute(code="store", name=Text(zh="门店", en="Store"), type="text", scope="context"),
    Attribute(code="city", name=Text(zh="城市", en="City"), type="text", scope="context"),
    Attribute(code="region", name=Text(zh="大区", en="Region"), type="text", scope="context"),
    Attribute(code="goods.sku", name=Text(zh="商品", en="Sku"), type="text", scope="goods"),
    Attribute(
        code="goods.categories",
        name=Text(zh="品类（含上级）", en="Category, or one above"),
        type="texts",
        scope="goods",
    ),
    Attribute(code="goods.brand", name=Text(zh="品牌", en="Brand"), type="text", scope="goods"),
    Attribute(code="goods.tags", name=Text(zh="标签", en="Tags"), type="texts", scope="goods"),
)
