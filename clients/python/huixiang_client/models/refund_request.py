from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.refund_line import RefundLine


T = TypeVar("T", bound="RefundRequest")


@_attrs_define
class RefundRequest:
    """A refund by line, of fees, or both. `external_id` is the caller's own number for it, unique within the order.
        fees_fen: of what delivery and packaging of a placed order cost. instruct: of a till's order, which pays out
    itself:
        ask the shop to give the cash back, as of a placed order is always done.

        Attributes:
            external_id (str):
            reason (str):
            occurred_at (datetime.datetime):
            lines (list[RefundLine] | Unset):
            fees_fen (int | Unset): Money in fen (0.01 yuan), not negative. Default: 0.
            instruct (bool | Unset):  Default: False.
    """

    external_id: str
    reason: str
    occurred_at: datetime.datetime
    lines: list[RefundLine] | Unset = UNSET
    fees_fen: int | Unset = 0
    instruct: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        external_id = self.external_id

        reason = self.reason

        occurred_at = self.occurred_at.isoformat()

        lines: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.lines, Unset):
            lines = []
            for lines_item_data in self.lines:
                lines_item = lines_item_data.to_dict()
                lines.append(lines_item)

        fees_fen = self.fees_fen

        instruct = self.instruct

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "external_id": external_id,
                "reason": reason,
                "occurred_at": occurred_at,
            }
        )
        if lines is not UNSET:
            field_dict["lines"] = lines
        if fees_fen is not UNSET:
            field_dict["fees_fen"] = fees_fen
        if instruct is not UNSET:
            field_dict["instruct"] = instruct

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.refund_line import RefundLine

        d = dict(src_dict)
        external_id = d.pop("external_id")

        reason = d.pop("reason")

        occurred_at = datetime.datetime.fromisoformat(d.pop("occurred_at"))

        _lines = d.pop("lines", UNSET)
        lines: list[RefundLine] | Unset = UNSET
        if _lines is not UNSET:
            lines = []
            for lines_item_data in _lines:
                lines_item = RefundLine.from_dict(lines_item_data)

                lines.append(lines_item)

        fees_fen = d.pop("fees_fen", UNSET)

        instruct = d.pop("instruct", UNSET)

        refund_request = cls(
            external_id=external_id,
            reason=reason,
            occurred_at=occurred_at,
            lines=lines,
            fees_fen=fees_fen,
            instruct=instruct,
        )

        return refund_request
