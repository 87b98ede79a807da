from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewLine")


@_attrs_define
class NewLine:
    """A line as the till priced it: exactly one of pieces, grams and amount; `payable_fen` is for the whole line.

    Attributes:
        line_id (str):
        sku (str):
        payable_fen (int): Money in fen (0.01 yuan), not negative.
        pieces (int | None | Unset):
        grams (int | None | Unset):
        amount (bool | None | Unset):
    """

    line_id: str
    sku: str
    payable_fen: int
    pieces: int | None | Unset = UNSET
    grams: int | None | Unset = UNSET
    amount: bool | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        line_id = self.line_id

        sku = self.sku

        payable_fen = self.payable_fen

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

        amount: bool | None | Unset
        if isinstance(self.amount, Unset):
            amount = UNSET
        else:
            amount = self.amount

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "line_id": line_id,
                "sku": sku,
                "payable_fen": payable_fen,
            }
        )
        if pieces is not UNSET:
            field_dict["pieces"] = pieces
        if grams is not UNSET:
            field_dict["grams"] = grams
        if amount is not UNSET:
            field_dict["amount"] = amount

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        line_id = d.pop("line_id")

        sku = d.pop("sku")

        payable_fen = d.pop("payable_fen")

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

        def _parse_amount(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        amount = _parse_amount(d.pop("amount", UNSET))

        new_line = cls(
            line_id=line_id,
            sku=sku,
            payable_fen=payable_fen,
            pieces=pieces,
            grams=grams,
            amount=amount,
        )

        return new_line
