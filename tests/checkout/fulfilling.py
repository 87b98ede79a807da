"""Placed orders as fulfilment finds them, drawn and written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from hypothesis import strategies as st

from huixiang.checkout.model import Measure
from huixiang.checkout.model.fulfilment import (
    FulfilmentRules,
    Granted,
    GrantedLine,
    Picked,
    Policy,
    Price,
    Substitute,
)
from huixiang.kernel.text import Text
from tests.checkout.fulfil_model import Ordered, Taken, rest

Priced = Callable[[Mapping[str, Ordered]], Price]
POLICIES = list(Policy)


def rules(
    policy: Policy = Policy.PROPORTIONAL, refund_policy: Policy | None = None, **others: object
) -> FulfilmentRules:
    """refund_policy: the same if not given."""
    name = Text(zh="测试", en="Test")
    return FulfilmentRules(name=name, policy=policy, refund_policy=refund_policy or policy, **others)  # type: ignore[arg-type]


def line(
    line_id: str, quantity: int, own_fen: int, granted_fen: int = 0, *, grams: bool = False, points: int = 0,
    points_fen: int = 0,
) -> GrantedLine:  # fmt: skip
    """own_fen: after unit and group rules; granted_fen: what an order rule took off."""
    return GrantedLine(
        line_id=line_id,
        sku=line_id,
        measure=Measure.GRAM if grams else Measure.PIECE,
        quantity=quantity,
        list_fen=own_fen,
        order_fen=granted_fen,
        points=points,
        points_fen=points_fen,
    )


def never_asked(quantities: Mapping[str, int]) -> Mapping[str, int]:
    raise AssertionError(f"the price of {dict(quantities)} was asked")


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Ordered]:
    found = {}
    for number in range(draw(st.integers(1, 5))):
        weighed = draw(st.booleans())
        own = draw(st.integers(0, 20_000))
        granted = draw(st.integers(0, own))
        worth = draw(st.integers(0, own - granted))
        points = draw(st.integers(0, 2 * worth))
        quantity = draw(st.integers(1, 2_000 if weighed else 6))
        found[f"l{number}"] = Ordered(quantity, own, granted, points, worth, weighed)
    return found


@st.composite
def takings(draw: st.DrawFn, order: Mapping[str, Ordered], *, substitutes: bool = True) -> dict[str, Taken]:
    found = {}
    for name, ordered in order.items():
        whole = st.sampled_from([0, ordered.quantity, ordered.quantity + 1, ordered.quantity + ordered.quantity // 9])
        quantity = draw(whole | st.integers(0, ordered.quantity + ordered.quantity // 5))
        missing = substitutes and quantity < ordered.quantity
        instead = draw(st.none() | st.integers(0, 25_000)) if missing else None
        found[name] = Taken(quantity, instead)
    return found


def granted_of(order: Mapping[str, Ordered]) -> Granted:
    return Granted(
        lines=tuple(
            line(name, one.quantity, one.own, one.granted, grams=one.weighed, points=one.points, points_fen=one.worth)
            for name, one in order.items()
        ),
        delivery_fen=600,
        packaging_fen=50,
    )


def picks_of(taken: Mapping[str, Taken]) -> list[Picked]:
    return [
        Picked(
            line_id=name,
            quantity=one.quantity,
            substitute=None if one.instead is None else instead_of(name, one.instead),
        )
        for name, one in taken.items()
    ]


def instead_of(line_id: str, price_fen: int, quantity: int = 3) -> Substitute:
    return Substitute(
        line_id=f"{line_id}-instead", sku="other", measure=Measure.PIECE, quantity=quantity, price_fen=price_fen
    )


def plain(order: Mapping[str, Ordered]) -> Price:
    """Each line at its own price: less never costs more."""
    return lambda left: {name: rest(order[name].own, quantity, order[name].quantity) for name, quantity in left.items()}


def stepped(
    order: Mapping[str, Ordered], steps: Sequence[tuple[int, int]] = ((10_000, 2_000), (20_000, 5_000))
) -> Price:
    """At their own prices, less what a step takes off, from the first lines: less may cost more."""

    def price(left: Mapping[str, int]) -> Mapping[str, int]:
        found = dict(plain(order)(left))
        off = max((off for at, off in steps if sum(found.values()) >= at), default=0)
        for name in sorted(found):
            taken = min(off, found[name])
            found[name] -= taken
            off -= taken
        return found

    return price
