from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Tender")


@_attrs_define
class Tender:
    """What a part of the payable was settled with, beside cash; which earns nothing; with `line_id`, of that line.

    Attributes:
        kind (str):
        amount_fen (int): Money in fen (0.01 yuan), above zero.
        line_id (None | str | Unset):
    """

    kind: str
    amount_fen: int
    line_id: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        amount_fen = self.amount_fen

        line_id: None | str | Unset
        if isinstance(self.line_id, Unset):
            line_id = UNSET
        else:
            line_id = self.line_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "kind": kind,
                "amount_fen": amount_fen,
            }
        )
        if line_id is not UNSET:
            field_dict["line_id"] = line_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        kind = d.pop("kind")

        amount_fen = d.pop("amount_fen")

        def _parse_line_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        line_id = _parse_line_id(d.pop("line_id", UNSET))

        tender = cls(
            kind=kind,
            amount_fen=amount_fen,
            line_id=line_id,
        )

        return tender
