"""A kind of documents for tests: menus, whose dishes have codes, can be switched off, and must not be dear."""

from __future__ import annotations

from typing import Any

import msgspec

from huixiang.kernel.errors import Problem
from huixiang.platform.db import Transaction
from huixiang.rulebook import service
from huixiang.rulebook.model import Findings

KIND, CODE = "menu", "spring"
DEAR_FEN = 10_000


class Dish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    price_fen: int
    spicy: bool = False


class Menu(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    dishes: tuple[Dish, ...]
    days: list[int] = []


async def examine(_: Transaction, menu: Menu) -> Findings:
    """Dear dishes are refused, free ones look like a slip."""
    problems = [
        Problem(f"$.dishes[{place}].price_fen", f"expected at most {DEAR_FEN}, found {dish.price_fen}")
        for place, dish in enumerate(menu.dishes)
        if dish.price_fen > DEAR_FEN
    ]
    free = [
        Problem(f"$.dishes[{place}]", f"{dish.code} is free")
        for place, dish in enumerate(menu.dishes)
        if not dish.price_fen
    ]
    return Findings(tuple(problems), tuple(free))


def register() -> None:
    service.register_kind(KIND, Menu, examine=examine, parts=lambda menu: [dish.code for dish in menu.dishes])


def menu(**prices: int) -> dict[str, Any]:
    return {"title": "春", "dishes": [{"code": code, "price_fen": price} for code, price in prices.items()]}
