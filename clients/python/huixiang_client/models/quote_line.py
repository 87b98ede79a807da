from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.given_goods import GivenGoods


T = TypeVar("T", bound="QuoteLine")


@_attrs_define
class QuoteLine:
    """A line: exactly one of pieces, grams and amount_fen. Pieces of goods by weight are reckoned at the weight that
        the catalogue estimates. amount_fen: of a value without units. hours_left: until what lies in the shop may no
    longer
        be sold. goods: for what the catalogue does not have.

        Attributes:
            line_id (str):
            sku (str):
            pieces (int | None | Unset):
            grams (int | None | Unset):
            amount_fen (int | None | Unset):
            hours_left (int | None | Unset):
            goods (GivenGoods | None | Unset):
    """

    line_id: str
    sku: str
    pieces: int | None | Unset = UNSET
    grams: int | None | Unset = UNSET
    amount_fen: int | None | Unset = UNSET
    hours_left: int | None | Unset = UNSET
    goods: GivenGoods | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.given_goods import GivenGoods

        line_id = self.line_id

        sku = self.sku

        pieces: int | None | Unset
        if isinstance(self.pieces, Unset):
            pieces = UNSET
        else:
            pieces = self.pieces

        grams: int | None | Unset
        if isinstance(self.grams, Unset):
            grams = UNSET
        else:
            grams = self.grams

        amount_fen: int | None | Unset
        if isinstance(self.amount_fen, Unset):
            amount_fen = UNSET
        else:
            amount_fen = self.amount_fen

        hours_left: int | None | Unset
        if isinstance(self.hours_left, Unset):
            hours_left = UNSET
        else:
            hours_left = self.hours_left

        goods: dict[str, Any] | None | Unset
        if isinstance(self.goods, Unset):
            goods = UNSET
        elif isinstance(self.goods, GivenGoods):
            goods = self.goods.to_dict()
        else:
            goods = self.goods

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "line_id": line_id,
                "sku": sku,
            }
        )
        if pieces is not UNSET:
            field_dict["pieces"] = pieces
        if grams is not UNSET:
            field_dict["grams"] = grams
        if amount_fen is not UNSET:
            field_dict["amount_fen"] = amount_fen
        if hours_left is not UNSET:
            field_dict["hours_left"] = hours_left
        if goods is not UNSET:
            field_dict["goods"] = goods

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.given_goods import GivenGoods

        d = dict(src_dict)
        line_id = d.pop("line_id")

        sku = d.pop("sku")

        def _parse_pieces(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        pieces = _parse_pieces(d.pop("pieces", UNSET))

        def _parse_grams(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        grams = _parse_grams(d.pop("grams", UNSET))

        def _parse_amount_fen(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        amount_fen = _parse_amount_fen(d.pop("amount_fen", UNSET))

        def _parse_hours_left(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        hours_left = _parse_hours_left(d.pop("hours_left", UNSET))

        def _parse_goods(data: object) -> GivenGoods | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                goods_type_0 = GivenGoods.from_dict(data)

                return goods_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(GivenGoods | None | Unset, data)

        goods = _parse_goods(d.pop("goods", UNSET))

        quote_line = cls(
            line_id=line_id,
            sku=sku,
            pieces=pieces,
            grams=grams,
            amount_fen=amount_fen,
            hours_left=hours_left,
            goods=goods,
        )

        return quote_line
