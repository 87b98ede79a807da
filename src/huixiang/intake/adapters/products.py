"""The source's products as goods and categories of the catalogue.

Department, product category and product type make a tree of up to three levels; a level that a product does not have is
left out. The source has no prices: a good's list price is the median shelf price of one piece over its lines.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

import numpy as np

from huixiang.catalogue.model import CategoryRow, SkuRow
from huixiang.intake.adapters.baskets import PIECES_MAX
from huixiang.intake.adapters.tables import Integers, numbers, texts, to_fen
from huixiang.kernel.text import Text

PREFIX = "cj"
CODE_LENGTH = 64
LEVELS = ("department", "product_category", "product_type")
UNLISTED = f"{PREFIX}.unlisted"
OWN_BRAND = "private-label"
VERSION = 1  # the data never change

Path = tuple[str, ...]


def sku_code(product: int) -> str:
    return f"{PREFIX}-{product}"


class Products:
    """The product table, and those products that only the transactions name."""

    def __init__(self, wanted: Integers, *, every: bool) -> None:
        """`wanted` are the products that lines name; `every` asks for all others of the table too."""
        table = numbers("products", "product_id", "manufacturer_id")
        *levels, brands, sizes = texts("products", *LEVELS, "brand", "package_size")
        paths = [tuple(name for name in path if name) for path in zip(*levels, strict=True)]
        self._codes = _category_codes(paths)
        self._unlisted = np.setdiff1d(wanted, table["product_id"]).tolist()
        products, manufacturers = (table[name].tolist() for name in ("product_id", "manufacturer_id"))
        chosen = range(len(paths)) if every else np.flatnonzero(np.isin(table["product_id"], wanted)).tolist()
        self._rows = [(paths[row], products[row], brands[row], sizes[row], manufacturers[row]) for row in chosen]

    def __len__(self) -> int:
        return len(self._rows) + len(self._unlisted)

    def categories(self) -> Sequence[CategoryRow]:
        """Parents before children."""
        used = {path[:depth] for path, *_ in self._rows for depth in range(1, len(path) + 1)}
        rows = [
            CategoryRow(
                category=self._codes[path],
                name=_both(path[-1].capitalize()),
                parent=self._codes.get(path[:-1]),
                version=VERSION,
            )
            for path in sorted(used, key=lambda path: (len(path), path))
        ]
        if self._unlisted:
            rows.append(CategoryRow(category=UNLISTED, name=Text(zh="未列入品类", en="Unlisted"), version=VERSION))
        return rows

    def skus(self) -> Sequence[SkuRow]:
        prices = _shelf_prices()
        return [
            SkuRow(
                sku=sku_code(product),
                name=_both(" ".join(filter(None, (path[-1].capitalize(), size)))),
                category=self._codes[path],
                unit="piece",
                list_price_fen=prices.get(product, 0),
                tags=[OWN_BRAND] if brand == "Private" else [],
                attributes={"manufacturer": manufacturer} | ({"package_size": size} if size else {}),
                version=VERSION,
            )
            for path, product, brand, size, manufacturer in self._rows
        ] + [
            SkuRow(
                sku=sku_code(product),
                name=Text(zh=f"未知商品 {product}", en=f"Unknown product {product}"),
                category=UNLISTED,
                unit="piece",
                list_price_fen=prices.get(product, 0),
                version=VERSION,
            )
            for product in self._unlisted
        ]


def _category_codes(paths: Sequence[Path]) -> dict[Path, str]:
    """A readable code for every node of the tree; a digest ends it where it would be too long or is taken."""
    codes: dict[Path, str] = {}
    taken: set[str] = set()
    for path in sorted({whole[:depth] for whole in set(paths) for depth in range(1, len(whole) + 1)}):
        code = ".".join((PREFIX, *(re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") for name in path)))
        if len(code) > CODE_LENGTH or code in taken:
            digest = hashlib.sha256("\0".join(path).encode()).hexdigest()[:8]
            code = f"{code[: CODE_LENGTH - 9]}-{digest}"
        taken.add(code)
        codes[path] = code
    return codes


def _shelf_prices() -> Mapping[int, int]:
    """Fen of one piece before discounts: the middle one (the lower of two) over the lines of each product."""
    amounts = ("sales_value", "retail_disc", "coupon_match_disc")
    table = numbers("transactions", "product_id", "quantity", *amounts)
    counted = (table["quantity"] > 0) & (table["quantity"] <= PIECES_MAX)
    quantity = table["quantity"][counted]
    full = sum(to_fen(table[name][counted])[0] for name in amounts)
    price = (2 * full + quantity) // (2 * quantity)  # half up
    product = table["product_id"][counted]
    order = np.lexsort((price, product))
    found, first, count = np.unique(product[order], return_index=True, return_counts=True)
    middle = price[order][first + (count - 1) // 2]
    return dict(zip(found.tolist(), middle.tolist(), strict=True))


def _both(text: str) -> Text:
    """The data have one language; a name is the same text in both."""
    return Text(zh=text, en=text)
